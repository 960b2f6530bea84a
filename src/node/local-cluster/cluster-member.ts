import { type Deferred, deferred } from '../../base/deferred.ts'
import { OdradekError } from '../../base/errors.ts'
import type { LoadedConfig } from '../../config/load-config.ts'
import type { StoppablePorts } from '../../platform/stoppable/stoppable-ports.ts'
import type { NodeControl } from '../control/node-control.ts'
import type { ClusterNode, ClusterNodeState } from '../in-process/cluster-api.ts'
import { disposableFault } from '../in-process/disposable-fault.ts'
import type { Fault, FaultOptions } from '../in-process/node-api.ts'
import type { NodeOptions } from '../node-options.ts'
import type { RunningNode } from '../running-node.ts'
import { startNode } from '../start-node.ts'
import type { MetricsDoor } from './metrics-door.ts'

export interface ClusterMemberOptions {
  readonly loaded: LoadedConfig
  /** The port that clients connect to. */
  readonly port: number
  /** For one run of the node. */
  readonly makePorts: () => StoppablePorts
  /** Where its metrics are served; null for nowhere. */
  readonly door: MetricsDoor | null
  /** What is not the node's own. */
  readonly options: Omit<NodeOptions, 'config' | 'identity' | 'ports' | 'logger' | 'topics'>
  /** Told of a failure that nobody asked for; the node has stopped by then. */
  readonly onFailure: (error: Error) => void
}

interface Run {
  readonly stoppable: StoppablePorts
  /** Rejects when the node is killed. */
  readonly killed: Deferred<never>
  node: RunningNode | null
}

const HOST = '127.0.0.1'

/** A node of a cluster in this process: what runs of it now, and how it ends and begins again. */
export class ClusterMember implements ClusterNode {
  readonly nodeId: number
  readonly port: number
  readonly bootstrapServers: string
  readonly metricsUrl: string | null
  readonly #options: ClusterMemberOptions
  /** Resolved when this one's broker has left a cluster that stops as a whole, and when all have. */
  #left = deferred<void>()
  readonly #allLeft = deferred<void>()
  #isClusterStopping = false
  #isPaused = false
  #hasStarted = false
  #run: Run | null = null

  constructor(options: ClusterMemberOptions) {
    this.#options = options
    this.nodeId = options.loaded.identity.nodeId
    this.port = options.port
    this.bootstrapServers = `${HOST}:${options.port}`
    this.metricsUrl = options.door === null ? null : `http://${HOST}:${options.door.at.port}`
  }

  get state(): ClusterNodeState {
    if (this.#run === null) return 'stopped'
    return this.#isPaused ? 'paused' : 'running'
  }

  /** What tests ask of it; null where it does not run, or stands still. */
  get control(): NodeControl | null {
    return this.#isPaused ? null : (this.#run?.node?.control ?? null)
  }

  async start(): Promise<void> {
    if (this.#run !== null) throw invalid(`Node ${this.nodeId} runs already.`)
    const run: Run = { stoppable: this.#options.makePorts(), killed: deferred<never>(), node: null }
    // Whoever waits for the node is told; where nobody does, a kill is no unhandled rejection.
    run.killed.promise.catch(() => {})
    this.#run = run
    try {
      run.node = await Promise.race([this.#startNode(run), run.killed.promise])
    } catch (error) {
      if (this.#run === run) this.#run = null
      throw error
    }
    this.#hasStarted = true
    run.node.failed.catch((error) => this.#failed(run, error))
  }

  async stop(): Promise<void> {
    const run = this.#run
    if (run === null) return
    if (this.#isPaused) this.resume()
    // One that is just starting has nothing to hand over.
    if (run.node === null) return this.kill()
    // One that is killed meanwhile has stopped, too.
    await Promise.race([run.node.stop(), run.killed.promise.catch(() => {})])
    if (this.#run === run) this.#run = null
  }

  async kill(): Promise<void> {
    const run = this.#run
    if (run === null) return
    this.#run = null
    this.#isPaused = false
    run.killed.reject(new OdradekError('NODE_KILLED', `Node ${this.nodeId} was killed.`))
    this.#options.door?.kill()
    await run.stoppable.kill()
  }

  pause(): void {
    if (this.state !== 'running') throw invalid(`Node ${this.nodeId} is ${this.state}: only one that runs is paused.`)
    this.#isPaused = true
    this.#run?.stoppable.pause()
    this.#options.door?.pause()
  }

  resume(): void {
    if (!this.#isPaused) throw invalid(`Node ${this.nodeId} is ${this.state}: only one that is paused goes on.`)
    this.#isPaused = false
    this.#run?.stoppable.resume()
    this.#options.door?.resume()
  }

  fail(fault: FaultOptions): Fault {
    const control = this.#run?.node?.control ?? null
    if (control === null) throw invalid(`Node ${this.nodeId} is stopped: it has no requests to fail.`)
    return disposableFault(control.fail(fault))
  }

  /** Rejects when this run of the node ends by being killed; for waits, which a node that is gone cannot end. */
  orKilled<T>(promise: Promise<T>): Promise<T> {
    return this.#run === null ? promise : Promise.race([promise, this.#run.killed.promise])
  }

  /** As `stop`, of a cluster that stops as a whole. @returns when the broker has left, and when the node has stopped */
  leave(): { readonly left: Promise<void>; readonly stopped: Promise<void> } {
    // It may have left by itself before, and come back.
    this.#left = deferred<void>()
    this.#isClusterStopping = true
    const stopped = this.stop()
    return { left: Promise.race([this.#left.promise, stopped]), stopped }
  }

  /** All brokers have left. */
  finish(): void {
    this.#allLeft.resolve()
  }

  #startNode({ stoppable }: Run): Promise<RunningNode> {
    const { loaded, options, door } = this.#options
    const metrics = door === null ? {} : { metricsPlatform: door.platform() }
    const { ports, logger } = stoppable
    // Those of the first node are the cluster's, and only once.
    const topics = this.nodeId === 1 && !this.#hasStarted ? loaded.topics : []
    return startNode({ ...options, ...metrics, ...loaded, topics, ports, logger, untilBrokersLeft: () => this.#untilBrokersLeft() })
  }

  async #untilBrokersLeft(): Promise<void> {
    this.#left.resolve()
    if (this.#isClusterStopping) await this.#allLeft.promise
  }

  #failed(run: Run, error: Error): void {
    if (this.#run !== run) return
    this.#run = null
    this.#options.onFailure(error)
  }
}

function invalid(message: string): OdradekError {
  return new OdradekError('CLUSTER_INVALID', message)
}
