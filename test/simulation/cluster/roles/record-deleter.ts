import { ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { DeleteRecordsApi } from '../../../../protocol/messages/delete-records.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import { type End, onlyOne, type Role } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import type { ClusterClient } from '../client/cluster-client.ts'
import type { PartitionModel } from './partition-model.ts'
import { isPassing } from './passing.ts'
import { startOf } from './reader.ts'

const DELETE_RECORDS_VERSION = 2
/** For all replicas to have deleted. */
const TIMEOUT_MS = 4000

export interface RecordDeleterOptions {
  readonly client: ClusterClient
  readonly random: SeededRandom
  readonly models: readonly PartitionModel[]
}

/**
 * Deletes records from the beginning of partitions, of what is acknowledged: most often a few, now and then all. When the answer is
 * there, the leader that gave it begins its log no earlier.
 */
export class RecordDeleter implements Role {
  readonly #options: RecordDeleterOptions
  #deletionCount = 0

  constructor(options: RecordDeleterOptions) {
    this.#options = options
  }

  /** How many deletions were acknowledged. */
  get progress(): number {
    return this.#deletionCount
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#delete(end)]
  }

  async #delete(end: End): Promise<void> {
    const { client, random, models } = this.#options
    while (!end.isStopping) {
      await client.timers.sleep(random.between(2000, 8000))
      const model = random.pick(models)
      try {
        if (await this.#deleteTo(model, this.#chooseOffset(model))) this.#deletionCount++
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        client.leader(model.at).lookAgain()
      }
    }
  }

  #chooseOffset({ acknowledgedEnd, deletableTo }: PartitionModel): number {
    const { random } = this.#options
    const left = acknowledgedEnd - deletableTo
    return random.chance(0.1) ? acknowledgedEnd : deletableTo + random.below(Math.floor(left / 3) + 1)
  }

  /** @returns whether it was acknowledged */
  async #deleteTo(model: PartitionModel, offset: number): Promise<boolean> {
    const { client } = this.#options
    const { topic, partition } = model.at
    model.onDeletionAsked(offset)
    const { leaderEpoch } = await client.leadership(model.at)
    const request = { topics: [{ name: topic, partitions: [{ partitionIndex: partition, offset }] }], timeoutMs: TIMEOUT_MS }
    const answer = await client.leader(model.at).ask(DeleteRecordsApi, DELETE_RECORDS_VERSION, request)
    const { errorCode, lowWatermark } = onlyOne(answer.topics[0]?.partitions)
    // One that has begun to lead may not know yet how far it is committed.
    const mayPass = isPassing(errorCode) || errorCode === ErrorCode.OFFSET_OUT_OF_RANGE
    ok(errorCode === ErrorCode.NONE || mayPass, `deleting records of ${topic}-${partition} before ${offset} fails with ${errorName(errorCode)}`)
    if (errorCode !== ErrorCode.NONE) {
      client.leader(model.at).lookAgain()
      return false
    }
    ok(lowWatermark >= offset, `records of ${topic}-${partition} before ${offset} are deleted, and the low watermark is ${lowWatermark}`)
    await this.#expectStart(model, offset, leaderEpoch)
    return true
  }

  /** As long as the leader that answered leads in its epoch. */
  async #expectStart(model: PartitionModel, offset: number, leaderEpoch: number): Promise<void> {
    const { client } = this.#options
    const start = await startOf(client, model.at)
    model.onStart(start)
    const isSameLeader = (await client.leadership(model.at)).leaderEpoch === leaderEpoch
    ok(start >= offset || !isSameLeader, `${model.at.topic}-${model.at.partition} begins at ${start}, and all before ${offset} was deleted`)
  }
}
