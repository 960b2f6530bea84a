/**
 * The features of Apache Kafka 4.3.1: the levels that this program understands, the ones that a new cluster gets, and
 * what a level says about the records that may be written. A range says that we understand the records; a controller
 * refuses a broker whose ranges lack a finalized level.
 *
 * Source: KIP-584, KIP-1022; org.apache.kafka.server.common.{MetadataVersion,Feature}.
 */
export interface KnownFeature {
  readonly name: string
  readonly minSupportedVersion: number
  readonly maxSupportedVersion: number
  /** The level that formatting writes. */
  readonly defaultLevel: number
}

export const METADATA_VERSION = 'metadata.version'
export const KRAFT_VERSION = 'kraft.version'
export const ELR_VERSION = 'eligible.leader.replicas.version'

/** In the order in which formatting writes their levels; `kraft.version` is finalized in the log's control records instead. */
export const knownFeatures: readonly KnownFeature[] = [
  { name: METADATA_VERSION, minSupportedVersion: 7, maxSupportedVersion: 30, defaultLevel: 30 },
  { name: ELR_VERSION, minSupportedVersion: 0, maxSupportedVersion: 1, defaultLevel: 1 },
  { name: 'group.version', minSupportedVersion: 0, maxSupportedVersion: 1, defaultLevel: 1 },
  { name: 'share.version', minSupportedVersion: 0, maxSupportedVersion: 1, defaultLevel: 1 },
  { name: 'streams.version', minSupportedVersion: 0, maxSupportedVersion: 1, defaultLevel: 1 },
  { name: 'transaction.version', minSupportedVersion: 0, maxSupportedVersion: 2, defaultLevel: 2 },
  { name: KRAFT_VERSION, minSupportedVersion: 0, maxSupportedVersion: 1, defaultLevel: 1 },
]

const IBP_3_3_IV3 = 7
const IBP_3_4_IV0 = 8
const IBP_3_5_IV2 = 11
const IBP_3_6_IV0 = 12
const IBP_3_6_IV1 = 13
const IBP_3_6_IV2 = 14
const IBP_3_7_IV0 = 15
const IBP_3_7_IV2 = 17
const IBP_4_0_IV1 = 23
const IBP_4_3_IV0 = 30

/** The levels of `metadata.version` that brought records or fields which the level below cannot write. Source: MetadataVersion. */
const LEVELS_OF_NEW_RECORDS: readonly number[] = [
  IBP_3_3_IV3,
  IBP_3_4_IV0,
  IBP_3_5_IV2,
  IBP_3_6_IV1,
  IBP_3_6_IV2,
  IBP_3_7_IV0,
  IBP_3_7_IV2,
  IBP_4_0_IV1,
  IBP_4_3_IV0,
]

/** Whether what stands in the log at level `from` may be lost at the lower level `to`. */
export function losesMetadata(from: number, to: number): boolean {
  return LEVELS_OF_NEW_RECORDS.some((level) => level > to && level <= from)
}

/** What a level of a feature needs beside it. */
export interface FeatureDependency {
  readonly feature: string
  readonly level: number
}

/** The first level of every feature needs a cluster in KRaft mode, which every level of `metadata.version` is; eligible leader replicas need their fields (KIP-966). */
export function featureDependencies(feature: string, level: number): readonly FeatureDependency[] {
  return feature === ELR_VERSION && level > 0 ? [{ feature: METADATA_VERSION, level: IBP_4_0_IV1 }] : []
}

/** What may be written at a level of `metadata.version`, and in which versions. */
export interface RecordLevels {
  readonly partition: number
  readonly partitionChange: number
  readonly registerBroker: number
  /** KIP-868. */
  readonly transactions: boolean
  /** KIP-919. */
  readonly controllerRegistration: boolean
  /** KIP-858. */
  readonly directoryAssignment: boolean
  /** KIP-1066. */
  readonly cordonedLogDirs: boolean
  /** Before it, a shrunk ISR needs a new leader epoch. */
  readonly leaderEpochBumpOnIsrShrink: boolean
}

/** The versions in which records are written at this level of `metadata.version`. Source: MetadataVersion. */
export function recordLevels(metadataVersion: number): RecordLevels {
  return {
    partition: partitionVersion(metadataVersion),
    partitionChange: partitionVersion(metadataVersion),
    registerBroker: registerBrokerVersion(metadataVersion),
    transactions: metadataVersion >= IBP_3_6_IV1,
    controllerRegistration: metadataVersion >= IBP_3_7_IV0,
    directoryAssignment: metadataVersion >= IBP_3_7_IV2,
    cordonedLogDirs: metadataVersion >= IBP_4_3_IV0,
    leaderEpochBumpOnIsrShrink: metadataVersion < IBP_3_6_IV0,
  }
}

function partitionVersion(metadataVersion: number): number {
  if (metadataVersion >= IBP_4_0_IV1) return 2
  return metadataVersion >= IBP_3_7_IV2 ? 1 : 0
}

function registerBrokerVersion(metadataVersion: number): number {
  if (metadataVersion >= IBP_4_3_IV0) return 4
  if (metadataVersion >= IBP_3_7_IV2) return 3
  return metadataVersion >= IBP_3_4_IV0 ? 2 : 1
}
