import { ErrorCode } from '../../../protocol/error-codes.ts'
import { ELR_VERSION, featureDependencies, KRAFT_VERSION, knownFeatures, losesMetadata, METADATA_VERSION } from '../../metadata/features.ts'
import { ConfigResourceType, configOverrides, type FeaturesImage, type MetadataImage, type SupportedFeature } from '../../metadata/image.ts'
import { configRecord, featureLevelRecord } from '../../metadata/image-records.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import type { UpdateFeaturesCommand } from '../cluster-controller.ts'
import type { ControllerError } from '../controller.ts'
import { failure, NO_ERROR } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'

/** The quorum's part of it: `kraft.version` stands in the log's control records. */
export interface QuorumLevel {
  readonly nodeId: number
  readonly kraftVersion: number
  /** Whether all voters are known with their directories, and support this level. */
  readonly votersSupport: (kraftVersion: number) => boolean
}

/** `kraftVersion` is the level to which the quorum has to be upgraded before the records are written; null leaves it. */
export type FeaturesDecision = Decision<ControllerError> & { readonly kraftVersion: number | null }

type Update = UpdateFeaturesCommand['updates'][number]

const NO_OP: MetadataRecord = { type: 'NoOpRecord', version: 0, data: {} }

/**
 * Changes the finalized levels of features, all or none; of a feature that stands twice the last update counts. A level is
 * taken when this controller and all registered brokers and controllers support it, and lowered only when that is asked for
 * and nothing in the log could be lost.
 *
 * Source: FeatureControlManager.updateFeatures; KIP-584, KIP-778, KIP-1022, KIP-853 (kraft.version).
 */
export function updateFeatures(state: ControllerState, command: UpdateFeaturesCommand, quorum: QuorumLevel, rules: ControllerRules): FeaturesDecision {
  const updates = [...new Map(command.updates.map((update) => [update.feature, update])).values()]
  const levels = levelsOf(state.image.features, quorum)
  const proposed = new Map([...levels, ...updates.map(({ feature, level }) => [feature, level] as const)])
  for (const update of updates) {
    const refusal = refusalOf(state.image, update, { levels, proposed, ...quorum })
    if (refusal !== null) return refused(refusal)
  }
  if (command.validateOnly) return { records: [], reply: NO_ERROR, kraftVersion: null }
  const kraft = updates.find(({ feature }) => feature === KRAFT_VERSION)
  const kraftVersion = kraft !== undefined && kraft.level > quorum.kraftVersion ? kraft.level : null
  return { records: [...elrSafety(state.image, updates, rules), ...updates.map(recordOf)], reply: NO_ERROR, kraftVersion }
}

function refused(reply: ControllerError): FeaturesDecision {
  return { records: [], reply, kraftVersion: null }
}

function levelsOf({ metadataVersion, levels }: FeaturesImage, { kraftVersion }: QuorumLevel): ReadonlyMap<string, number> {
  return new Map([...levels, [METADATA_VERSION, metadataVersion], [KRAFT_VERSION, kraftVersion]])
}

interface Levels {
  readonly levels: ReadonlyMap<string, number>
  /** With all updates of the request. */
  readonly proposed: ReadonlyMap<string, number>
  readonly nodeId: number
  readonly votersSupport: QuorumLevel['votersSupport']
}

function refusalOf(image: MetadataImage, update: Update, { levels, proposed, nodeId, votersSupport }: Levels): ControllerError | null {
  const { feature, level, upgradeType } = update
  const refuse = (why: string) => failure(ErrorCode.INVALID_UPDATE_VERSION, `Invalid update version ${level} for feature ${feature}. ${why}`)
  const current = levels.get(feature) ?? 0
  if (upgradeType === 'unknown') return refuse('The controller does not support the given upgrade type.')
  if (level < 0) return refuse('A feature version cannot be less than 0.')
  const unsupported = whyUnsupported(image, update, nodeId)
  if (unsupported !== null) return refuse(unsupported)
  if (level < current && upgradeType === 'upgrade') {
    return refuse("Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.")
  }
  if (level > current && upgradeType !== 'upgrade') return refuse("Can't downgrade to a newer version.")
  if (feature === METADATA_VERSION) return metadataDowngradeRefusal(current, update)
  if (feature === KRAFT_VERSION && level < current) return refuse("Can't downgrade the version of this feature.")
  if (feature === KRAFT_VERSION) return level === current || votersSupport(level) ? null : votersBehind(level)
  if (!knownFeatures.some(({ name }) => name === feature)) return refuse(`Feature ${feature} not found.`)
  const missing = featureDependencies(feature, level).find((needed) => (proposed.get(needed.feature) ?? 0) < needed.level)
  return missing === undefined ? null : refuse(`${feature} could not be set to ${level} because it depends on ${missing.feature} level ${missing.level}`)
}

