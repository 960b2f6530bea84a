import type { LogBatch } from '../../../src/raft/log-batches.ts'

/** A rule of raft, or of what its node promises to the state machine, was broken. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** What all state machines together were told, and must never be told otherwise. */
export class QuorumChecker {
  /** By base offset: what was committed there. */
  readonly #committed = new Map<number, string>()
  /** Values below an offset that a batch ends at, in order. */
  readonly #history: { readonly endOffset: number; readonly values: readonly string[] }[] = []
  readonly #leaders = new Map<number, number>()
  readonly #acknowledged = new Set<string>()
  #values: string[] = []
  #endOffset = 0

  get leadershipCount(): number {
    return this.#leaders.size
  }

  get acknowledgedCount(): number {
    return this.#acknowledged.size
  }

  /** Below it, all that any state machine was told. */
  get endOffset(): number {
    return this.#endOffset
  }

  onLeading(nodeId: number, epoch: number): void {
    const other = this.#leaders.get(epoch)
    if (other !== undefined && other !== nodeId) throw new Violation(`epoch ${epoch} is led by ${other} and by ${nodeId}`)
    this.#leaders.set(epoch, nodeId)
  }

  onCommit(nodeId: number, expectedOffset: number, batch: LogBatch<string>): void {
    if (batch.baseOffset !== expectedOffset) throw new Violation(`${nodeId} is told of ${batch.baseOffset} and awaits ${expectedOffset}`)
    const content = `${batch.lastOffset} of epoch ${batch.epoch}: ${batch.records.join()} ${batch.control.map(({ type }) => type).join()}`
    const known = this.#committed.get(batch.baseOffset)
    if (known !== undefined && known !== content) throw new Violation(`${nodeId} has at ${batch.baseOffset} ${content}, others ${known}`)
    if (known !== undefined) return
    if (batch.baseOffset !== this.#endOffset) throw new Violation(`${nodeId} commits ${batch.baseOffset} where ${this.#endOffset} is the end`)
    this.#committed.set(batch.baseOffset, content)
    this.#endOffset = batch.lastOffset + 1
    this.#values = [...this.#values, ...batch.records]
    this.#history.push({ endOffset: this.#endOffset, values: this.#values })
  }

  onSnapshot(nodeId: number, offset: number, values: readonly string[]): void {
    const known = this.#history.find(({ endOffset }) => endOffset === offset)
    if (known === undefined || known.values.join() !== values.join())
      throw new Violation(`${nodeId} begins with a snapshot at ${offset} that is not what was committed`)
  }

  onAcknowledged(value: string): void {
    if (!this.#values.includes(value)) throw new Violation(`${value} is acknowledged and nobody was told of it`)
    this.#acknowledged.add(value)
  }

  /** At the end, with everybody up to date: what was acknowledged is there, once. */
  onEnd(nodeId: number, values: readonly string[]): void {
    const found = new Set(values)
    for (const value of this.#acknowledged) if (!found.has(value)) throw new Violation(`${nodeId} lost ${value}, which was acknowledged`)
    if (found.size !== values.length) throw new Violation(`${nodeId} has a value twice`)
    if (values.join() !== this.#values.join()) throw new Violation(`${nodeId} ends with other values than the rest`)
  }
}
