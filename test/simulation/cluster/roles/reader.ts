import { ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { FetchApi } from '../../../../protocol/messages/fetch.ts'
import { ListOffsetsApi } from '../../../../protocol/messages/list-offsets.ts'
import { batches, type RecordBatch } from '../../../../protocol/records/batch.ts'
import { records } from '../../../../protocol/records/record.ts'
import { type End, onlyOne, type Role } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import type { ClusterClient, PartitionAt } from '../client/cluster-client.ts'
import type { FoundRecord, PartitionModel } from './partition-model.ts'
import { isPassing } from './passing.ts'

const FETCH_VERSION = 13
const MAX_WAIT_MS = 500
const MAX_BYTES = 20_000
const BACKOFF_MS = 200

const LIST_OFFSETS_VERSION = 7
const EARLIEST = -2n
const CONSUMER = -1

/** Reads one partition from its beginning, as consumers do; where records were deleted that it has not read, it goes on behind them. */
export class Reader implements Role {
  readonly #client: ClusterClient
  readonly #model: PartitionModel
  readonly #pauseMs: number

  constructor(client: ClusterClient, model: PartitionModel, pauseMs: number) {
    this.#client = client
    this.#model = model
    this.#pauseMs = pauseMs
  }

  get progress(): number {
    return this.#model.readEnd
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#read(end)]
  }

  async #read(end: End): Promise<void> {
    const leader = this.#client.leader(this.#model.at)
    while (!end.isStopping) {
      try {
        await this.#readOn()
        await this.#client.timers.sleep(this.#pauseMs)
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        leader.lookAgain()
        await this.#client.timers.sleep(BACKOFF_MS)
      }
    }
  }

  async #readOn(): Promise<void> {
    const { at, readEnd } = this.#model
    try {
      const { records: found } = await fetchFrom(this.#client, at, readEnd, MAX_WAIT_MS)
      // Meanwhile somebody may have found that the log begins further on.
      for (const record of found) if (record.offset >= this.#model.readEnd) this.#model.onRead(record)
    } catch (error) {
      if (!(error instanceof OutOfRange) || readEnd >= this.#model.deletableTo) throw error
      this.#model.onStart(await startOf(this.#client, at))
    }
  }
}

/** There is no such offset, or no longer. */
export class OutOfRange extends Error {
  override readonly name = 'OutOfRange'
}

export interface Fetched {
  readonly highWatermark: number
  readonly records: readonly FoundRecord[]
}

/**
 * What stands at `offset` and behind it, as far as one answer goes. Rejects with `Unanswered` also for what passes. The leader's epoch goes
 * along, so that a replica which leads no longer does not answer from what it has itself (KIP-320, KIP-392), and the topic's id, so that a broker which
 * is behind does not answer from an earlier topic of that name, whose epochs began at 0 as well (KIP-516).
 */
export async function fetchFrom(client: ClusterClient, at: PartitionAt, offset: number, maxWaitMs: number): Promise<Fetched> {
  const { topicId, leaderEpoch: currentLeaderEpoch } = await client.leadership(at)
  const partition = { partition: at.partition, currentLeaderEpoch, fetchOffset: offset, partitionMaxBytes: MAX_BYTES }
  const request = { maxWaitMs, minBytes: 1, isolationLevel: 0, topics: [{ topicId, partitions: [partition] }], forgottenTopicsData: [] }
  const answer = await client.leader(at).ask(FetchApi, FETCH_VERSION, request)
  const { errorCode, highWatermark, records: bytes } = onlyOne(answer.responses[0]?.partitions)
  if (isPassing(errorCode)) throw new Unanswered(errorName(errorCode))
  if (errorCode === ErrorCode.OFFSET_OUT_OF_RANGE) throw new OutOfRange(`fetching ${at.topic}-${at.partition}: ${offset} is out of range`)
  ok(errorCode === ErrorCode.NONE, `fetching ${at.topic}-${at.partition} at ${offset} fails with ${errorName(errorCode)}`)
  const found = [...batches(bytes ?? Buffer.alloc(0))].flatMap(foundIn)
  return { highWatermark, records: found.filter((record) => record.offset >= offset) }
}

/** Where the log of the leader begins that is known. Rejects with `Unanswered` also for what passes. */
export async function startOf(client: ClusterClient, at: PartitionAt): Promise<number> {
  const { leaderEpoch: currentLeaderEpoch } = await client.leadership(at)
  const partitions = [{ partitionIndex: at.partition, currentLeaderEpoch, timestamp: EARLIEST }]
  const request = { replicaId: CONSUMER, isolationLevel: 0, topics: [{ name: at.topic, partitions }] }
  const answer = await client.leader(at).ask(ListOffsetsApi, LIST_OFFSETS_VERSION, request)
  const { errorCode, offset } = onlyOne(answer.topics[0]?.partitions)
  if (isPassing(errorCode)) throw new Unanswered(errorName(errorCode))
  ok(errorCode === ErrorCode.NONE, `asking where ${at.topic}-${at.partition} begins fails with ${errorName(errorCode)}`)
  return offset
}

function foundIn(batch: RecordBatch): FoundRecord[] {
  const { baseOffset, baseSequence, producerEpoch } = batch
  return [...records(batch)].map(({ offset, value }) => ({ offset, value: String(value), producerEpoch, sequence: baseSequence + offset - baseOffset }))
}
