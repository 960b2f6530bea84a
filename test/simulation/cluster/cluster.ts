import type { Endpoint } from '../../../src/base/ports.ts'
import { type Logger, silentLogger } from '../../../src/telemetry/logger.ts'
import type { World } from '../../support/world/world.ts'
import { ClusterClient } from './client/cluster-client.ts'
import { ClusterNode } from './cluster-node.ts'
import { BROKER_PORT, isBroker, isController } from './node-plan.ts'
import type { ClusterPlan } from './plan.ts'

export interface ClusterOptions {
  readonly world: World
  readonly plan: ClusterPlan
  /** To look at one seed; silent where not given. */
  readonly loggerOf?: (name: string) => Logger
}

/** All nodes of a cluster in one world, and clients for it. */
export class Cluster {
  readonly world: World
  readonly plan: ClusterPlan
  readonly nodes: readonly ClusterNode[]

  constructor({ world, plan, loggerOf = () => silentLogger }: ClusterOptions) {
    this.world = world
    this.plan = plan
    this.nodes = plan.nodes.map((node) => new ClusterNode({ world, plan: node, cluster: plan, logger: loggerOf(node.name) }))
  }

  get brokers(): readonly ClusterNode[] {
    return this.nodes.filter(({ plan }) => isBroker(plan))
  }

  get controllers(): readonly ClusterNode[] {
    return this.nodes.filter(({ plan }) => isController(plan))
  }

  /** Nodes that were started once: what comes later is not missed. */
  get begun(): readonly ClusterNode[] {
    return this.nodes.filter(({ hasBegun }) => hasBegun)
  }

  get isServing(): boolean {
    return this.begun.every(({ state }) => state === 'serving')
  }

  node(id: number): ClusterNode {
    return this.nodes[id - 1] as ClusterNode
  }

  /** All but those that come late. */
  startAll(): void {
    for (const node of this.nodes) if (node.plan.isLate !== true) node.start()
  }

  /** Everything works from now on; what is down is started, and who was to come late comes now. */
  heal(): void {
    const { network } = this.world
    network.heal()
    network.resetProbability = 0
    network.maxLatencyMs = 0.3
    for (const node of this.nodes) {
      node.machine.faults.clear()
      node.machine.faults.flushMaxMs = 4
      node.start()
    }
  }

  /** On a machine of its own. */
  client(name: string, timeoutMs?: number): ClusterClient {
    const { ports } = this.world.node(name)
    return new ClusterClient({ ports, bootstrap: this.#bootstrap, clientId: name, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
  }

  get #bootstrap(): readonly Endpoint[] {
    return this.brokers.map(({ name }) => ({ host: name, port: BROKER_PORT }))
  }
}
