import { loadConfig } from '../../../src/config/load-config.ts'
import { type BeginQuorum, formatNode } from '../../../src/node/directories/format-node.ts'
import type { RunningNode } from '../../../src/node/running-node.ts'
import { startNode } from '../../../src/node/start-node.ts'
import type { Logger } from '../../../src/telemetry/logger.ts'
import type { CrashKind, SimulatedNode } from '../../support/world/simulated-node.ts'
import type { World } from '../../support/world/world.ts'
import { BROKER_PORT, CONTROLLER_PORT, isBroker, isController, type NodePlan } from './node-plan.ts'
import { NodeView } from './node-view.ts'
import type { ClusterPlan } from './plan.ts'
import { CONTROLLER_LISTENER, quorumToBegin } from './quorum-plan.ts'

export const DATA = '/data'
const CLUSTER_ID = 'simulated-cluster-000A'
/** After which whoever runs the node starts it again. */
const RESTART_MS = 500
/** With which a static voter that has an empty directory refuses to start: not formatted, and formatted anew. */
const REFUSALS: readonly unknown[] = ['VOTER_DIRECTORY_EMPTY', 'METADATA_QUORUM']

export type NodeState = 'down' | 'starting' | 'serving' | 'stopping'

/** How whoever runs a node goes about a directory that is lost. */
export interface LostDirectory {
  /** The new one is formatted before the node starts, also that of a static voter, which the start would refuse. */
  readonly isFormattedAnew: boolean
}

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
  #hasBegun = false
  /** What was done for a directory that is lost; null while none is. */
  #lost: LostDirectory | null = null
  #node: RunningNode | null = null
  /** Of its runs since they were asked for last; the latest is that of the present one. */
  #views: NodeView[] = []
  /** Counts the starts: what an earlier one comes to is no news. */
  #life = 0
  /** That ended in order. */
  #stoppedLife = -1
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

  /** It was started once. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** What its runs took for true, those that ended since this was asked last included. */
  takeViews(): readonly NodeView[] {
    const views = this.#views
    this.#views = this.state === 'down' ? [] : views.slice(-1)
    return views
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
    this.#hasBegun = true
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
      if (life !== this.#life) return
      this.#stoppedLife = life
      this.crash('process')
    })
  }

  crash(kind: CrashKind): void {
    this.#life++
    this.#node = null
    this.#state = 'down'
    this.machine.crash(kind)
  }

  /** It is down, and gets a machine with new disks, on which the next start finds nothing. */
  loseDirectory(lost: LostDirectory): void {
    this.crash('power')
    this.machine.replaceDisks()
    this.#lost = lost
  }

  async #run(): Promise<RunningNode> {
    const { plan, cluster, logger } = this.#options
    const settings = { ...cluster.settings, ...ownSettings(plan, cluster) }
    const loaded = loadConfig({
      profile: 'kafka',
      assignments: Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    })
    const { ports } = this.machine
    // Without that the start has to find out by itself whose directory it is.
    if (!this.#isLostVoter || this.#lost?.isFormattedAnew === true) {
      await formatNode({ identity: loaded.identity, clusterId: CLUSTER_ID, ...this.#quorumToBegin(), ignoreFormatted: true, ports })
    }
    const view = new NodeView()
    this.#views.push(view)
    return startNode({ ...loaded, ports, logger, handlers: view.handlers, hostname: plan.name, replaceVoter: this.replacesVoter })
  }

  #quorumToBegin(): { readonly quorum?: BeginQuorum } {
    const { plan, cluster } = this.#options
    if (cluster.quorum === undefined) return {}
    return { quorum: this.#lost === null ? quorumToBegin(cluster.quorum, plan) : 'elsewhere' }
  }

  /** A static voter with an empty directory. */
  get #isLostVoter(): boolean {
    const { plan, cluster } = this.#options
    return this.#lost !== null && cluster.quorum === undefined && isController(plan)
  }

  #serves(life: number, node: RunningNode): void {
    if (life !== this.#life) return
    if (this.#isLostVoter && !this.replacesVoter) this.#brokenRule ??= new Error('a static voter starts with an empty directory, and nobody took the risk')
    if (this.#lost !== null) this.replacesVoter = false
    this.#lost = null
    this.#node = node
    this.#state = 'serving'
    node.failed.catch((error: Error) => {
      // It says so when it has stopped, be it that it was stopping in order.
      if (life === this.#stoppedLife) this.#note(error)
      else this.#ended(life, error)
    })
  }

  #ended(life: number, error: Error): void {
    if (life !== this.#life) return
    // Whoever runs it reads why, and takes the risk.
    if (this.#isLostVoter && REFUSALS.includes((error as { readonly code?: unknown }).code)) this.replacesVoter = true
    this.#note(error)
    this.crash('process')
    const { world } = this.#options
    const ended = this.#life
    world.schedule(world.nowMs + RESTART_MS, null, `${this.name} is started again`, () => {
      if (ended === this.#life) this.start()
    })
  }

  #note(error: Error): void {
    this.#latestError = error
    if (isBrokenRule(error)) this.#brokenRule ??= error
  }
}

function ownSettings(plan: NodePlan, { quorum }: ClusterPlan): Record<string, string> {
  const broker = isBroker(plan) ? [`PLAINTEXT://0.0.0.0:${BROKER_PORT}`] : []
  const controller = isController(plan) ? [`${CONTROLLER_LISTENER}://0.0.0.0:${CONTROLLER_PORT}`] : []
  const advertised = isBroker(plan) ? [`PLAINTEXT://${plan.name}:${BROKER_PORT}`] : []
  const advertisedController = isController(plan) ? [`${CONTROLLER_LISTENER}://${plan.name}:${CONTROLLER_PORT}`] : []
  return {
    'node.id': String(plan.id),
    'process.roles': plan.roles.join(),
    'controller.listener.names': CONTROLLER_LISTENER,
    'log.dirs': DATA,
    listeners: [...broker, ...controller].join(),
    'advertised.listeners': [...advertised, ...advertisedController].join(),
    ...(isController(plan) && quorum !== undefined ? { 'controller.quorum.auto.join.enable': String(quorum.joinsByItself) } : {}),
  }
}

/** What the program says of itself, and mistakes that no check foresaw; not what disks and other nodes do to it. */
function isBrokenRule(error: Error): boolean {
  if (error.name === 'InvariantError' || error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError) return true
  return error.cause instanceof Error && isBrokenRule(error.cause)
}
