import { ErrorCode } from '../../protocol/error-codes.ts'
import type { ProduceRequest } from '../../protocol/messages/produce.ts'
import { CURRENT_MAGIC, MAGIC_POSITION, RECORD_COUNT_POSITION, RECORDS_POSITION } from '../../protocol/records/batch.ts'
import type { Clock } from '../base/ports.ts'
import type { ClientFigures } from '../observing/clients/client-figures.ts'
import type { ProduceResult, ProduceWrite } from '../replication/produce/produce-records.ts'
import type { RequestContext } from './request-context.ts'

/** What one Produce request adds to the figures of its client. Made when the request is taken up. */
export class ProduceCount {
  readonly #clock: Clock
  readonly #startMs: number
  readonly #figures: ClientFigures
  /** Of all its partitions. */
  readonly #records: number
  #writes: readonly { readonly records: number; readonly bytes: number }[] = []

  constructor({ clientId, services: { clients, replicas } }: RequestContext, request: ProduceRequest) {
    this.#clock = replicas.clock
    this.#startMs = this.#clock.monotonicMs()
    this.#figures = clients.of(clientId, this.#startMs)
    this.#records = recordsOf(request)
  }

  /** To be called before the batches are written: their memory may be used for something else then. */
  writing(writes: readonly ProduceWrite[]): void {
    this.#writes = writes.map(({ batch }) => ({ records: recordsIn(batch), bytes: batch.length }))
  }

  /** The request is refused as a whole. */
  refused(): void {
    this.settled([])
  }

  /** @param results in the order of the writes; what has none was refused */
  settled(results: readonly ProduceResult[]): void {
    const figures = this.#figures
    let written = 0
    for (const [index, { errorCode }] of results.entries()) {
      const write = this.#writes[index]
      if (errorCode !== ErrorCode.NONE || write === undefined) continue
      written += write.records
      figures.batches += 1
      figures.batchBytes += write.bytes
    }
    figures.recordsSent += written
    figures.recordErrors += this.#records - written
    figures.produceRequests += 1
    figures.produceMs += this.#clock.monotonicMs() - this.#startMs
  }
}

function recordsOf({ topicData }: ProduceRequest): number {
  let count = 0
  for (const { partitionData } of topicData) for (const { records } of partitionData) if (records !== null) count += recordsIn(records)
  return count
}

/** As many as the one batch says that it holds; of what is no batch, none. */
function recordsIn(records: Buffer): number {
  if (records.length < RECORDS_POSITION || records[MAGIC_POSITION] !== CURRENT_MAGIC) return 0
  return Math.min(Math.max(0, records.readInt32BE(RECORD_COUNT_POSITION)), records.length)
}
