import { batchAt, batches } from '../../../protocol/records/batch.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Clock } from '../../base/ports.ts'
import type { VoterEntry } from '../core/effects.ts'
import { votersNamed } from '../core/voters-named.ts'
import { controlRecords } from '../log-batches.ts'
import type { RaftLog } from '../raft-log.ts'
import type { LogFlusher } from './log-flusher.ts'

export interface FollowerLogOptions {
  readonly log: Pick<RaftLog, 'directory' | 'config' | 'appendAsFollower' | 'truncateTo'>
  readonly flusher: LogFlusher
  readonly clock: Pick<Clock, 'nowMs'>
}

/** What a replica does to its log at its leader's word: append what that sent, and cut what it does not have. */
export class FollowerLog {
  readonly #options: FollowerLogOptions

  constructor(options: FollowerLogOptions) {
    this.#options = options
  }

  /**
   * Appends whole batches as the leader numbered them, and flushes them soon. They were found good by `whatFollows`.
   * @param before what held before these records
   * @returns the voters that they name, in order
   */
  append(records: Buffer, leaderEpoch: number, before: Omit<VoterEntry, 'offset'>): readonly VoterEntry[] {
    const { flusher } = this.#options
    for (const piece of pieces(records, this.#options.log.config.segmentBytes)) this.#appendPiece(piece, leaderEpoch)
    flusher.flushSoon()
    const named: VoterEntry[] = []
    for (const batch of batches(records)) {
      if (batch.isControl) named.push(...votersNamed(batch.baseOffset, controlRecords(batch), named.at(-1) ?? before))
    }
    return named
  }

  /** In force when the call returns; resolves when what was cut does not come back after a loss of power. */
  async truncateTo(endOffset: number): Promise<void> {
    const { log, flusher } = this.#options
    flusher.noteCut(endOffset)
    await log.truncateTo(endOffset)
  }

  #appendPiece(bytes: Buffer, leaderEpoch: number): void {
    const { log, clock } = this.#options
    const result = log.appendAsFollower(bytes, { leaderEpoch, nowMs: clock.nowMs() })
    if (result.kind === 'appended') return
    throw new OdradekError('METADATA_LOG', `the metadata log in ${log.directory} does not take what its leader sent: ${result.detail}`)
  }
}

/** As many batches as fit into a segment, but at least one. */
function* pieces(records: Buffer, segmentBytes: number): IterableIterator<Buffer> {
  let start = 0
  let end = 0
  for (let batch = batchAt(records, end); batch !== null; batch = batchAt(records, end)) {
    if (batch.end - start > segmentBytes && end > start) {
      yield records.subarray(start, end)
      start = end
    }
    end = batch.end
  }
  if (end > start) yield records.subarray(start, end)
}
