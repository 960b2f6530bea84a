/**
 * Runs the nodes of a local cluster: starts them, starts again what ends unasked, and stops them one after another.
 * A node that cannot start at first ends the whole. One that cannot be kept running is tried further while others run.
 *
 * What a node is, and how it is told things, is its `spawn`'s; nothing here knows of processes.
 */
import { deferred } from '../../base/deferred.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Clock, Timers } from '../../base/ports.ts'
import type { MergedLog } from './merged-log.ts'
import type { NodeFacts } from './node-messages.ts'

/** A process that runs one node. */
export interface ClusterNode {
  readonly pid: number
  /** Resolves when the node serves; never where it ends before. */
  readonly ready: Promise<NodeFacts>
  readonly end: Promise<NodeEnd>
  /** Asks the node to stop. Resolves when its broker has left the cluster, or the process has ended. */
  leave(): Promise<void>
  /** Says that all brokers have left, so that its controller may stop. */
  finish(): void
  kill(): void
}

export interface NodeEnd {
  /** As in "the node ended: exit code 1". */
  readonly how: string
  /** What it wrote last on its standard error. */
  readonly lastWords: string
}

export interface StartedNode extends NodeFacts {
  readonly pid: number
}

export interface SupervisorOptions {
  readonly nodeNumbers: readonly number[]
  readonly spawn: (nodeNumber: number) => ClusterNode
  readonly log: Pick<MergedLog, 'error' | 'warn' | 'info'>
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Pick<Timers, 'sleep'>
}

/** A node that served this long has recovered from why it ended before. */
export const RECOVERED_MS = 30_000
export const FIRST_BACK_OFF_MS = 250
export const LONGEST_BACK_OFF_MS = 10_000
/** After so many in a row a node counts as down: with the back-off about a minute in all. */
export const MOST_RESTARTS = 10
/** A controlled shutdown waits at most this long for each broker, and so long for the rest of all. */
export const STOP_LIMIT_MS = 30_000

/** See the head of this file. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #nodes = new Map<number, ClusterNode>()
  readonly #failure = deferred<never>()
  /** Nodes that could not be kept running, with when each was started last. */
  readonly #down = new Map<number, number>()
  #isStopping = false

  constructor(options: SupervisorOptions) {
    this.#options = options
    // The command looks at `failed` only once all nodes serve: until then a failure is no unhandled rejection.
    this.#failure.promise.catch(() => {})
  }

  /** Rejects when no node can be kept running. */
  get failed(): Promise<never> {
    return this.#failure.promise
  }

  /** Resolves when all serve. Errors: NODE_NOT_STARTED that says which could not, and why. */
  async start(): Promise<readonly StartedNode[]> {
    const facts = this.#options.nodeNumbers.map((nodeNumber) => this.#startFirst(nodeNumber))
    return Promise.all(facts)
  }

  /** Brokers leave one after another while the controllers have their majority, which end together after the last. Resolves with whether all ended by themselves. */
  async stop(): Promise<boolean> {
    this.#isStopping = true
    for (const [nodeNumber, node] of [...this.#nodes].reverse()) {
      const isOut = await this.#within(node.leave())
      if (!isOut) this.#options.log.warn('a broker does not leave the cluster and is not waited for', { node: nodeNumber })
    }
    for (const node of this.#nodes.values()) node.finish()
    const ended = await Promise.all([...this.#nodes].map(([nodeNumber, node]) => this.#awaitEnd(nodeNumber, node)))
    return ended.every(Boolean)
  }

  /** Ends all at once. */
  kill(): void {
    this.#isStopping = true
    for (const node of this.#nodes.values()) node.kill()
  }

  async #startFirst(nodeNumber: number): Promise<StartedNode> {
    const node = this.#spawn(nodeNumber)
    const first = await Promise.race([node.ready, node.end])
    if ('how' in first) throw notStarted(nodeNumber, first)
    void this.#keep(nodeNumber, node)
    return { ...first, pid: node.pid }
  }

  #spawn(nodeNumber: number): ClusterNode {
    const node = this.#options.spawn(nodeNumber)
    this.#nodes.set(nodeNumber, node)
    return node
  }

  /** Starts the node again each time it ends. @param first serves */
  async #keep(nodeNumber: number, first: ClusterNode): Promise<void> {
    const { clock, log, timers } = this.#options
    let restarts = 0
    for (let node = first; ; node = this.#spawn(nodeNumber)) {
      const startedMs = clock.monotonicMs()
      if (node !== first) void node.ready.then(() => log.info('a node serves again', { node: nodeNumber, pid: node.pid }))
      const { how, lastWords } = await node.end
      if (this.#isStopping) return
      const hasServed = clock.monotonicMs() - startedMs >= RECOVERED_MS
      restarts = hasServed ? 1 : restarts + 1
      if (hasServed) this.#down.delete(nodeNumber)
      if (restarts > MOST_RESTARTS) this.#down.set(nodeNumber, startedMs)
      if (restarts > MOST_RESTARTS && this.#areAllDown()) return this.#fail(nodeNumber, restarts, { how, lastWords })
      if (restarts === MOST_RESTARTS + 1)
        log.error('a node cannot be kept running: the others go on, and it is tried further', { node: nodeNumber, restarts: MOST_RESTARTS, how, lastWords })
      const inMs = Math.min(FIRST_BACK_OFF_MS * 2 ** (restarts - 1), LONGEST_BACK_OFF_MS)
      log.warn('a node ended and is started again', { node: nodeNumber, how, inMs, attempt: restarts })
      await timers.sleep(inMs)
      if (this.#isStopping) return
    }
  }

  /** One that has run for long since has recovered, though it has not ended yet. */
  #areAllDown(): boolean {
    const { clock, nodeNumbers } = this.#options
    const nowMs = clock.monotonicMs()
    return nodeNumbers.every((nodeNumber) => nowMs - (this.#down.get(nodeNumber) ?? Number.NEGATIVE_INFINITY) < RECOVERED_MS)
  }

  #fail(nodeNumber: number, times: number, { how, lastWords }: NodeEnd): void {
    const message = `Node ${nodeNumber} ended ${times} times without having served for ${RECOVERED_MS / 1000} s in between, the last time with ${how}.`
    this.#failure.reject(new OdradekError('NODE_NOT_STARTED', [message, lastWords].filter((text) => text !== '').join(' '), { fields: { node: nodeNumber } }))
  }

  async #awaitEnd(nodeNumber: number, node: ClusterNode): Promise<boolean> {
    if (await this.#within(node.end)) return true
    this.#options.log.error('a node does not stop and is killed', { node: nodeNumber, pid: node.pid })
    node.kill()
    await node.end
    return false
  }

  /** Whether it is done in time. */
  async #within(done: Promise<unknown>): Promise<boolean> {
    const isOver = new AbortController()
    const limit = this.#options.timers.sleep(STOP_LIMIT_MS, isOver.signal).then(
      () => false,
      () => true,
    )
    const isDone = await Promise.race([done.then(() => true), limit])
    isOver.abort()
    return isDone
  }
}

function notStarted(nodeNumber: number, { how, lastWords }: NodeEnd): OdradekError {
  const why = lastWords === '' ? `it ended with ${how}; its log lines say why.` : lastWords
  return new OdradekError('NODE_NOT_STARTED', `Node ${nodeNumber} could not start: ${why}`, { fields: { node: nodeNumber } })
}
