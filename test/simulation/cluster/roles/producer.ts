import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { InitProducerIdApi } from '../../../../protocol/messages/init-producer-id.ts'
import type { End, Role } from '../../actor.ts'
import type { PartitionModel } from './partition-model.ts'
import { type LaneOptions, ProducerLane } from './producer-lane.ts'

const INIT_PRODUCER_ID_VERSION = 4

export interface ProducerOptions extends Omit<LaneOptions, 'model'> {
  /** Of the partitions that it writes to. */
  readonly models: readonly PartitionModel[]
}

/** An idempotent producer of one or more partitions, over the same connections; see `ProducerLane`. */
export class Producer implements Role {
  readonly #options: ProducerOptions

  constructor(options: ProducerOptions) {
    this.#options = options
  }

  /** Of the partition to which least was written. */
  get progress(): number {
    return Math.min(...this.#options.models.map(({ acknowledgedCount }) => acknowledgedCount))
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#produce(end)]
  }

  async #produce(end: End): Promise<void> {
    const { client, models, random } = this.#options
    const request = { transactionalId: null, transactionTimeoutMs: 60_000 }
    const isGiven = ({ errorCode }: { errorCode: number }) => errorCode === ErrorCode.NONE
    const { producerId, producerEpoch } = await client.askUntil(client.anyBroker(), InitProducerIdApi, INIT_PRODUCER_ID_VERSION, request, isGiven)
    const identity = { producerId, producerEpoch }
    const lanes = models.map((model) => new ProducerLane({ ...this.#options, model, random: random.fork(`partition ${model.at.partition}`) }, identity))
    await Promise.all(lanes.map((lane) => lane.write(end)))
  }
}
