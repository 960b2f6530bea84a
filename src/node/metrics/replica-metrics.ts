import type { Clock } from '../../base/ports.ts'
import type { MetadataImage } from '../../metadata/image.ts'
import type { Partition } from '../../replication/partition.ts'
import type { ReplicaManager } from '../../replication/replica-manager.ts'
import type { MetricSheet, MetricTable } from '../../telemetry/metrics.ts'
import { RateWindow } from '../../telemetry/rate-window.ts'
import type { Traffic } from '../../telemetry/traffic.ts'
import { RATE_WINDOW_MS } from './windows.ts'

export interface ReplicaMetricSources {
  readonly clock: Clock
  readonly replicas: Pick<ReplicaManager, 'traffic' | 'partitions' | 'partitionCount' | 'image' | 'fetchers'>
  /** `min.insync.replicas` in force for a topic. */
  readonly minInsyncReplicas: (topic: string) => number
}

/** How many of this node's partitions are how. What concerns in-sync replicas is counted by leaders alone, so that sums over nodes are right. */
export interface PartitionCounts {
  hosted: number
  led: number
  underReplicated: number
  underMinIsr: number
  atMinIsr: number
  reassigning: number
  offlineReplicas: number
}

interface ReplicaRow {
  readonly counts: PartitionCounts
  readonly traffic: Traffic
  /** Times within the window. */
  readonly isrShrinks: number
  readonly isrExpands: number
  readonly maxLag: number
}

/** What a broker tells of all its replicas together. */
export function replicaTable(sources: ReplicaMetricSources): MetricTable<ReplicaRow> {
  const { clock, replicas } = sources
  const { traffic } = replicas
  const shrinks = new RateWindow(clock, RATE_WINDOW_MS, () => traffic.isrShrinks)
  const expands = new RateWindow(clock, RATE_WINDOW_MS, () => traffic.isrExpands)
  return {
    ...replicaSheet,
    rows: () => [{ counts: countPartitions(sources), traffic, isrShrinks: shrinks.growth(), isrExpands: expands.growth(), maxLag: maxLag(replicas) }],
    labelsOf: () => [],
  }
}

export const replicaSheet: MetricSheet<ReplicaRow> = {
  labels: [],
  metrics: [
    gauge('partitions', 'partitioncount', 'Partitions of which this node has a replica.', ({ hosted }) => hosted),
    gauge('leader_partitions', 'leadercount', 'Partitions that this node leads.', ({ led }) => led),
    gauge(
      'under_replicated_partitions',
      'underreplicatedpartitions',
      'Partitions that this node leads with fewer in-sync replicas than replicas.',
      ({ underReplicated }) => underReplicated,
    ),
    gauge(
      'under_min_isr_partitions',
      'underminisrpartitioncount',
      'Partitions that this node leads with fewer in-sync replicas than min.insync.replicas: acks=all is refused.',
      ({ underMinIsr }) => underMinIsr,
    ),
    gauge(
      'at_min_isr_partitions',
      'atminisrpartitioncount',
      'Partitions that this node leads with just as many in-sync replicas as min.insync.replicas.',
      ({ atMinIsr }) => atMinIsr,
    ),
    gauge(
      'reassigning_partitions',
      'reassigningpartitions',
      'Partitions that this node leads whose replicas are being changed.',
      ({ reassigning }) => reassigning,
    ),
    gauge(
      'offline_replicas',
      'offlinereplicacount',
      'Replicas of this node that are offline, as their directory failed.',
      ({ offlineReplicas }) => offlineReplicas,
    ),
    {
      name: 'isr_shrinks_total',
      aliases: ['kafka_server_replicamanager_isrshrinks_total', 'kafka_server_replicamanager_isrshrinkspersec'],
      type: 'counter',
      help: 'Times that replicas left the in-sync ones of a partition that this node led then.',
      read: ({ traffic }) => traffic.isrShrinks,
    },
    { name: 'isr_shrinks', type: 'gauge', help: 'The same, within the last minute.', read: ({ isrShrinks }) => isrShrinks },
    {
      name: 'isr_expands_total',
      aliases: ['kafka_server_replicamanager_isrexpands_total', 'kafka_server_replicamanager_isrexpandspersec'],
      type: 'counter',
      help: 'Times that replicas came to the in-sync ones of a partition that this node led then.',
      read: ({ traffic }) => traffic.isrExpands,
    },
    { name: 'isr_expands', type: 'gauge', help: 'The same, within the last minute.', read: ({ isrExpands }) => isrExpands },
    {
      name: 'unclean_leader_elections_total',
      aliases: ['kafka_controller_controllerstats_uncleanleaderelections_total', 'kafka_controller_controllerstats_uncleanleaderelectionspersec'],
      type: 'counter',
      help: 'Times that this node became leader of a partition without having been in sync, so that records may be lost.',
      read: ({ traffic }) => traffic.uncleanElections,
    },
  ],
}

