import type { Clock } from '../../base/ports.ts'
import type { MetricRegistry } from '../../telemetry/metric-registry.ts'
import type { OpenMetadata } from '../parts/open-metadata.ts'
import type { OpenPartitions } from '../parts/open-partitions.ts'
import { controllerTables, metadataTable } from './controller-metrics.ts'
import { flushTables, metadataFlushTable } from './flush-metrics.ts'
import { partitionTables } from './partition-metrics.ts'
import { quorumTables } from './quorum-metrics.ts'
import { fetcherTable, replicaTable } from './replica-metrics.ts'
import { storageTables } from './storage-metrics.ts'
import { replicationTable, topicTable } from './topic-metrics.ts'

export interface ClusterMetricParts {
  readonly clock: Clock
  readonly isController: boolean
  readonly metadata: Pick<OpenMetadata, 'loader' | 'controller' | 'quorum' | 'flushTimes'>
}

/** What a node knows of the cluster, whatever its roles. */
export function addClusterMetrics(metrics: MetricRegistry, { clock, isController, metadata }: ClusterMetricParts): void {
  const { loader, controller, quorum } = metadata
  const sources = { clock, isController, controller, metadata: loader }
  for (const table of controllerTables(sources)) metrics.add(table)
  metrics.add(metadataTable(sources))
  metrics.add(metadataFlushTable(metadata.flushTimes))
  for (const table of quorumTables({ quorum })) metrics.add(table)
}

export interface BrokerMetricParts {
  readonly clock: Clock
  readonly partitions: OpenPartitions
}

/** What a broker has beside: logs and partitions. */
export function addBrokerMetrics(metrics: MetricRegistry, { clock, partitions }: BrokerMetricParts): void {
  const { logs, replicas, topicConfigs } = partitions
  const sources = {
    clock,
    replicas,
    minInsyncReplicas: (topic: string) => topicConfigs.minInsyncReplicas(topic),
    findSizes: () => logs.findSizes(),
  }
  metrics.add(replicaTable(sources))
  metrics.add(fetcherTable(replicas))
  metrics.add(replicationTable(replicas))
  metrics.add(topicTable(replicas))
  for (const table of storageTables(logs)) metrics.add(table)
  for (const table of flushTables(logs.flushTimes, clock)) metrics.add(table)
  for (const table of partitionTables(sources)) metrics.add(table)
}
