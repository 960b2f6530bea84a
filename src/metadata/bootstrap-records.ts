import { KRAFT_VERSION, knownFeatures, METADATA_VERSION } from './features.ts'
import { featureLevelRecord } from './image-records.ts'
import type { MetadataRecord } from './metadata-record.ts'

/** What formatting writes into `bootstrap.checkpoint`, for the first controller to write into the empty log: the default feature levels. */
export function bootstrapRecords(): readonly MetadataRecord[] {
  return knownFeatures
    .filter((feature) => feature.name !== KRAFT_VERSION && feature.defaultLevel > 0)
    .map((feature) => featureLevelRecord(feature.name, feature.defaultLevel))
}

/** The level of `metadata.version` that the records set, or 0. */
export function metadataVersionOf(records: readonly MetadataRecord[]): number {
  return levelOf(records, METADATA_VERSION)
}

/** The level of a feature that the records set, or 0. */
export function levelOf(records: readonly MetadataRecord[], feature: string): number {
  let level = 0
  for (const record of records) {
    if (record.type === 'FeatureLevelRecord' && record.data.name === feature) level = record.data.featureLevel
  }
  return level
}
