import { OdradekError } from '../../../base/errors.ts'
import { featureDependencies, knownFeatures, METADATA_VERSION } from '../../../metadata/features.ts'

/** Level 7 and those behind it; the last is of a release to come, which no cluster has yet. Source: MetadataVersion of 4.3.1. */
const RELEASES =
  '3.3-IV3 3.4-IV0 3.5-IV0 3.5-IV1 3.5-IV2 3.6-IV0 3.6-IV1 3.6-IV2 3.7-IV0 3.7-IV1 3.7-IV2 3.7-IV3 3.7-IV4 3.8-IV0 3.9-IV0 4.0-IV0 4.0-IV1 4.0-IV2 4.0-IV3 4.1-IV0 4.1-IV1 4.2-IV0 4.2-IV1 4.3-IV0 4.4-IV0'.split(
    ' ',
  )
const FIRST_LEVEL = 7

/**
 * What a level of a feature needs, in the words of Kafka's tool.
 * @param feature `NAME=LEVEL`
 * Errors: FEATURE for what is none, or has no such level.
 */
export function dependenciesText(feature: string): string {
  const [name = '', text, ...more] = feature.split('=')
  if (text === undefined) throw refused(`Invalid feature format: ${feature}. Expected format: 'feature=version' (e.g. 'group.version=1')`)
  const levelText = [text, ...more].join('=')
  if (!/^[+-]?[0-9]{1,9}$/.test(levelText)) throw refused(`Invalid version format: ${levelText} for feature ${name}`)
  const level = Number(levelText)
  const told = toldLevel(name, level)
  const needs = featureDependencies(name, level)
  if (needs.length === 0) return `${told} has no dependencies.\n`
  return [`${told} requires:`, ...needs.map((need) => `    ${toldLevel(need.feature, need.level)}`), ''].join('\n')
}

function toldLevel(name: string, level: number): string {
  if (name === METADATA_VERSION) {
    const release = RELEASES[level - FIRST_LEVEL]
    if (release === undefined) throw refused(`Unknown metadata.version ${level}`)
    return `${name}=${level} (${release})`
  }
  const known = knownFeatures.find((feature) => feature.name === name)
  if (known === undefined) throw refused(`Unknown feature: ${name}`)
  if (level < known.minSupportedVersion || level > known.maxSupportedVersion) throw refused(`Feature level ${level} is not supported for feature ${name}`)
  return `${name}=${level}`
}

function refused(message: string): OdradekError {
  return new OdradekError('FEATURE', message)
}
