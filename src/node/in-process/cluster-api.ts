import type { Fault, FaultOptions, GroupExpectation, GroupState, RecordsOptions, StartNodeOptions, WaitOptions } from './node-api.ts'

/** As for a node alone. Its data are in `node-1`, `node-2` and so on below `dataDirectory`; in memory each node keeps at most 1 GiB. */
export interface StartClusterOptions extends Omit<StartNodeOptions, 'clock'> {
  /** From 1 to 9; 3 where not given. The first five vote on the cluster's metadata. */
  readonly nodes?: number
  /** Whether each node serves its metrics and its health, on a free port of the loopback; false where not given. */
  readonly metrics?: boolean
}

/** Several nodes in this process that are one cluster. */
export interface Cluster extends AsyncDisposable {
  readonly clusterId: string
  /** `127.0.0.1:port` of each node, with commas, also of those that do not run. */
  readonly bootstrapServers: string
  /** By number, from 1. */
  readonly nodes: readonly ClusterNode[]
  /** Rejects when an essential part of a node failed by itself. Never resolves, and whoever does not look at it is not disturbed. */
  readonly failed: Promise<never>
  /** Errors: `OdradekError` with code CLUSTER_INVALID for a number that no node has. */
  node(nodeId: number): ClusterNode
  /**
   * Nodes reach those of their own part alone, as when a cable is cut: what they send to others waits, and nobody is told. Nodes
   * that are not named are a part of their own: `partition([2])` cuts off node 2. Clients reach all nodes. Calling it again puts
   * the new parts in place of the old ones.
   * Errors: CLUSTER_INVALID.
   */
  partition(...parts: readonly (readonly number[])[]): void
  /** All nodes reach each other again, and what waited arrives. */
  heal(): void
  /**
   * Resolves when all nodes that run serve and know of each other, and each partition has a leader and all its replicas in sync.
   * Errors: as of `Node.untilGroup`.
   */
  untilInSync(options?: WaitOptions): Promise<void>
  /** As `Node.untilGroup`, of whichever node coordinates the group. */
  untilGroup(groupId: string, expected: GroupExpectation & WaitOptions): Promise<GroupState>
  /** As `Node.untilRecords`, of whichever node has a replica of each of the topic's partitions. */
  untilRecords(topic: string, count: number, options?: RecordsOptions): Promise<number>
  /**
   * As `Node.reset`, for all nodes that run: all topics and groups are deleted at once, and the faults of each node are ended.
   * Nodes that are stopped, paused or cut off stay so. Errors: `OdradekError`, as when no majority of the controllers runs.
   */
  reset(): Promise<void>
  /** Makes all whole again and stops the nodes one after another; their data go with them unless `dataDirectory` was given. */
  stop(): Promise<void>
}

/** `paused`: it takes no turn, and its connections are held open. */
export type ClusterNodeState = 'running' | 'paused' | 'stopped'

/** One node of a cluster in this process. */
export interface ClusterNode {
  readonly nodeId: number
  /** The port that clients connect to. It stays the node's own while it does not run. */
  readonly port: number
  /** `127.0.0.1:port` */
  readonly bootstrapServers: string
  /** `http://127.0.0.1:port`, of `/metrics`, `/healthz` and `/readyz`; null without the option `metrics`. It stays the node's own while it does not run. */
  readonly metricsUrl: string | null
  readonly state: ClusterNodeState
  /**
   * Ends the node as kill -9 ends a process: from now on it takes no turn, sends nothing more and writes nothing more; its
   * connections close and its files, none is flushed and nobody is told. What it had written is there when it starts again.
   * A node that does not run is left as it is.
   */
  kill(): Promise<void>
  /** Stops the node in order: it hands over what it leads first. A paused node goes on for it. */
  stop(): Promise<void>
  /** Starts it again on its data. Resolves when it serves. Errors: CLUSTER_INVALID for a node that runs; those of `startNode`. */
  start(): Promise<void>
  /** The node stands still, as a process does at SIGSTOP, while time passes. Errors: CLUSTER_INVALID for one that does not run. */
  pause(): void
  /** It goes on, and finds what came meanwhile. Errors: CLUSTER_INVALID for a node that is not paused. */
  resume(): void
  /** Of requests that this node gets; they end with the node. See `Node.fail`. Errors: CLUSTER_INVALID for a node that does not run. */
  fail(fault: FaultOptions): Fault
}
