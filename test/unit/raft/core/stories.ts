import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { RaftEffect, RaftEvent, VoterEntry } from '../../../../src/raft/core/effects.ts'
import { RaftCore } from '../../../../src/raft/core/raft-core.ts'
import type { ElectionState } from '../../../../src/raft/election-state.ts'
import type { Voter } from '../../../../src/raft/voter-set.ts'
import { SimulatedLog } from '../../../simulation/raft/raft-log.ts'

export const TIMINGS = {
  electionTimeoutMs: 1000,
  electionBackoffMaxMs: 1000,
  fetchTimeoutMs: 2000,
  requestTimeoutMs: 2000,
  retryBackoffMs: 20,
  connectionGraceMs: -1,
}

export const voter = (id: number): Voter => ({ id, directoryId: ZERO_UUID, endpoints: [], minKraftVersion: 0, maxKraftVersion: 1 })

export interface Setting {
  readonly nodeId?: number
  readonly voterIds?: readonly number[]
  readonly election?: Partial<ElectionState>
  /** The epochs of the records in the log. */
  readonly log?: readonly number[]
  readonly logStartOffset?: number
  readonly connectionGraceMs?: number
  readonly firstElectionMs?: number
  readonly own?: Voter
  readonly joins?: boolean
  /** Configured servers, by ids below 0. */
  readonly bootstrapIds?: readonly number[]
  readonly kraftVersion?: number
  /** Instead of `voterIds`. */
  readonly voters?: readonly Voter[]
  readonly voterEntries?: readonly VoterEntry[]
}

/** A core on a log in memory that does what the effects say, at once; elections draw no chance. */
export class Stage {
  readonly log: SimulatedLog
  readonly core: RaftCore

  constructor(setting: Setting = {}) {
    const entries = (setting.log ?? []).map((epoch, index) => ({ epoch, value: `${index}` }))
    this.log = new SimulatedLog({ logStartOffset: setting.logStartOffset ?? 0, entries, snapshots: [] })
    this.core = new RaftCore({
      self: { id: setting.nodeId ?? 1, directoryId: setting.own?.directoryId ?? ZERO_UUID },
      voters: setting.voters ?? (setting.voterIds ?? [1, 2, 3]).map(voter),
      kraftVersion: setting.kraftVersion ?? 0,
      voterEntries: setting.voterEntries ?? [],
      election: { epoch: entries.at(-1)?.epoch ?? 0, leaderId: null, voted: null, ...setting.election },
      log: this.log,
      flushedOffset: this.log.logEndOffset,
      timings: { ...TIMINGS, connectionGraceMs: setting.connectionGraceMs ?? -1, firstElectionMs: setting.firstElectionMs },
      random: { below: () => 0 },
      bootstrapIds: setting.bootstrapIds ?? [],
      own: setting.own ?? null,
      joins: setting.joins ?? false,
    })
  }

  step(event: RaftEvent, nowMs = 0): readonly RaftEffect[] {
    return this.core.step(event, nowMs)
  }

  /** Appends and flushes as leader. */
  write(epoch: number, nowMs = 0): readonly RaftEffect[] {
    this.log.append({ epoch, value: 'x' })
    return [...this.step({ type: 'appended', voters: [] }, nowMs), ...this.step({ type: 'flushed', endOffset: this.log.logEndOffset }, nowMs)]
  }

  /** Lets each voter that is asked in `effects` say yes. */
  grant(effects: readonly RaftEffect[], nowMs = 0): readonly RaftEffect[] {
    const asked = effects.flatMap((effect) => (effect.type === 'send' && effect.request.type === 'vote' ? [{ ...effect, request: effect.request }] : []))
    return asked.flatMap(({ to, id, request }) => {
      const answer = { type: 'vote', errorCode: 0, epoch: request.epoch, leaderId: null, granted: true } as const
      return this.step({ type: 'answer', from: to, id, answer }, nowMs)
    })
  }

  /** Leads among three, in the epoch after that of its log. */
  lead(nowMs = 1000): void {
    this.step({ type: 'start' })
    this.grant(this.grant(this.step({ type: 'tick' }, nowMs), nowMs), nowMs)
    this.write(this.core.epoch, nowMs)
  }
}

export const types = (effects: readonly RaftEffect[]) => effects.map((effect) => effect.type)

export const sent = (effects: readonly RaftEffect[]) => effects.flatMap((effect) => (effect.type === 'send' ? [{ to: effect.to, ...effect.request }] : []))

export const replies = (effects: readonly RaftEffect[]) => effects.flatMap((effect) => (effect.type === 'reply' ? [effect.answer] : []))