/** How far this node is behind the leaders that it copies from; with the label that Kafka gives it. */
export function fetcherTable(replicas: Pick<ReplicaManager, 'fetchers'>): MetricTable<number> {
  return { ...fetcherSheet, rows: () => [maxLag(replicas)], labelsOf: () => ['Replica'] }
}

export const fetcherSheet: MetricSheet<number> = {
  labels: ['clientId'],
  metrics: [
    {
      name: 'kafka_server_replicafetchermanager_maxlag',
      type: 'gauge',
      help: "Records that this node's replicas are behind their leader's high watermark, of the one that is furthest behind.",
      read: (lag) => lag,
    },
  ],
}

function gauge(name: string, kafkaName: string, help: string, of: (counts: PartitionCounts) => number): MetricSheet<ReplicaRow>['metrics'][number] {
  return { name, aliases: [`kafka_server_replicamanager_${kafkaName}`], type: 'gauge', help, read: ({ counts }) => of(counts) }
}

function countPartitions({ replicas, minInsyncReplicas }: ReplicaMetricSources): PartitionCounts {
  const { partitions, partitionCount, image } = replicas
  const counts = { hosted: partitionCount, led: 0, underReplicated: 0, underMinIsr: 0, atMinIsr: 0, reassigning: 0, offlineReplicas: 0 }
  for (const partition of partitions) {
    if (partition.isOffline) counts.offlineReplicas++
    const isr = isrOf(partition, image, minInsyncReplicas)
    if (isr === null) continue
    counts.led++
    if (isr.size < isr.replicas) counts.underReplicated++
    if (isr.size < isr.minimum) counts.underMinIsr++
    if (isr.size === isr.minimum) counts.atMinIsr++
    if (isr.isReassigning) counts.reassigning++
  }
  return counts
}

/** What a leader knows of the in-sync replicas of a partition. */
export interface IsrFacts {
  readonly size: number
  /** Those that a reassignment adds are not missed yet. */
  readonly replicas: number
  /** `min.insync.replicas`, but never more than there are replicas. */
  readonly minimum: number
  readonly isReassigning: boolean
}

/** null where this node does not lead. Source: kafka.cluster.Partition (isUnderReplicated, isUnderMinIsr). */
export function isrOf({ topic, topicId, index, leader }: Partition, image: MetadataImage, minInsyncReplicas: (topic: string) => number): IsrFacts | null {
  if (leader === null) return null
  const registration = image.topics.byId.get(topicId)?.partitions[index]
  const adding = registration?.addingReplicas.length ?? 0
  return {
    size: leader.isr.committed.length,
    replicas: leader.replicas.length - adding,
    minimum: leader.effectiveMinIsr(minInsyncReplicas(topic)),
    isReassigning: adding > 0 || (registration?.removingReplicas.length ?? 0) > 0,
  }
}

function maxLag({ fetchers }: Pick<ReplicaManager, 'fetchers'>): number {
  let most = 0
  for (const { lag } of fetchers.copies) most = Math.max(most, lag ?? 0)
  return most
}
