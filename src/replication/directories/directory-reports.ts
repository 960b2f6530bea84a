import type { Uuid } from '../../../protocol/uuid.ts'
import { type Deferred, deferred } from '../../base/deferred.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Timers } from '../../base/ports.ts'
import type { Logger } from '../../telemetry/logger.ts'

/** In which of this broker's directories its replica of a partition is. */
export interface DirectoryAssignment {
  readonly topicId: Uuid
  readonly partition: number
  readonly directoryId: Uuid
}

/** The controller as it is told of directories. Calls reject with an `OdradekError` when they are to be made again. */
export interface DirectoryRegistry {
  /** Resolves when this broker leads nothing from there any more. */
  directoryFailed(directoryId: Uuid): Promise<void>
  /** Resolves when the controller knows which directories take nothing new. */
  cordonedChanged(): Promise<void>
  /** Resolves when what could be is written down and applied here; error codes in order. */
  assignReplicas(assignments: readonly DirectoryAssignment[]): Promise<readonly number[]>
}

export interface DirectoryReportsOptions {
  readonly timers: Timers
  readonly logger: Logger
  /** A broken invariant. */
  readonly onFailure: (error: unknown) => void
}

interface Pending {
  readonly assignment: DirectoryAssignment
  readonly done: Deferred<boolean>
}

/** Kafka's bound: AssignmentsManager.MAX_ASSIGNMENTS_PER_REQUEST. */
const MAX_ASSIGNMENTS = 2250
const FIRST_RETRY_MS = 500
/** Kafka's longest between attempts: AssignmentsManager.STANDARD_BACKOFF. */
const LONGEST_RETRY_MS = 10_000

/**
 * Tells the controller which directories failed, and where replicas are, one request at a time, until it has heard it. Of
 * each replica only the newest place is told, so what waits is bounded by the partitions of this node.
 * Source: KIP-858; org.apache.kafka.server.AssignmentsManager.
 */
export class DirectoryReports {
  readonly #options: DirectoryReportsOptions
  readonly #failed = new Set<Uuid>()
  /** How often the cordoned directories changed, and how often when the controller last heard of it. */
  #cordonChanges = 0
  #cordonChangesTold = 0
  readonly #pending = new Map<string, Pending>()
  readonly #stopping = new AbortController()
  #registry: DirectoryRegistry | null = null
  #running: Promise<void> | null = null

  constructor(options: DirectoryReportsOptions) {
    this.#options = options
  }

  /** The broker is registered: what waits is told from now on. */
  start(registry: DirectoryRegistry): void {
    this.#registry = registry
    this.#run()
  }

  directoryFailed(directoryId: Uuid): void {
    this.#failed.add(directoryId)
    this.#run()
  }

  cordonedChanged(): void {
    this.#cordonChanges++
    this.#run()
  }

  /** Resolves with true when the cluster knows it; with false when it refuses, or another place was told meanwhile, or the node stops. */
  assign(assignment: DirectoryAssignment): Promise<boolean> {
    const key = `${assignment.topicId}:${assignment.partition}`
    const before = this.#pending.get(key)
    if (before !== undefined && before.assignment.directoryId === assignment.directoryId) return before.done.promise
    before?.done.resolve(false)
    const pending = { assignment, done: deferred<boolean>() }
    if (this.#stopping.signal.aborted) return Promise.resolve(false)
    this.#pending.set(key, pending)
    this.#run()
    return pending.done.promise
  }

  /** Resolves when nothing is on its way any more. What waits is forgotten: the next start finds out anew. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    for (const { done } of this.#pending.values()) done.resolve(false)
    this.#pending.clear()
    await this.#running
  }

  #run(): void {
    const registry = this.#registry
    if (registry === null || this.#running !== null || this.#isDone) return
    this.#running = this.#tellAll(registry)
      .catch((error: unknown) => {
        // Telling it again would fail again, at once.
        this.#stopping.abort()
        this.#options.onFailure(error)
      })
      .finally(() => {
        this.#running = null
        this.#run()
      })
  }

  get #isDone(): boolean {
    return this.#stopping.signal.aborted || (this.#failed.size === 0 && this.#pending.size === 0 && this.#cordonChangesTold === this.#cordonChanges)
  }

  async #tellAll(registry: DirectoryRegistry): Promise<void> {
    let retryMs = FIRST_RETRY_MS
    while (!this.#isDone) {
      try {
        await this.#tell(registry)
        retryMs = FIRST_RETRY_MS
      } catch (error) {
        if (!(error instanceof OdradekError)) throw error
        // Of a broker that is not registered any more the controller takes nothing until the next start.
        const level = retryMs === FIRST_RETRY_MS ? 'warn' : 'debug'
        this.#options.logger[level]('the controller did not take what it was told of log directories; it is told again, ever less often', { error })
        await this.#sleep(retryMs)
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS)
      }
    }
  }

  async #tell(registry: DirectoryRegistry): Promise<void> {
    for (const directoryId of [...this.#failed]) {
      await registry.directoryFailed(directoryId)
      this.#failed.delete(directoryId)
    }
    const changes = this.#cordonChanges
    if (changes !== this.#cordonChangesTold) await registry.cordonedChanged()
    this.#cordonChangesTold = changes
    const batch = [...this.#pending].slice(0, MAX_ASSIGNMENTS)
    if (batch.length === 0) return
    const errorCodes = await registry.assignReplicas(batch.map(([, { assignment }]) => assignment))
    for (const [index, [key, pending]] of batch.entries()) {
      if (this.#pending.get(key) === pending) this.#pending.delete(key)
      pending.done.resolve(errorCodes[index] === 0)
    }
  }

  async #sleep(ms: number): Promise<void> {
    // It rejects when the node stops, which ends the loop.
    await this.#options.timers.sleep(ms, this.#stopping.signal).catch(() => {})
  }
}
