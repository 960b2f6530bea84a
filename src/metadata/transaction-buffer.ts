import type { MetadataRecord } from './metadata-record.ts'
import { replayError } from './replay-error.ts'

/**
 * Holds the records of an open metadata transaction back until it ends, so that no reader ever sees a half of it; an
 * aborted one is dropped. Source: KIP-868.
 *
 * What is held is bounded by who writes: only the bootstrap records are written in a transaction so far.
 */
export class TransactionBuffer {
  #held: MetadataRecord[] | null = null

  get isOpen(): boolean {
    return this.#held !== null
  }

  /** Gives the records to apply now, in order: none while a transaction is open, all of it when it ends. */
  next(record: MetadataRecord): readonly MetadataRecord[] {
    switch (record.type) {
      case 'BeginTransactionRecord':
        if (this.#held !== null) throw replayError('a metadata transaction begins within another')
        this.#held = []
        return []
      case 'EndTransactionRecord':
        return this.#close('ends')
      case 'AbortTransactionRecord':
        this.#close('is aborted')
        return []
      default:
        if (this.#held === null) return [record]
        this.#held.push(record)
        return []
    }
  }

  /** A snapshot takes the place of all that was read: it holds no transaction that is open. */
  drop(): void {
    this.#held = null
  }

  #close(how: string): readonly MetadataRecord[] {
    const held = this.#held
    if (held === null) throw replayError(`a metadata transaction ${how} that never began`)
    this.#held = null
    return held
  }
}
