import type { RaftEffect, RaftEvent } from '../../../src/raft/core/effects.ts'
import type { RaftAnswer, RaftRequest } from '../../../src/raft/core/messages.ts'
import { RaftCore } from '../../../src/raft/core/raft-core.ts'
import type { ElectionState } from '../../../src/raft/election-state.ts'
import { compareSnapshots, type SnapshotId } from '../../../src/raft/snapshot-name.ts'
import type { Voter, VoterSet } from '../../../src/raft/voter-set.ts'
import { Violation } from './raft-checker.ts'
import { bytesOf, type Entry, entriesOf, SimulatedLog } from './raft-log.ts'
import { OPERATOR, type RaftWorld, voterOf } from './raft-world.ts'

export const TIMINGS = {
  electionTimeoutMs: 1000,
  electionBackoffMaxMs: 1000,
  fetchTimeoutMs: 2000,
  requestTimeoutMs: 2000,
  retryBackoffMs: 20,
  connectionGraceMs: -1,
}

/** byte */
const SNAPSHOT_PIECE_BYTES = 500

interface Durable {
  election: ElectionState
  log: SimulatedLog
}

/** One node: a core, its log and its election state on a disk that keeps what was flushed, and a shell that does as the core says. */
export class RaftMachine {
  readonly id: number
  readonly #world: RaftWorld
  readonly #initialVoters: VoterSet
  /** Its clock runs a little fast or slow. */
  readonly #clockRate: number
  readonly #durable: Durable
  /** Counts the starts: what an earlier process waited for does not reach a later one. */
  life = 0
  log: SimulatedLog
  #core: RaftCore | null = null
  /** The epoch whose first record this leader wrote. */
  #openedEpoch: number | null = null
  #isBusy = false
  #events: RaftEvent[] = []
  #isFlushing = false
  #truncations = 0
  #timer: { cancel(): void } | null = null
  #incoming: { readonly id: SnapshotId; readonly pieces: Buffer[] } | null = null
  /** Counts the disks before. */
  #disk = 0
  #proposals: { readonly offset: number; readonly value: string }[] = []

  constructor(world: RaftWorld, id: number, initialVoters: VoterSet) {
    this.id = id
    this.#world = world
    this.#initialVoters = initialVoters
    this.#clockRate = world.random.between(0.97, 1.03)
    this.log = new SimulatedLog({ logStartOffset: 0, entries: [], snapshots: [] })
    this.#durable = { election: { epoch: 0, leaderId: null, voted: null }, log: this.log.copy() }
  }

  get isRunning(): boolean {
    return this.#core !== null
  }

  get isLeading(): boolean {
    return this.#core?.role === 'leader' && this.#openedEpoch === this.#core.epoch
  }

  get core(): RaftCore {
    if (this.#core === null) throw new Error(`node ${this.id} does not run`)
    return this.#core
  }

  get epoch(): number {
    return this.#core?.epoch ?? -1
  }

  /** As the voter that it is, or may become. */
  get self(): Voter {
    return voterOf(this.id, this.#disk)
  }

  get durableEndOffset(): number {
    return this.#durable.log.logEndOffset
  }

  /** Of a node that does not run: the next start finds nothing, and whom to ask. */
  replaceDisk(): void {
    this.#disk++
    this.#durable.election = { epoch: 0, leaderId: null, voted: null }
    this.#durable.log = new SimulatedLog({ logStartOffset: 0, entries: [], snapshots: [] })
  }

  start(): void {
    this.life++
    this.log = this.#durable.log.copy()
    this.log.skipBelowSnapshot()
    this.#core = new RaftCore({
      self: this.self,
      voters: this.#disk === 0 ? this.#initialVoters : [],
      kraftVersion: 1,
      voterEntries: this.log.voterEntries(),
      election: this.#durable.election,
      log: this.#view(),
      flushedOffset: this.log.logEndOffset,
      timings: TIMINGS,
      random: this.#world.random,
      bootstrapIds: this.#disk === 0 ? [] : this.#world.machines.map(({ id }) => id),
      own: this.self,
      joins: this.#world.joins,
    })
    this.#world.checker.onRestart(this.id)
    this.#enqueue({ type: 'start' })
  }

