import { ErrorCode } from '../../../protocol/error-codes.ts'
import { FetchApi } from '../../../protocol/messages/fetch.ts'
import { ListOffsetsApi } from '../../../protocol/messages/list-offsets.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import type { Timers } from '../../../src/base/ports.ts'
import { type Served, served } from './answering-node.ts'

export interface Asked {
  readonly broker: number
  readonly partition: number
  readonly fetchOffset: number
}

const EARLIEST = -2n
/** Of an answer, so that a log takes several. */
const RECORDS_OF_ANSWER = 3

/** A record each: the values of the partitions of one topic, which brokers serve as far as a test lets them. */
export class ServedLog {
  /** By partition; the first has the offset `firstOffset`. */
  readonly values: string[][]
  firstOffset = 0
  readonly asked: Asked[] = []
  readonly #timers: Timers
  /** What a Fetch meets instead of records: an error code; NONE for records. Awaited where it takes its time. */
  fate: (asked: Asked) => number | Promise<number> = () => ErrorCode.NONE

  /** @param timers by which a Fetch waits where there is nothing to be given */
  constructor(values: readonly (readonly string[])[], timers: Timers) {
    this.#timers = timers
    this.values = values.map((some) => [...some])
  }

  /** What a broker serves of it. */
  apis(broker: number, topic: string): readonly Served[] {
    return [
      served(FetchApi, async ({ topics, maxWaitMs }) => {
        const wanted = topics.flatMap(({ partitions }) => partitions)
        const partitions = await Promise.all(
          wanted.map(async ({ partition: partitionIndex, fetchOffset }) => {
            const asked = { broker, partition: partitionIndex, fetchOffset }
            this.asked.push(asked)
            const errorCode = await this.fate(asked)
            if (errorCode === ErrorCode.NONE && fetchOffset === this.#endOffset(partitionIndex)) await this.#timers.sleep(maxWaitMs)
            const isThere = fetchOffset >= this.firstOffset && fetchOffset <= this.#endOffset(partitionIndex)
            if (errorCode !== ErrorCode.NONE || !isThere) {
              return { partitionIndex, errorCode: errorCode === ErrorCode.NONE ? ErrorCode.OFFSET_OUT_OF_RANGE : errorCode, ...NOTHING, records: null }
            }
            return { partitionIndex, errorCode, ...NOTHING, records: this.#read(partitionIndex, fetchOffset) }
          }),
        )
        return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, responses: [{ topic, partitions }] }
      }),
      served(ListOffsetsApi, ({ topics }) => ({
        throttleTimeMs: 0,
        topics: topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partitionIndex, timestamp }) => ({
            partitionIndex,
            errorCode: ErrorCode.NONE,
            timestamp: -1n,
            offset: timestamp === EARLIEST ? this.firstOffset : this.#endOffset(partitionIndex),
            leaderEpoch: 0,
          })),
        })),
      })),
    ]
  }

  #endOffset(partition: number): number {
    return this.firstOffset + (this.values[partition]?.length ?? 0)
  }

  #read(partition: number, fetchOffset: number): Buffer {
    const from = fetchOffset - this.firstOffset
    const values = this.values[partition]?.slice(from, from + RECORDS_OF_ANSWER) ?? []
    if (values.length === 0) return Buffer.alloc(0)
    return buildBatch(
      { baseOffset: fetchOffset, leaderEpoch: 0 },
      values.map((value) => ({ timestamp: 0, value: Buffer.from(value) })),
    )
  }
}

const NOTHING = { highWatermark: -1, abortedTransactions: null }
