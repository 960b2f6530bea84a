import { ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { InitProducerIdApi } from '../../../../protocol/messages/init-producer-id.ts'
import { ProduceApi } from '../../../../protocol/messages/produce.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import type { Ports } from '../../../../src/base/ports.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import { type End, onlyOne, type Role } from '../../actor.ts'
import type { ClusterClient } from '../client/cluster-client.ts'
import type { PartitionModel } from './partition-model.ts'
import { isPassing } from './passing.ts'

const PRODUCE_VERSION = 9
const INIT_PRODUCER_ID_VERSION = 4
const ACKS_ALL = -1
/** Of the broker, for its replicas. */
const TIMEOUT_MS = 4000
const MOST_RECORDS = 6

export interface ProducerOptions {
  readonly client: ClusterClient
  readonly clock: Ports['clock']
  readonly model: PartitionModel
  readonly random: SeededRandom
  /** Between sends, at most. */
  readonly maxPauseMs: number
}

/**
 * The idempotent producer of one partition, acks=all. What is not answered for good is sent again with its sequence
 * numbers, for ever. One batch is under way at a time: of more, those before the last would be unknown to a broker that
 * was restarted, whose snapshots of producers hold the last batch alone, as Kafka's do.
 */
export class Producer implements Role {
  readonly #options: ProducerOptions

  constructor(options: ProducerOptions) {
    this.#options = options
  }

  get progress(): number {
    return this.#options.model.acknowledgedCount
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#produce(end)]
  }

  async #produce(end: End): Promise<void> {
    const { client, model, random, maxPauseMs } = this.#options
    const request = { transactionalId: null, transactionTimeoutMs: 60_000 }
    const isGiven = ({ errorCode }: { errorCode: number }) => errorCode === ErrorCode.NONE
    const { producerId, producerEpoch } = await client.askUntil(client.anyBroker(), InitProducerIdApi, INIT_PRODUCER_ID_VERSION, request, isGiven)
    while (!end.isStopping) {
      const baseSequence = model.sent.length
      const values = Array.from({ length: 1 + random.below(MOST_RECORDS) }, (_, index) => `${model.at.topic}-${model.at.partition}:${baseSequence + index}`)
      model.sent.push(...values)
      await this.#send({ producerId, producerEpoch, baseSequence }, values)
      await client.timers.sleep(random.below(maxPauseMs))
    }
  }

  async #send(identity: Parameters<typeof buildBatch>[0], values: readonly string[]): Promise<void> {
    const { client, clock, model } = this.#options
    const timestamp = clock.nowMs()
    const records = buildBatch(
      identity,
      values.map((value) => ({ timestamp, value: Buffer.from(value) })),
    )
    const topicData = [{ name: model.at.topic, partitionData: [{ index: model.at.partition, records }] }]
    const request = { acks: ACKS_ALL, timeoutMs: TIMEOUT_MS, topicData }
    const answer = await client.askUntil(client.leader(model.at), ProduceApi, PRODUCE_VERSION, request, ({ responses }) => {
      const { errorCode } = onlyOne(responses[0]?.partitionResponses)
      ok(errorCode === ErrorCode.NONE || isPassing(errorCode), `producing ${values[0]} fails with ${errorName(errorCode)}`)
      return errorCode === ErrorCode.NONE
    })
    const { baseOffset } = onlyOne(answer.responses[0]?.partitionResponses)
    for (const [index, value] of values.entries()) model.onAcknowledged(baseOffset + index, value)
  }
}