function votersBehind(level: number): ControllerError {
  return failure(ErrorCode.INVALID_UPDATE_VERSION, `Invalid upgrade of ${KRAFT_VERSION} to ${level} because not all of the voters support it`)
}

function metadataDowngradeRefusal(current: number, { level, upgradeType }: Update): ControllerError | null {
  if (level >= current || !losesMetadata(current, level)) return null
  const why =
    upgradeType === 'unsafe-downgrade'
      ? 'Unsafe metadata downgrade is not supported in this version.'
      : 'Refusing to perform the requested downgrade because it might delete metadata information.'
  return failure(ErrorCode.INVALID_UPDATE_VERSION, `Unsupported metadata.version downgrade from ${current} to ${level}. ${why}`)
}

/** The first of this controller, the brokers and the other controllers that does not know the level. */
function whyUnsupported(image: MetadataImage, { feature, level }: Update, nodeId: number): string | null {
  const local = whyOutOfRange(level, `Local controller ${nodeId}`, rangeOf(knownFeatures, feature))
  if (local !== null) return local
  for (const broker of image.cluster.brokers.values()) {
    const why = whyOutOfRange(level, `Broker ${broker.id}`, rangeOf(broker.features, feature))
    if (why !== null) return why
  }
  for (const controller of image.cluster.controllers.values()) {
    const why = controller.id === nodeId ? null : whyOutOfRange(level, `Controller ${controller.id}`, rangeOf(controller.features, feature))
    if (why !== null) return why
  }
  return null
}

interface Range {
  readonly min: number
  readonly max: number
}

/** Who does not name a feature supports its level 0 alone. */
function rangeOf(features: readonly SupportedFeature[], feature: string): Range {
  const found = features.find(({ name }) => name === feature)
  return found === undefined ? { min: 0, max: 0 } : { min: found.minSupportedVersion, max: found.maxSupportedVersion }
}

function whyOutOfRange(level: number, who: string, { min, max }: Range): string | null {
  if (level >= min && level <= max) return null
  return max === 0 ? `${who} does not support this feature.` : `${who} only supports versions ${min === max ? min : `${min}-${max}`}`
}

/** The quorum itself notes its level: of an upgrade the log of records keeps that something happened. */
function recordOf({ feature, level }: Update): MetadataRecord {
  return feature === KRAFT_VERSION ? NO_OP : featureLevelRecord(feature, level)
}

/** With eligible leader replicas all brokers must agree on `min.insync.replicas`: the cluster's is written down, a broker's own goes (KIP-966). */
function elrSafety(image: MetadataImage, updates: readonly Update[], rules: ControllerRules): readonly MetadataRecord[] {
  if (!updates.some(({ feature, level }) => feature === ELR_VERSION && level > 0)) return []
  const record = (resourceName: string, value: string | null) =>
    configRecord({ resourceType: ConfigResourceType.BROKER, resourceName, name: 'min.insync.replicas', value })
  const isGiven = configOverrides(image, ConfigResourceType.BROKER, '').has('min.insync.replicas')
  const ofBrokers = [...image.configs.values()].filter(
    ({ type, name, values }) => type === ConfigResourceType.BROKER && name !== '' && values.has('min.insync.replicas'),
  )
  return [...(isGiven ? [] : [record('', String(rules.givenMinInsyncReplicas))]), ...ofBrokers.map(({ name }) => record(name, null))]
}
