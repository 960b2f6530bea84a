import { OdradekError } from '../../base/errors.ts'
import type { Timers } from '../../base/ports.ts'
import type { Controller } from '../../controller/controller.ts'
import type { GroupService } from '../../group/group-service.ts'
import { type Fault, Faults, type FaultyApis } from '../../handlers/faults/faults.ts'
import type { Services } from '../../handlers/services.ts'
import type { MetadataLoader } from '../../metadata/loader.ts'
import { NODE_PRINCIPAL } from '../node-principal.ts'
import { awaitGroup, type FoundGroup } from './await-group.ts'
import { awaitInSync } from './await-in-sync.ts'
import { awaitRecords } from './await-records.ts'
import { resetNode } from './reset.ts'
import { readAdvance, readGroupExpectation, readLimits, readRecordsExpectation } from './wait-options.ts'
import { Waits } from './waits.ts'

export interface NodeControlOptions {
  readonly services: Pick<Services, 'fetchSessions' | 'replicas' | 'config'>
  /** Deletes topics, wherever that is decided. */
  readonly topics: Pick<Controller, 'deleteTopics'>
  readonly apis: FaultyApis
  readonly groups: GroupService
  readonly loader: MetadataLoader
  /** The node's own, by which faults delay. */
  readonly timers: Timers
  /** Of real time, which bound waits. */
  readonly wireTimers: Timers
  /** Moves the clock of the node; null where it goes by itself. */
  readonly advance: ((ms: number) => Promise<void>) | null
}

/** What tests do with a node beside using it, in the process or over the control port. */
export class NodeControl {
  readonly faults: Faults
  readonly #options: NodeControlOptions
  readonly #waits: Waits
  readonly #metadataFollowers = new Set<() => void>()
  #isClosed = false

  constructor(options: NodeControlOptions) {
    this.#options = options
    this.faults = new Faults(options.apis, options.timers)
    this.#waits = new Waits(options.wireTimers)
    options.loader.onPublished(() => {
      for (const changed of this.#metadataFollowers) changed()
    })
  }

  get hasManualClock(): boolean {
    return this.#options.advance !== null
  }

  /** Errors: FAULT_INVALID, TOO_MANY_FAULTS, NODE_STOPPED. */
  fail(spec: unknown): Fault {
    this.#demandOpen('fails no requests')
    return this.faults.add(spec)
  }

  /** Errors: WAIT_INVALID; see `Waits.until`. */
  async untilGroup(groupId: unknown, options: unknown): Promise<FoundGroup> {
    const expected = readGroupExpectation(groupId, options)
    const { replicas } = this.#options.services
    return this.#waits.until(awaitGroup({ groups: this.#options.groups, replicas, onMetadata: this.#onMetadata }, expected), expected)
  }

  /** @returns how many records there are. Errors: WAIT_INVALID; see `Waits.until`. */
  async untilRecords(topic: unknown, count: unknown, options: unknown): Promise<number> {
    const expected = readRecordsExpectation(topic, count, options)
    return this.#waits.until(awaitRecords({ replicas: this.#options.services.replicas, onMetadata: this.#onMetadata }, expected), expected)
  }

  /** Errors: WAIT_INVALID; see `Waits.until`. */
  async untilInSync(brokerIds: readonly number[], options: unknown): Promise<void> {
    const limits = readLimits(options)
    await this.#waits.until(awaitInSync({ image: () => this.#options.loader.image(), onMetadata: this.#onMetadata, brokerIds }), limits)
  }

  /** Ends all faults, too. Errors: NODE_STOPPED; see `resetNode`. */
  async reset(): Promise<void> {
    this.#demandOpen('has nothing to reset')
    const { services, topics, loader } = this.#options
    this.faults.endAll()
    const { fetchSessions, config } = services
    const deletesTopics = config.get('delete.topic.enable')
    await resetNode({ controller: topics, metadata: loader, fetchSessions, principal: NODE_PRINCIPAL, deletesTopics })
  }

  /** Errors: CLOCK_NOT_MANUAL; ADVANCE_INVALID. */
  async advance(ms: unknown): Promise<void> {
    const { advance } = this.#options
    if (advance === null)
      throw new OdradekError('CLOCK_NOT_MANUAL', 'The clock of this node goes by itself: only a node that was started with a manual clock is moved.')
    await advance(readAdvance(ms))
  }

  close(): void {
    this.#isClosed = true
    this.faults.endAll()
    this.#waits.close()
  }

  #demandOpen(what: string): void {
    if (this.#isClosed) throw new OdradekError('NODE_STOPPED', `This node is stopped: it ${what}.`)
  }

  readonly #onMetadata = (changed: () => void): (() => void) => {
    this.#metadataFollowers.add(changed)
    return () => this.#metadataFollowers.delete(changed)
  }
}
