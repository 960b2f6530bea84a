import type { Clock } from '../../base/ports.ts'
import { type MetadataImage, NO_LEADER, type TopicImage } from '../../metadata/image.ts'
import type { AnyMetricTable, MetricSheet, MetricTable } from '../../telemetry/metrics.ts'

export interface ControllerMetricSources {
  readonly clock: Clock
  /** This node may be the active controller. */
  readonly isController: boolean
  readonly controller: { readonly isActive: boolean }
  readonly metadata: { image(): MetadataImage }
}

/** What the active controller tells of the cluster, and no other node: so sums over nodes are right. */
export function controllerTables(sources: ControllerMetricSources): readonly AnyMetricTable[] {
  const { controller, metadata } = sources
  const counted = countedOnce()
  const whenActive = <Row>(row: () => Iterable<Row>) => (controller.isActive ? row() : [])
  const role: MetricTable<boolean> = { ...controllerSheet, rows: () => (sources.isController ? [controller.isActive] : []), labelsOf: () => [] }
  const cluster: MetricTable<ClusterCounts> = { ...clusterSheet, rows: () => whenActive(() => [counted(metadata.image())]), labelsOf: () => [] }
  const topics: MetricTable<TopicImage> = {
    ...topicPartitionsSheet,
    rows: () => whenActive(() => metadata.image().topics.byName.values()),
    labelsOf: ({ name }) => [name],
  }
  return [role, cluster, topics]
}

/** Told by every node with the controller role. */
export const controllerSheet: MetricSheet<boolean> = {
  labels: [],
  metrics: [
    {
      name: 'active_controller',
      aliases: ['kafka_controller_kafkacontroller_activecontrollercount'],
      type: 'gauge',
      help: 'Whether this node is the active controller: the sum over all nodes is 1.',
      read: Number,
    },
  ],
}

interface ClusterCounts {
  readonly topics: number
  readonly partitions: number
  readonly offline: number
  /** Led by another than the first of their replicas. */
  readonly imbalanced: number
  readonly activeBrokers: number
  readonly fencedBrokers: number
}

export const clusterSheet: MetricSheet<ClusterCounts> = {
  labels: [],
  metrics: [
    gauge('offline_partitions', 'offlinepartitionscount', 'Partitions of the cluster that have no leader.', ({ offline }) => offline),
    gauge(
      'imbalanced_partitions',
      'preferredreplicaimbalancecount',
      'Partitions of the cluster that are not led by the first of their replicas.',
      ({ imbalanced }) => imbalanced,
    ),
    gauge('cluster_topics', 'globaltopiccount', 'Topics of the cluster.', ({ topics }) => topics),
    gauge('cluster_partitions', 'globalpartitioncount', 'Partitions of the cluster.', ({ partitions }) => partitions),
    gauge('active_brokers', 'activebrokercount', 'Brokers that are registered and serve.', ({ activeBrokers }) => activeBrokers, ['kafka_brokers']),
    gauge('fenced_brokers', 'fencedbrokercount', 'Brokers that are registered and do not serve.', ({ fencedBrokers }) => fencedBrokers),
  ],
}

export const topicPartitionsSheet: MetricSheet<TopicImage> = {
  labels: ['topic'],
  metrics: [{ name: 'kafka_topic_partitions', type: 'gauge', help: 'Partitions of the topic.', read: ({ partitions }) => partitions.length }],
}

/** How far this node has applied the metadata log. */
export function metadataTable({ clock, metadata }: Pick<ControllerMetricSources, 'clock' | 'metadata'>): MetricTable<AppliedMetadata> {
  const row = (): AppliedMetadata => {
    const { offset, appendedMs } = metadata.image().provenance
    return { offset, appendedMs, nowMs: clock.nowMs() }
  }
  return { ...metadataSheet, rows: () => [row()], labelsOf: () => [] }
}

interface AppliedMetadata {
  /** -1 before any record. */
  readonly offset: number
  readonly appendedMs: number
  readonly nowMs: number
}

export const metadataSheet: MetricSheet<AppliedMetadata> = {
  labels: [],
  metrics: [
    {
      name: 'metadata_applied_offset',
      aliases: ['kafka_server_broker_metadata_metrics_last_applied_record_offset', 'kafka_server_brokermetadatametrics_last_applied_record_offset'],
      type: 'gauge',
      help: 'The last record of the metadata log that this node has applied.',
      read: ({ offset }) => offset,
    },
    {
      name: 'metadata_applied_timestamp_seconds',
      type: 'gauge',
      help: 'When that record was appended, since the Unix epoch.',
      read: ({ offset, appendedMs }) => (offset < 0 ? null : appendedMs / 1000),
    },
    {
      name: 'kafka_server_broker_metadata_metrics_last_applied_record_timestamp',
      aliases: ['kafka_server_brokermetadatametrics_last_applied_record_timestamp'],
      type: 'gauge',
      help: 'The same in milliseconds.',
      read: ({ offset, appendedMs }) => (offset < 0 ? null : appendedMs),
    },
    {
      name: 'kafka_server_broker_metadata_metrics_last_applied_record_lag_ms',
      aliases: ['kafka_server_brokermetadatametrics_last_applied_record_lag_ms'],
      type: 'gauge',
      help: 'How long ago that was, in milliseconds; where metadata.max.idle.interval.ms is 0 it grows while nothing changes.',
      read: ({ offset, appendedMs, nowMs }) => (offset < 0 ? null : Math.max(0, nowMs - appendedMs)),
    },
  ],
}

function gauge(
  name: string,
  kafkaName: string,
  help: string,
  read: (counts: ClusterCounts) => number,
  more: readonly string[] = [],
): MetricSheet<ClusterCounts>['metrics'][number] {
  return { name, aliases: [`kafka_controller_kafkacontroller_${kafkaName}`, ...more], type: 'gauge', help, read }
}

/** Images do not change: what was counted of one holds until there is another. */
function countedOnce(): (image: MetadataImage) => ClusterCounts {
  let last: { readonly image: MetadataImage; readonly counts: ClusterCounts } | null = null
  return (image) => {
    if (last?.image !== image) last = { image, counts: countCluster(image) }
    return last.counts
  }
}

function countCluster({ topics, cluster }: MetadataImage): ClusterCounts {
  const counts = { topics: topics.byName.size, partitions: 0, offline: 0, imbalanced: 0, activeBrokers: 0, fencedBrokers: 0 }
  for (const { partitions } of topics.byName.values()) {
    counts.partitions += partitions.length
    for (const { leader, replicas } of partitions) {
      if (leader === NO_LEADER) counts.offline++
      if (leader !== replicas[0]) counts.imbalanced++
    }
  }
  for (const { fenced } of cluster.brokers.values()) counts[fenced ? 'fencedBrokers' : 'activeBrokers']++
  return counts
}
