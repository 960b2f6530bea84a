import { loadConfig } from '../../../src/config/load-config.ts'
import { formatNode } from '../../../src/node/directories/format-node.ts'
import type { RunningNode } from '../../../src/node/running-node.ts'
import { startNode } from '../../../src/node/start-node.ts'
import type { Logger } from '../../../src/telemetry/logger.ts'
import type { CrashKind, SimulatedNode } from '../../support/world/simulated-node.ts'
import type { World } from '../../support/world/world.ts'
import { BROKER_PORT, type ClusterPlan, CONTROLLER_PORT, isBroker, isController, type NodePlan } from './plan.ts'

export const DATA = '/data'
const CLUSTER_ID = 'simulated-cluster-000A'
/** After which whoever runs the node starts it again. */
const RESTART_MS = 500

export type NodeState = 'down' | 'starting' | 'serving' | 'stopping'

export interface ClusterNodeOptions {
  readonly world: World
  readonly plan: NodePlan
  readonly cluster: ClusterPlan
  readonly logger: Logger
}

/**
 * One machine of the cluster and the node on it, started with real settings and started again when it ends by itself, as
 * an operator's supervisor does. Nothing here waits: what is begun goes on while the world runs.
 */
export class ClusterNode {
  readonly plan: NodePlan
  readonly machine: SimulatedNode
  /** `--replace-voter` from the next start on. */
  replacesVoter = false
  readonly #options: ClusterNodeOptions
  #state: NodeState = 'down'
  #node: RunningNode | null = null
  /** Counts the starts: what an earlier one comes to is no news. */
  #life = 0
  #brokenRule: Error | null = null
  #latestError: Error | null = null

  constructor(options: ClusterNodeOptions) {
    this.#options = options
    this.plan = options.plan
    this.machine = options.world.node(options.plan.name)
  }

  get id(): number {
    return this.plan.id
  }

  get name(): string {
    return this.plan.name
  }

  get state(): NodeState {
    return this.machine.isRunning ? this.#state : 'down'
  }

  /** An invariant of the node that did not hold: whatever befalls a node, that must not be. */
  get brokenRule(): Error | null {
    return this.#brokenRule
  }

  /** Why it ended last by itself. */
  get latestError(): Error | null {
    return this.#latestError
  }

  start(): void {
    if (this.state !== 'down') return
    const { world, plan } = this.#options
    if (!this.machine.isRunning) world.restart(plan.name)
    this.#state = 'starting'
    const life = ++this.#life
    this.#run().then(
      (node) => this.#serves(life, node),
      (error: Error) => this.#ended(life, error),
    )
  }

  /** In order, as by SIGTERM. */
  stop(): void {
    if (this.state !== 'serving' || this.#node === null) return
    this.#state = 'stopping'
    const life = this.#life
    this.#node.stop().then(() => {
      if (life === this.#life) this.crash('process')
    })
  }

  crash(kind: CrashKind): void {
    this.#life++
    this.#node = null
    this.#state = 'down'
    this.machine.crash(kind)
  }

  async #run(): Promise<RunningNode> {
    const { plan, cluster, logger } = this.#options
    const settings = { ...cluster.settings, ...ownSettings(plan) }
    const loaded = loadConfig({
      profile: 'kafka',
      assignments: Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    })
    const { ports } = this.machine
    await formatNode({ identity: loaded.identity, clusterId: CLUSTER_ID, ignoreFormatted: true, ports })
    return startNode({ ...loaded, ports, logger, hostname: plan.name, replaceVoter: this.replacesVoter })
  }

  #serves(life: number, node: RunningNode): void {
    if (life !== this.#life) return
    this.#node = node
    this.#state = 'serving'
    node.failed.catch((error: Error) => this.#ended(life, error))
  }

  #ended(life: number, error: Error): void {
    if (life !== this.#life) return
    this.#latestError = error
    if (isBrokenRule(error)) this.#brokenRule ??= error
    this.crash('process')
    const { world } = this.#options
    const ended = this.#life
    world.schedule(world.nowMs + RESTART_MS, null, `${this.name} is started again`, () => {
      if (ended === this.#life) this.start()
    })
  }
}

function ownSettings(plan: NodePlan): Record<string, string> {
  const broker = isBroker(plan) ? [`PLAINTEXT://0.0.0.0:${BROKER_PORT}`] : []
  const controller = isController(plan) ? [`CONTROLLER://0.0.0.0:${CONTROLLER_PORT}`] : []
  const advertised = isBroker(plan) ? [`PLAINTEXT://${plan.name}:${BROKER_PORT}`] : []
  const advertisedController = isController(plan) ? [`CONTROLLER://${plan.name}:${CONTROLLER_PORT}`] : []
  return {
    'node.id': String(plan.id),
    'process.roles': plan.roles.join(),
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': DATA,
    listeners: [...broker, ...controller].join(),
    'advertised.listeners': [...advertised, ...advertisedController].join(),
  }
}

/** What the program says of itself, and mistakes that no check foresaw; not what disks and other nodes do to it. */
function isBrokenRule(error: Error): boolean {
  return error.name === 'InvariantError' || error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError
}
