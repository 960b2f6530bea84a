import { bootstrapRecords } from '../../../metadata/bootstrap-records.ts'
import { UsageError } from '../../usage-error.ts'

/** The release whose levels a new cluster has here. */
export const RELEASE = '4.3-IV0'
const METADATA_VERSION = 'metadata.version'
const KRAFT_LEVEL = 'kraft.version=1'

export interface FeatureLevel {
  readonly name: string
  readonly level: number
}

/** With which a new cluster begins, that of metadata first. */
export function defaultLevels(): readonly FeatureLevel[] {
  const levels = bootstrapRecords().flatMap((record) =>
    record.type === 'FeatureLevelRecord' ? [{ name: record.data.name, level: record.data.featureLevel }] : [],
  )
  const rest = levels.filter(({ name }) => name !== METADATA_VERSION).toSorted((one, other) => (one.name < other.name ? -1 : 1))
  return [...levels.filter(({ name }) => name === METADATA_VERSION), ...rest]
}

/** In the order of Kafka's tool. */
export function levelsText(): string {
  const ORDER = [METADATA_VERSION, 'transaction.version', 'group.version', 'eligible.leader.replicas.version', 'share.version', 'streams.version']
  const levels = new Map(defaultLevels().map(({ name, level }) => [name, level]))
  const lines = ORDER.map((name) => `${name}=${levels.get(name) ?? 0}${name === METADATA_VERSION ? ` (${RELEASE})` : ''}`)
  return `${[lines[0], KRAFT_LEVEL, ...lines.slice(1)].join('\n')}\n`
}

/** Errors: `UsageError` for another release than the one that can be begun with. */
export function refuseRelease(release: string | undefined): void {
  if (release !== undefined && release !== RELEASE && release !== '4.3')
    throw new UsageError(`clusters begin with ${RELEASE} here, not with ${release}; \`odradek cluster features\` lowers levels of one that runs`)
}

/** Errors: `UsageError` for a level that is not the default. */
export function refuseFeatures(features: readonly string[]): void {
  const known = new Set([...defaultLevels().map(({ name, level }) => `${name}=${level}`), KRAFT_LEVEL])
  const other = features.find((feature) => !known.has(feature))
  if (other !== undefined) throw new UsageError(`clusters begin with the default levels here, and ${other} is none: they are ${[...known].join(', ')}`)
}
