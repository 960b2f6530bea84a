import { ZERO_UUID } from '../../../protocol/uuid.ts'
import type { Voter } from '../../../src/raft/voter-set.ts'
import { World } from '../../support/world/world.ts'
import { QuorumChecker } from './quorum-checker.ts'
import { directoryOf, hostOf, QuorumMachine } from './quorum-machine.ts'
import { LISTENER } from './raft-apis.ts'

export interface QuorumWorldOptions {
  readonly seed: number | string
  readonly voters: number
  readonly observers: number
  /** Voters stand in the metadata log and not in the settings. */
  readonly isDynamic?: boolean
}

/** A quorum of whole raft nodes over simulated disks and wires. */
export class QuorumWorld {
  readonly world: World
  readonly checker = new QuorumChecker()
  readonly machines: readonly QuorumMachine[]
  /** The storm is over. */
  isCalm = false
  #broken: unknown = null

  constructor({ seed, voters, observers, isDynamic = false }: QuorumWorldOptions) {
    this.world = new World({ seed })
    const voterIds = ids(1, voters)
    const set = voterIds.map((id) => voterOf(id, isDynamic))
    this.machines = [...voterIds, ...ids(voters + 1, observers)].map((id) => {
      const isVoter = id <= voters
      return new QuorumMachine({
        id,
        world: this.world,
        checker: this.checker,
        isController: isVoter,
        staticVoters: isDynamic ? null : set,
        initialVoters: isDynamic && isVoter ? set : null,
        bootstrapIds: isDynamic ? voterIds : [],
        onBroken: (error) => this.broke(error),
      })
    })
    for (const machine of this.machines) machine.start()
  }

  get leader(): QuorumMachine | null {
    const leaders = this.machines.filter((machine) => machine.isLeader)
    return leaders.sort((a, b) => (b.raft?.epoch ?? 0) - (a.raft?.epoch ?? 0))[0] ?? null
  }

  machine(id: number): QuorumMachine {
    return this.machines[id - 1] as QuorumMachine
  }

  /** A node broke in a way in which none may. */
  broke(error: unknown): void {
    this.#broken ??= error
  }

  async run(durationMs: number): Promise<void> {
    await this.world.run(durationMs)
    this.#expectWhole()
  }

  /** Throws when it does not happen in time, and when a node broke. */
  async runUntil(condition: () => boolean, withinMs: number): Promise<void> {
    await this.world.runUntil(() => this.#broken !== null || condition(), { withinMs })
    this.#expectWhole()
  }

  /** One leader, with all behind it. */
  isSettled(): boolean {
    const { leader } = this
    const end = leader?.raft?.logEndOffset
    return leader !== null && this.machines.every(({ offset, raft }) => raft !== null && offset === end && raft.leader()?.id === leader.id)
  }

  #expectWhole(): void {
    if (this.#broken !== null) throw this.#broken
  }
}

function ids(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index)
}

function voterOf(id: number, isDynamic: boolean): Voter {
  return {
    id,
    directoryId: isDynamic ? directoryOf(id) : ZERO_UUID,
    endpoints: [{ name: LISTENER, host: hostOf(id), port: 9093 }],
    minKraftVersion: 0,
    maxKraftVersion: isDynamic ? 1 : 0,
  }
}
