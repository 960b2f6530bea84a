import type { InitialVoter } from '../../node/local-cluster/cluster-plan.ts'

/** What the process that runs a local cluster and its nodes, each a process, say to each other. */

/** Holds a `NodeTask` as JSON for a node that is started as one of a cluster. */
export const TASK_VARIABLE = 'ODRADEK_CLUSTER_NODE'

export interface NodeTask {
  readonly nodeNumber: number
  readonly nodeCount: number
  readonly clusterId: string
  /** Of a cluster that begins now; null for a node that finds the cluster there, or that does not vote. */
  readonly initialVoters: readonly InitialVoter[] | null
  /** Below which all nodes have their data; null where the settings say. */
  readonly dataDirectory: string | null
}

export interface NodeFacts {
  /** `host:port` of each listener for clients. */
  readonly advertised: readonly string[]
}

/** `leave`: stop in order, and wait when the broker has left; `finish`: all brokers have left. */
export type ToNode = 'leave' | 'finish'

export type FromNode = { readonly kind: 'ready'; readonly facts: NodeFacts } | { readonly kind: 'left' }