  /** Loses what was not flushed, or keeps a part of it. */
  crash(): void {
    const { random } = this.#world
    const commonEnd = commonEndOffset(this.#durable.log, this.log)
    if (random.chance(0.5)) {
      const kept = this.log.copy()
      kept.truncateTo(commonEnd + random.below(kept.logEndOffset - commonEnd + 1))
      this.#durable.log = kept
    }
    this.#core = null
    this.#events = []
    this.#isBusy = false
    this.#isFlushing = false
    this.#incoming = null
    this.#proposals = []
    this.#openedEpoch = null
    this.#timer?.cancel()
  }

  onRequest(token: number, request: RaftRequest): void {
    if (this.isRunning) this.#enqueue({ type: 'request', id: token, request })
  }

  onAnswer(from: number, id: number, answer: RaftAnswer): void {
    if (this.isRunning) this.#enqueue({ type: 'answer', from, id, answer })
  }

  onUnanswered(from: number, id: number): void {
    if (this.isRunning) this.#enqueue({ type: 'unanswered', from, id, unsupported: false, isGone: false })
  }

  /** Appends as a client's request would; acknowledged when it is committed while this node still leads. */
  propose(value: string): void {
    if (!this.isLeading || this.#isBusy) return
    this.#proposals.push({ offset: this.log.logEndOffset, value })
    this.#append([{ epoch: this.epoch, value }])
  }

  change(request: RaftRequest): void {
    if (this.isRunning) this.onRequest(this.#world.ask(OPERATOR, 0, 0, request), request)
  }

  resign(): void {
    if (this.isRunning) this.#enqueue({ type: 'resign' })
  }

  snapshot(): void {
    if (!this.isRunning || this.core.highWatermark === 0) return
    this.log.snapshotAt(this.core.highWatermark)
    this.#durable.log.snapshots = this.log.snapshots
  }

  #view() {
    // The core keeps what it is given: the log of this life, whatever becomes of it.
    const machine = this
    return {
      get logStartOffset() {
        return machine.log.logStartOffset
      },
      get logEndOffset() {
        return machine.log.logEndOffset
      },
      get latestEpoch() {
        return machine.log.latestEpoch
      },
      get snapshots() {
        return machine.log.snapshots
      },
      endOffsetForEpoch: (epoch: number) => machine.log.endOffsetForEpoch(epoch),
    }
  }

  #enqueue(event: RaftEvent): void {
    this.#events.push(event)
    if (!this.#isBusy) this.#drain()
  }

  #drain(): void {
    while (!this.#isBusy && this.isRunning) {
      const event = this.#events.shift()
      if (event === undefined) break
      this.#isBusy = true
      this.#perform([...this.core.step(event, this.#nowMs)], [])
    }
    this.#setTimer()
  }

  /** What the effects bring about is stepped before the events that wait. */
  #perform(effects: RaftEffect[], caused: RaftEvent[]): void {
    for (let effect = effects.shift(); effect !== undefined; effect = effects.shift()) {
      if (effect.type === 'persist-election') {
        const { state } = effect
        this.#persist(state, () => this.#perform(effects, caused))
        return
      }
      this.#do(effect, caused)
    }
    this.#events.unshift(...caused)
    this.#isBusy = false
    this.#drain()
  }

