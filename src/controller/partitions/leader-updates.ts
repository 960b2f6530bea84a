import { ELR_VERSION, recordLevels } from '../../metadata/features.ts'
import type { PartitionImage, TopicImage } from '../../metadata/image.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import type { ControllerRules } from '../controller-rules.ts'
import { type ControllerState, hasDirectoryFor, isActive, partitionsWhere, type TopicPartitionImage, topicOverrides } from '../controller-state.ts'
import { partitionChange } from './partition-change.ts'

/** What happens to a broker; at most one of them. */
export interface BrokerChange {
  /** leaves all ISRs and leads nothing */
  readonly removed?: number
  /** may lead from now on, though the state does not say so yet */
  readonly added?: number
  /** came back without a clean shutdown: leaves ISRs and ELRs */
  readonly uncleanlyStopped?: number
}

/**
 * The changes of leaders and ISRs that follow from a change of one broker, for the partitions for which `test` holds.
 * Source: ReplicationControlManager.generateLeaderAndIsrUpdates.
 */
export function leaderUpdates(
  state: ControllerState,
  change: BrokerChange,
  test: (partition: PartitionImage) => boolean,
  rules: ControllerRules,
): MetadataRecord[] {
  const records: MetadataRecord[] = []
  for (const found of partitionsWhere(state.image, test)) {
    const record = updateOf(state, change, found, rules)
    if (record !== null) records.push(record)
  }
  return records
}

function updateOf(state: ControllerState, change: BrokerChange, found: TopicPartitionImage, rules: ControllerRules): MetadataRecord | null {
  const { topic, partitionId, partition } = found
  const { removed, added, uncleanlyStopped } = change
  const { features } = state.image
  const overrides = topicOverrides(state.image, topic.name)
  return partitionChange({
    topicId: topic.id,
    partitionId,
    partition,
    targetIsr: partition.isr.filter((id) => id !== removed && id !== uncleanlyStopped),
    isAcceptableLeader: (id) =>
      id !== removed && id !== uncleanlyStopped && (id === added || isActive(state.image, id)) && hasDirectoryFor(state.image, partition, id),
    election: rules.uncleanElectionEnabled(overrides) ? 'unclean' : 'online',
    uncleanShutdownReplicas: uncleanlyStopped === undefined ? [] : [uncleanlyStopped],
    minIsr: effectiveMinIsr(topic, overrides, rules),
    isElrEnabled: isElrEnabled(state),
    levels: recordLevels(features.metadataVersion),
  })
}

/** `min.insync.replicas` of a topic, but no more than it has replicas. */
export function effectiveMinIsr(topic: TopicImage, overrides: ReadonlyMap<string, string>, rules: ControllerRules): number {
  return Math.min(rules.minInsyncReplicas(overrides), topic.partitions[0]?.replicas.length ?? 1)
}

/** Whether eligible leader replicas are kept in partition records. Source: KIP-966. */
export function isElrEnabled(state: ControllerState): boolean {
  return (state.image.features.levels.get(ELR_VERSION) ?? 0) > 0
}
