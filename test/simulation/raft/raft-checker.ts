import type { RaftEffect } from '../../../src/raft/core/effects.ts'
import type { Entry, SimulatedLog } from './raft-log.ts'

/** What the rules of raft forbid; the message says which. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** Sees all that the nodes decide, and says when it must not be. */
export class RaftChecker {
  /** By offset: what some node said is committed. */
  readonly committed: Entry[] = []
  /** The epoch in which that was first said, for each of them. */
  readonly #committedIn: number[] = []
  readonly #leaders = new Map<number, number>()
  readonly #votes = new Map<string, number>()
  readonly #acknowledged = new Set<string>()
  readonly #highWatermarks = new Map<number, number>()

  get leadershipCount(): number {
    return this.#leaders.size
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.size
  }

  /** One leader for each epoch; and it has all that was committed in epochs before. It may begin when a later one leads already. */
  onLeading(nodeId: number, epoch: number, log: SimulatedLog): void {
    const other = this.#leaders.get(epoch)
    if (other !== undefined) throw new Violation(`epoch ${epoch} is led by ${other} and by ${nodeId}`)
    this.#leaders.set(epoch, nodeId)
    const later = this.#committedIn.findIndex((committedIn) => committedIn >= epoch)
    this.#expectCommitted(nodeId, log, later < 0 ? this.committed.length : later, 'leads without')
  }

  onCommit(nodeId: number, epoch: number, highWatermark: number, log: SimulatedLog): void {
    const before = this.#highWatermarks.get(nodeId) ?? 0
    if (highWatermark < before) throw new Violation(`the high watermark of ${nodeId} goes back from ${before} to ${highWatermark}`)
    if (highWatermark > log.logEndOffset) throw new Violation(`${nodeId} says ${highWatermark} is committed and has ${log.logEndOffset}`)
    this.#highWatermarks.set(nodeId, highWatermark)
    const known = Math.min(highWatermark, this.committed.length)
    this.#expectCommitted(nodeId, log, known, 'commits other than', before)
    this.committed.push(...log.history(highWatermark).slice(this.committed.length))
    while (this.#committedIn.length < this.committed.length) this.#committedIn.push(epoch)
  }

  /** A vote counts when it leaves the node. */
  onSend(voter: string, effect: Extract<RaftEffect, { type: 'reply' }>, preVote: boolean, candidateId: number): void {
    const { answer } = effect
    if (answer.type !== 'vote' || !answer.granted || preVote) return
    const key = `${voter} in epoch ${answer.epoch}`
    const other = this.#votes.get(key)
    if (other !== undefined && other !== candidateId) throw new Violation(`${key} votes for ${other} and for ${candidateId}`)
    this.#votes.set(key, candidateId)
  }

  onAcknowledged(value: string): void {
    this.#acknowledged.add(value)
  }

  onRestart(nodeId: number): void {
    this.#highWatermarks.delete(nodeId)
  }

  /** At the end, with everybody up to date: what was acknowledged is there, once. */
  onEnd(nodeId: number, log: SimulatedLog): void {
    this.#expectCommitted(nodeId, log, this.committed.length, 'ends without')
    const values = log.history(this.committed.length).map(({ value }) => value)
    const found = new Set(values)
    for (const value of this.#acknowledged) if (!found.has(value)) throw new Violation(`${nodeId} lost ${value}, which was acknowledged`)
    const repeated = values.filter((value, index) => value !== '' && values.indexOf(value) !== index)
    if (repeated.length > 0) throw new Violation(`${nodeId} has twice: ${repeated[0]}`)
  }

  #expectCommitted(nodeId: number, log: SimulatedLog, endOffset: number, what: string, from = 0): void {
    const history = log.history(log.logEndOffset)
    for (let offset = from; offset < endOffset; offset++) {
      const [own, committed] = [history[offset], this.committed[offset] as Entry]
      if (own?.epoch === committed.epoch && own.value === committed.value) continue
      throw new Violation(
        `${nodeId} ${what} the record at ${offset} (${committed.value} of epoch ${committed.epoch}): it has ${own?.value} of epoch ${own?.epoch}`,
      )
    }
  }
}