  #persist(state: ElectionState, then: () => void): void {
    const { life } = this
    const delayMs = this.#world.random.between(0.1, this.#world.weather.maxFlushMs)
    this.#world.schedule(delayMs, `${this.id} persisted epoch ${state.epoch}`, () => {
      if (this.life !== life || !this.isRunning) return
      this.#durable.election = state
      then()
    })
  }

  #do(effect: Exclude<RaftEffect, { type: 'persist-election' }>, caused: RaftEvent[]): void {
    const { checker } = this.#world
    switch (effect.type) {
      case 'open-epoch':
        this.#openEpoch(effect, caused)
        return
      case 'append-voters':
        caused.push(this.#write([{ epoch: effect.epoch, value: '', voters: effect.voters }]))
        return
      case 'append':
        caused.push(this.#write(entriesOf(effect.records)))
        return
      case 'truncate':
        this.log.truncateTo(effect.endOffset)
        this.#truncations++
        caused.push({ type: 'truncated' })
        return
      case 'commit':
        checker.onCommit(this.id, this.epoch, effect.highWatermark, this.log)
        this.#acknowledge(effect.highWatermark)
        return
      case 'send':
        this.#world.send(this, effect.to, effect.id, effect.request)
        return
      case 'ask-versions':
        this.#world.schedule(this.#world.random.between(0.1, this.#world.weather.maxDelayMs), `${this.id} hears of versions`, () =>
          this.#hearVersions(effect.id),
        )
        return
      case 'reply':
        this.#reply(effect)
        return
      case 'write-snapshot':
        this.#writeSnapshot(effect)
        return
      case 'install-snapshot':
        this.#install(effect.id, caused)
        return
      case 'follow':
        return
      case 'step-down':
        this.#openedEpoch = null
        this.#proposals = []
        return
      case 'halt':
        throw new Violation(`${this.id} halts: ${effect.reason}`)
    }
  }

  #hearVersions(id: number): void {
    if (this.isRunning) this.#enqueue({ type: 'versions', id, errorCode: 0, range: { min: 0, max: 1 } })
  }

  #openEpoch({ epoch, named }: Extract<RaftEffect, { type: 'open-epoch' }>, caused: RaftEvent[]): void {
    this.#world.checker.onLeading(this.id, epoch, this.log)
    this.#openedEpoch = epoch
    const opening: Entry[] = [{ epoch, value: '' }]
    if (named !== null) opening.push({ epoch, value: '', voters: named.voters })
    caused.push(this.#write(opening))
  }

  #append(entries: readonly Entry[]): void {
    this.#enqueue(this.#write(entries))
  }

  #write(entries: readonly Entry[]): RaftEvent {
    const baseOffset = this.log.logEndOffset
    this.log.append(...entries)
    this.#flushSoon()
    const voters = entries.flatMap((entry, index) =>
      entry.voters === undefined ? [] : [{ offset: baseOffset + index, voters: entry.voters, kraftVersion: 1 }],
    )
    return { type: 'appended', voters }
  }

  /** What is cut while a flush runs is not what the flush promises. */
  #flushSoon(): void {
    if (this.#isFlushing) return
    this.#isFlushing = true
    const { life } = this
    const truncations = this.#truncations
    const copy = this.log.copy()
    this.#world.schedule(this.#world.random.between(0.1, this.#world.weather.maxFlushMs), `${this.id} flushed`, () => {
      if (this.life !== life || !this.isRunning) return
      this.#isFlushing = false
      if (truncations === this.#truncations) {
        this.#durable.log = new SimulatedLog({ ...copy, snapshots: this.log.snapshots })
        this.#enqueue({ type: 'flushed', endOffset: copy.logEndOffset })
      }
      if (copy.logEndOffset < this.log.logEndOffset || truncations !== this.#truncations) this.#flushSoon()
    })
  }

  #reply({ id, answer }: Extract<RaftEffect, { type: 'reply' }>): void {
    const request = this.#world.requestOf(id)
    if (request.type === 'vote')
      this.#world.checker.onSend(`${this.id} of disk ${this.#disk}`, { type: 'reply', id, answer }, request.preVote, request.candidate.id)
    this.#world.reply(this, id, this.#filled(answer))
  }

  #filled(answer: RaftAnswer): RaftAnswer {
    if (answer.type === 'fetch' && answer.content.type === 'records' && answer.content.records === null) {
      const start = answer.content.offset - this.log.logStartOffset
      const entries = this.log.entries.slice(start, start + this.#world.weather.fetchEntries)
      return { ...answer, content: { ...answer.content, records: bytesOf(entries) } }
    }
    if (answer.type === 'fetch-snapshot' && answer.errorCode === 0) {
      const snapshot = this.log.snapshots.find(({ id }) => compareSnapshots(id, answer.snapshotId) === 0)
      return { ...answer, bytes: bytesOf(snapshot?.entries ?? []).subarray(answer.position, answer.position + SNAPSHOT_PIECE_BYTES) }
    }
    return answer
  }

  #writeSnapshot({ id, position, bytes }: Extract<RaftEffect, { type: 'write-snapshot' }>): void {
    if (position === 0) this.#incoming = { id, pieces: [] }
    this.#incoming?.pieces.push(bytes)
  }

  #install(id: SnapshotId, caused: RaftEvent[]): void {
    this.log.install(id, Buffer.concat(this.#incoming?.pieces ?? []))
    this.#truncations++
    this.#incoming = null
    this.#durable.log = this.log.copy()
    caused.push({ type: 'snapshot-installed', id, voters: this.log.voterEntries().at(-1) ?? null })
  }

  #acknowledge(highWatermark: number): void {
    const committed = this.#proposals.filter(({ offset }) => offset < highWatermark)
    this.#proposals = this.#proposals.filter(({ offset }) => offset >= highWatermark)
    for (const { value } of committed) this.#world.checker.onAcknowledged(value)
  }

  get #nowMs(): number {
    return this.#world.nowMs * this.#clockRate
  }

  #setTimer(): void {
    this.#timer?.cancel()
    this.#timer = null
    if (!this.isRunning || this.#isBusy) return
    const { deadlineMs } = this.core
    if (!Number.isFinite(deadlineMs)) return
    const delayMs = Math.max(0, (deadlineMs - this.#nowMs) / this.#clockRate)
    this.#timer = this.#world.schedule(delayMs + 0.01, `${this.id} tick`, () => this.#enqueue({ type: 'tick' }))
  }
}

/** Up to where the log is what the disk has. */
function commonEndOffset(durable: SimulatedLog, log: SimulatedLog): number {
  let offset = log.logStartOffset
  while (offset < log.logEndOffset && durable.at(offset) === log.at(offset)) offset++
  return offset
}
