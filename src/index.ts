/**
 * Odradek in your own process: a Kafka broker for tests and small programs.
 *
 * ```ts
 * await using node = await startNode()
 * const kafka = new Kafka({ brokers: [node.bootstrapServers] })
 * ```
 */

export { OdradekError } from './base/errors.ts'
export type { TopicInput } from './config/sources/topic-specs.ts'
export type { Cluster, ClusterNode, ClusterNodeState, StartClusterOptions } from './node/in-process/cluster-api.ts'
export { startNode } from './node/in-process/in-process-node.ts'
export type {
  Fault,
  FaultOptions,
  GroupExpectation,
  GroupState,
  Node,
  RecordsOptions,
  Signal,
  StartNodeOptions,
  WaitOptions,
} from './node/in-process/node-api.ts'
export { startCluster } from './node/local-cluster/start-cluster.ts'
export type { LogFields, Logger } from './telemetry/logger.ts'
