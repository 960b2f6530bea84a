import { ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { AlterReplicaLogDirsApi } from '../../../../protocol/messages/alter-replica-log-dirs.ts'
import type { Ports } from '../../../../src/base/ports.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import type { End } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import { KafkaClient } from '../../kafka-client.ts'
import { BROKER, isPassing, type OneNodeRole, TOPIC } from './role.ts'

/** Whatever others use: a move changes nothing of what they were promised. */
const REPLICAS = [
  { name: TOPIC, partitions: [0, 1] },
  { name: 'kept', partitions: [0] },
  { name: '__consumer_offsets', partitions: [0] },
]
/** For a topic that is not there now, and a directory that this node does not have. */
const REFUSALS: ReadonlySet<number> = new Set([ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.REPLICA_NOT_AVAILABLE, ErrorCode.LOG_DIR_NOT_FOUND])

/** Moves replicas between the directories of the node, and back in the middle of it. The others see whether anything is lost. */
export class Mover implements OneNodeRole {
  readonly #ports: Ports
  readonly #paths: readonly string[]
  readonly #random: SeededRandom
  #answers = 0

  constructor(ports: Ports, paths: readonly string[], random: SeededRandom) {
    this.#ports = ports
    this.#paths = paths
    this.#random = random
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#move(new KafkaClient(this.#ports, BROKER), end)]
  }

  get progress(): number {
    return this.#answers
  }

  async verify(): Promise<void> {}

  async #move(client: KafkaClient, end: End): Promise<void> {
    while (!end.isStopping) {
      await this.#ports.timers.sleep(this.#random.below(400))
      const dirs = [{ path: this.#random.pick(this.#paths), topics: [this.#random.pick(REPLICAS)] }]
      try {
        const { results } = await client.ask(AlterReplicaLogDirsApi, 2, { dirs })
        for (const { errorCode } of results.flatMap(({ partitions }) => partitions)) {
          ok(errorCode === ErrorCode.NONE || REFUSALS.has(errorCode) || isPassing(errorCode), `a move is answered ${errorName(errorCode)}`)
        }
        this.#answers++
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
    }
  }
}
