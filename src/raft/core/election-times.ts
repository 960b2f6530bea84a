import type { Random } from '../../base/ports.ts'
import type { RaftTimings } from './raft-timings.ts'
import type { Role } from './roles.ts'

/** When a voter that hears of no leader wants to lead: after a time drawn by chance, so that two seldom stand at once. */
export class ElectionTimes {
  readonly #timings: Pick<RaftTimings, 'electionTimeoutMs' | 'firstElectionMs'>
  readonly #random: Pick<Random, 'below'>

  constructor(timings: Pick<RaftTimings, 'electionTimeoutMs' | 'firstElectionMs'>, random: Pick<Random, 'below'>) {
    this.#timings = timings
    this.#random = random
  }

  /** @returns the deadline of a time-out that begins now */
  next(nowMs: number): number {
    const { electionTimeoutMs } = this.#timings
    return nowMs + electionTimeoutMs + this.#random.below(Math.max(1, electionTimeoutMs))
  }

  /** @param usual where nothing else is said of a start */
  first(nowMs: number, usual: () => number): number {
    const { firstElectionMs, electionTimeoutMs } = this.#timings
    return firstElectionMs === undefined ? usual() : nowMs + this.#random.below(Math.max(1, Math.min(firstElectionMs, electionTimeoutMs)))
  }

  /** Of a voter whose epoch ends: an election that others began does not put off the own one. */
  remaining(role: Role, nowMs: number): number {
    const goesOn = role.role === 'unattached' || role.role === 'candidate' || role.role === 'resigned' || (role.role === 'prospective' && !role.tally.isLost)
    return goesOn && Number.isFinite(role.electionDeadlineMs) ? role.electionDeadlineMs : this.next(nowMs)
  }
}
