import type { Uuid } from '../../../protocol/uuid.ts'
import { recordLevels } from '../../metadata/features.ts'
import type { PartitionImage, TopicImage } from '../../metadata/image.ts'
import type { MetadataRecordOf } from '../../metadata/metadata-record.ts'
import type { ControllerRules } from '../controller-rules.ts'
import { type ControllerState, mayLead, topicOverrides } from '../controller-state.ts'
import { defaultDirectory } from '../topics/new-partition.ts'
import { effectiveMinIsr, isElrEnabled } from './leader-updates.ts'
import { type PartitionChangeOptions, partitionChange } from './partition-change.ts'

/** A partition as an administrator's request names it. */
export interface ChangedPartition {
  readonly topic: TopicImage
  readonly partitionId: number
  readonly partition: PartitionImage
}

/** What is asked for: another election, other replicas, another ISR. The ISR stays as it is unless said. */
export type WantedChange = Pick<PartitionChangeOptions, 'election'> & Partial<Pick<PartitionChangeOptions, 'target' | 'targetIsr' | 'targetRecoveryState'>>

/** The record of a change that no broker's coming or going brings about; null when nothing changes. */
export function topicChange(
  state: ControllerState,
  { topic, partitionId, partition }: ChangedPartition,
  wanted: WantedChange,
  rules: ControllerRules,
): MetadataRecordOf<'PartitionChangeRecord'> | null {
  const { image } = state
  return partitionChange({
    topicId: topic.id,
    partitionId,
    partition,
    targetIsr: partition.isr,
    defaultDirectory: (id): Uuid => defaultDirectory(image, id),
    isAcceptableLeader: (id) => mayLead(image, partition, id),
    uncleanShutdownReplicas: [],
    minIsr: effectiveMinIsr(topic, topicOverrides(image, topic.name), rules),
    isElrEnabled: isElrEnabled(state),
    levels: recordLevels(image.features.metadataVersion),
    ...wanted,
  })
}
