import { ok } from 'node:assert/strict'
import { decodeElectionState, QUORUM_STATE_FILE } from '../../../../src/raft/election-state.ts'
import type { SimulatedNode } from '../../../support/world/simulated-node.ts'
import type { MetadataState } from './metadata-state.ts'
import { storedDirectoryId } from './stored-directory.ts'
import { METADATA_LOG } from './stored-logs.ts'

export interface QuorumCheckOptions {
  /** A voter is a node with its directory (KIP-853), and not a node alone, as in a static quorum. */
  readonly namesDirectories: boolean
}

/** What the rules of elections forbid, seen in the files of all machines over time. */
export class QuorumCheck {
  readonly #options: QuorumCheckOptions
  readonly #leaders = new Map<number, number>()
  readonly #votes = new Map<string, number>()
  readonly #epochs = new Map<string, number>()

  constructor(options: QuorumCheckOptions) {
    this.#options = options
  }

  /** How many epochs had a leader. */
  get leadershipCount(): number {
    return this.#leaders.size
  }

  /**
   * An epoch has one leader, whoever says so; a voter votes once in an epoch, and the epoch of a directory never goes back.
   * A static voter that begins anew may vote twice, but where nobody campaigned in the meantime it does not.
   */
  look(machine: SimulatedNode, directory: string): void {
    const file = machine.volume.find(`${directory}/${METADATA_LOG}/${QUORUM_STATE_FILE}`)
    if (file?.kind !== 'file') return
    const { epoch, leaderId, voted } = decodeElectionState(file.content.bytes())
    const { name } = machine
    const place = `${name} ${storedDirectoryId(machine, directory)}`
    const before = this.#epochs.get(place) ?? 0
    ok(epoch >= before, `the epoch of ${name} goes back from ${before} to ${epoch}`)
    this.#epochs.set(place, epoch)
    if (leaderId !== null) this.#leads(epoch, leaderId, `the quorum state of ${name}`)
    if (voted !== null) this.#voted(this.#options.namesDirectories ? place : name, epoch, voted.id)
  }

  lookAtLog(state: MetadataState, machine: string): void {
    for (const [epoch, leaderId] of state.quorumLeaders) this.#leads(epoch, leaderId, `the log of ${machine}`)
  }

  #leads(epoch: number, leaderId: number, where: string): void {
    const other = this.#leaders.get(epoch) ?? leaderId
    ok(other === leaderId, `the quorum's epoch ${epoch} is led by ${other}, and by ${leaderId} as ${where} says`)
    this.#leaders.set(epoch, leaderId)
  }

  #voted(voter: string, epoch: number, candidate: number): void {
    const key = `${voter} ${epoch}`
    const other = this.#votes.get(key) ?? candidate
    ok(other === candidate, `${voter} votes for ${other} and for ${candidate} in epoch ${epoch}`)
    this.#votes.set(key, candidate)
  }
}
