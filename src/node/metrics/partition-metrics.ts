import type { MetadataImage } from '../../metadata/image.ts'
import type { Partition } from '../../replication/partition.ts'
import type { AnyMetricTable, MetricSheet, MetricTable } from '../../telemetry/metrics.ts'
import { type IsrFacts, isrOf, type ReplicaMetricSources } from './replica-metrics.ts'

export interface PartitionMetricSources extends ReplicaMetricSources {
  /** Resolves when the sizes of all logs are known, so that nothing is asked of the disk while rows are written. */
  readonly findSizes: () => Promise<void>
}

/** One table of partitions for each kind of thing that is told of them. The partitions are those at the time of the reading. */
export function partitionTables(sources: PartitionMetricSources): readonly AnyMetricTable[] {
  const { replicas } = sources
  return [logTable(sources), leaderTable(sources), followerTable(replicas), copyTable(replicas)]
}

/** Every replica of this node: its log. */
export const logSheet: MetricSheet<Partition> = {
  labels: ['topic', 'partition'],
  metrics: [
    { name: 'kafka_log_log_size', type: 'gauge', help: 'Bytes of the log.', read: ({ log }) => log?.knownSizeBytes ?? null },
    { name: 'kafka_log_log_numlogsegments', type: 'gauge', help: 'Segments of the log.', read: ({ log }) => log?.segmentCount ?? null },
    { name: 'kafka_log_log_logstartoffset', type: 'gauge', help: 'The first offset of the log.', read: ({ log }) => log?.logStartOffset ?? null },
    { name: 'kafka_log_log_logendoffset', type: 'gauge', help: 'The offset that the next record will have.', read: ({ log }) => log?.logEndOffset ?? null },
  ],
}

interface LedPartition {
  readonly partition: Partition
  readonly isr: IsrFacts
  readonly leaderId: number
  readonly preferredId: number
}

/** Told by the leader alone. */
export const leaderSheet: MetricSheet<LedPartition> = {
  labels: ['topic', 'partition'],
  metrics: [
    {
      name: 'kafka_topic_partition_current_offset',
      type: 'gauge',
      help: 'The offset below which all records are committed: the high watermark.',
      read: ({ partition }) => partition.highWatermark,
    },
    {
      name: 'kafka_topic_partition_oldest_offset',
      type: 'gauge',
      help: 'The first offset that can be read.',
      read: ({ partition }) => partition.logStartOffset,
    },
    { name: 'kafka_topic_partition_leader', type: 'gauge', help: 'The id of the broker that leads the partition.', read: ({ leaderId }) => leaderId },
    {
      name: 'kafka_topic_partition_leader_is_preferred',
      type: 'gauge',
      help: 'Whether that is the first of its replicas.',
      read: ({ leaderId, preferredId }) => Number(leaderId === preferredId),
    },
    {
      name: 'kafka_topic_partition_replicas',
      aliases: ['kafka_cluster_partition_replicascount'],
      type: 'gauge',
      help: 'Replicas of the partition.',
      read: ({ partition }) => partition.leader?.replicas.length ?? null,
    },
    {
      name: 'kafka_topic_partition_in_sync_replica',
      aliases: ['kafka_cluster_partition_insyncreplicascount'],
      type: 'gauge',
      help: 'Replicas that are in sync with the leader, the leader included.',
      read: ({ isr }) => isr.size,
    },
    {
      name: 'kafka_topic_partition_under_replicated_partition',
      aliases: ['kafka_cluster_partition_underreplicated'],
      type: 'gauge',
      help: 'Whether there are fewer in-sync replicas than replicas.',
      read: ({ isr }) => Number(isr.size < isr.replicas),
    },
    {
      name: 'kafka_cluster_partition_underminisr',
      type: 'gauge',
      help: 'Whether there are fewer in-sync replicas than min.insync.replicas.',
      read: ({ isr }) => Number(isr.size < isr.minimum),
    },
    {
      name: 'kafka_cluster_partition_atminisr',
      type: 'gauge',
      help: 'Whether there are just as many in-sync replicas as min.insync.replicas.',
      read: ({ isr }) => Number(isr.size === isr.minimum),
    },
    {
      name: 'kafka_cluster_partition_laststableoffsetlag',
      type: 'gauge',
      help: 'Committed records that read_committed consumers do not get yet, as transactions are open.',
      read: ({ partition }) => partition.highWatermark - partition.lastStableOffset,
    },
  ],
}

interface FollowerRow {
  readonly partition: Partition
  readonly replicaId: number
  readonly logEndOffset: number
}

/** Of each follower, told by its leader. */
export const followerSheet: MetricSheet<FollowerRow> = {
  labels: ['topic', 'partition', 'replica'],
  metrics: [
    {
      name: 'replica_lag',
      type: 'gauge',
      help: "Records by which a follower's log ends before its leader's, as it said when it fetched last; not told before it has fetched.",
      read: ({ partition, logEndOffset }) => (logEndOffset < 0 ? null : Math.max(0, partition.logEndOffset - logEndOffset)),
    },
  ],
}

interface CopyRow {
  readonly topic: string
  readonly partition: number
  readonly lag: number | null
}

/** Of each replica that this node copies. */
export const copySheet: MetricSheet<CopyRow> = {
  labels: ['clientId', 'topic', 'partition'],
  metrics: [
    {
      name: 'kafka_server_fetcherlagmetrics_consumerlag',
      type: 'gauge',
      help: "Records that this node's replica is behind its leader's high watermark.",
      read: ({ lag }) => lag,
    },
  ],
}

function logTable({ replicas, findSizes }: PartitionMetricSources): MetricTable<Partition> {
  return { ...logSheet, prepare: findSizes, rows: () => [...replicas.partitions], labelsOf: ({ topic, index }) => [topic, String(index)] }
}

function leaderTable(sources: PartitionMetricSources): MetricTable<LedPartition> {
  return { ...leaderSheet, rows: () => ledPartitions(sources), labelsOf: ({ partition: { topic, index } }) => [topic, String(index)] }
}

function* ledPartitions({ replicas, minInsyncReplicas }: PartitionMetricSources): Generator<LedPartition> {
  const { partitions, image } = replicas
  for (const partition of [...partitions]) {
    const isr = isrOf(partition, image, minInsyncReplicas)
    if (isr !== null) yield { partition, isr, leaderId: partition.leaderId, preferredId: preferredOf(partition, image) }
  }
}

function preferredOf({ topicId, index, leaderId }: Partition, image: MetadataImage): number {
  return image.topics.byId.get(topicId)?.partitions[index]?.replicas[0] ?? leaderId
}

function followerTable(replicas: PartitionMetricSources['replicas']): MetricTable<FollowerRow> {
  return {
    ...followerSheet,
    *rows() {
      for (const partition of [...replicas.partitions]) {
        for (const { replicaId, logEndOffset } of partition.leader?.followers() ?? []) yield { partition, replicaId, logEndOffset }
      }
    },
    labelsOf: ({ partition: { topic, index }, replicaId }) => [topic, String(index), String(replicaId)],
  }
}

function copyTable({ fetchers }: PartitionMetricSources['replicas']): MetricTable<CopyRow> {
  return { ...copySheet, rows: () => fetchers.copies, labelsOf: ({ topic, partition }) => ['Replica', topic, String(partition)] }
}
