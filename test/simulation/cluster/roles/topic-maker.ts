import { deepStrictEqual, ok } from 'node:assert/strict'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import { CreatePartitionsApi } from '../../../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi } from '../../../../protocol/messages/delete-topics.ts'
import { ProduceApi } from '../../../../protocol/messages/produce.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { type Uuid, ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { Ports } from '../../../../src/base/ports.ts'
import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import { type End, onlyOne, type Role } from '../../actor.ts'
import { Unanswered } from '../../asker.ts'
import type { Circumstances } from '../circumstances.ts'
import type { ClusterClient, PartitionAt } from '../client/cluster-client.ts'
import { describedQuorum } from './described-quorum.ts'
import { isPassing } from './passing.ts'
import { fetchFrom } from './reader.ts'

const CREATE_TOPICS_VERSION = 7
const CREATE_PARTITIONS_VERSION = 3
const DELETE_TOPICS_VERSION = 6
const PRODUCE_VERSION = 13
/** Of requests that wait until all brokers know. */
const TIMEOUT_MS = 5000
const OVER_POLL_MS = 500
const LONGEST_REST_MS = 3000

interface Promised {
  /** Of the leadership from which the answer came. */
  readonly epoch: number
  /** Of the brokers, when it was asked for: one that was fenced in between need not have been waited for. */
  readonly countedSince: ReadonlyMap<number, number | null>
}

export interface TopicMakerOptions {
  readonly client: ClusterClient
  readonly clock: Ports['clock']
  readonly random: SeededRandom
  readonly name: string
  readonly replicationFactor: number
  readonly circumstances: Circumstances
}

/**
 * Makes a topic, adds a partition to it, writes to it and deletes it, again and again. What must hold: when the answer to
 * a change is there before its time is out, every broker that counts knows of it, connected or not (ready means ready); what was written is
 * there; and a topic begins empty though there was one of the same name.
 */
export class TopicMaker implements Role {
  readonly #options: TopicMakerOptions
  #generation = 0
  #topicId: Uuid = ZERO_UUID

  constructor(options: TopicMakerOptions) {
    this.#options = options
  }

  /** Topics that were made, written to and found. */
  get progress(): number {
    return this.#generation
  }

  play(end: End): readonly Promise<void>[] {
    return [this.#make(end)]
  }

  async #make(end: End): Promise<void> {
    const { client, random } = this.#options
    while (!end.isStopping) {
      await this.#create()
      if (random.chance(0.3)) await this.#addPartition()
      await this.#write()
      await this.#read()
      this.#generation++
      await client.timers.sleep(random.below(LONGEST_REST_MS))
      await this.#delete()
    }
  }

  async #create(): Promise<void> {
    const { name, replicationFactor } = this.#options
    const request = { topics: [{ name, numPartitions: 1, replicationFactor, assignments: [], configs: [] }], timeoutMs: TIMEOUT_MS }
    await this.#change('made', async (asker) => {
      const { topics } = await asker.ask(CreateTopicsApi, CREATE_TOPICS_VERSION, request)
      const { errorCode, topicId } = onlyOne(topics)
      if (errorCode === ErrorCode.NONE) this.#topicId = topicId
      else if (errorCode === ErrorCode.TOPIC_ALREADY_EXISTS) await this.#findId(asker)
      return errorCode === ErrorCode.TOPIC_ALREADY_EXISTS ? 'done before' : outcomeOf(errorCode, 'making a topic')
    })
  }

  /** Its answer was lost. A broker that knows only the one before, which is deleted, is not believed. */
  async #findId(asker: ReturnType<ClusterClient['anyBroker']>): Promise<void> {
    const { client, name } = this.#options
    const { errorCode, topicId } = onlyOne((await client.metadata([name], asker)).topics)
    if (errorCode !== ErrorCode.NONE || topicId === this.#topicId) throw new Unanswered(`${name} has an id that this broker does not know yet`)
    this.#topicId = topicId
  }

  async #addPartition(): Promise<void> {
    const { name } = this.#options
    const request = { topics: [{ name, count: 2, assignments: null }], timeoutMs: TIMEOUT_MS, validateOnly: false }
    await this.#change('grown', async (asker) => {
      const { results } = await asker.ask(CreatePartitionsApi, CREATE_PARTITIONS_VERSION, request)
      const { errorCode } = onlyOne(results)
      return errorCode === ErrorCode.INVALID_PARTITIONS ? 'done before' : outcomeOf(errorCode, 'adding a partition')
    })
  }

  /** By its id: a request whose answer was lost may be carried out when the next topic of the name is there. */
  async #delete(): Promise<void> {
    const request = { topics: [{ name: null, topicId: this.#topicId }], timeoutMs: TIMEOUT_MS }
    await this.#change('deleted', async (asker) => {
      const { responses } = await asker.ask(DeleteTopicsApi, DELETE_TOPICS_VERSION, request)
      const { errorCode } = onlyOne(responses)
      return errorCode === ErrorCode.UNKNOWN_TOPIC_ID ? 'done before' : outcomeOf(errorCode, 'deleting a topic')
    })
  }

  /** Asks for it until it is done; when the answer came in time, another broker is asked at once whether it knows. */
  async #change(what: 'made' | 'grown' | 'deleted', ask: (asker: ReturnType<ClusterClient['anyBroker']>) => Promise<Outcome>): Promise<void> {
    const { client, clock, circumstances } = this.#options
    for (let backoffMs = 100; ; backoffMs = Math.min(2 * backoffMs, 1000)) {
      const askedMs = clock.monotonicMs()
      const countedSince = new Map(client.brokerIds.map((id) => [id, circumstances.countedSince(id)]))
      const epoch = circumstances.controllerEpoch()
      try {
        const outcome = await ask(client.anyBroker())
        const isInTime = clock.monotonicMs() - askedMs < TIMEOUT_MS
        // With a leadership its waits end, be it in order and all hear each other: what is decided is certain, and who knows of it is not.
        const isPromised = epoch !== null && circumstances.controllerEpoch() === epoch
        if (outcome === 'done' && isInTime && isPromised) await this.#expectKnown(what, { epoch, countedSince })
        if (outcome !== 'again') return
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
      }
      await client.timers.sleep(backoffMs)
    }
  }

  /** Where nothing has ended or begun by now without anybody's having said so. */
  async #expectKnown(what: 'made' | 'grown' | 'deleted', { epoch, countedSince }: Promised): Promise<void> {
    const { client, random, name, circumstances } = this.#options
    const counts = (id: number) => countedSince.get(id) !== null && circumstances.countedSince(id) === countedSince.get(id)
    const counted = [...countedSince.keys()].filter(counts)
    if (counted.length === 0) return
    const id = random.pick(counted)
    try {
      const { errorCode, topicId, partitions } = onlyOne((await client.metadata([name], client.broker(id))).topics)
      if (!counts(id)) return
      // A request to make it whose answer was lost may be carried out now, by a broker that was paused: that is another topic.
      if (what === 'deleted' && errorCode === ErrorCode.NONE && topicId !== this.#topicId) return
      const expected = what === 'deleted' ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE
      const isKnown = errorCode === expected && (what !== 'grown' || partitions.length === 2)
      if (!isKnown && (await this.#isOver(epoch))) return
      ok(errorCode === expected, `${name} is ${what}, and broker ${id} says ${errorName(errorCode)}`)
      if (what === 'grown') ok(partitions.length === 2, `${name} is grown to 2 partitions, and broker ${id} knows ${partitions.length}`)
      const withoutLeader = partitions.filter(({ leaderId }) => leaderId < 0)
      ok(withoutLeader.length === 0 || !circumstances.isCalm(), `${name} is ${what}, and broker ${id} knows no leader`)
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
    }
  }

  /** A controller that hears no majority gives up, and its successor may be long in coming: it leads still if it says so now. */
  async #isOver(epoch: number): Promise<boolean> {
    const { client, circumstances } = this.#options
    while (circumstances.controllerEpoch() === epoch) {
      const leadership = await this.#leadership()
      if (leadership !== null) return leadership !== epoch
      await client.timers.sleep(OVER_POLL_MS)
    }
    return true
  }

  /** The epoch in which the active controller says that it leads; null where none answers. */
  async #leadership(): Promise<number | null> {
    try {
      return (await describedQuorum(this.#options.client))?.leaderEpoch ?? null
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error
      return null
    }
  }

  async #write(): Promise<void> {
    const { client, clock, name, circumstances } = this.#options
    const records = buildBatch({}, [{ timestamp: clock.nowMs(), value: Buffer.from(this.#value) }])
    const request = { acks: -1, timeoutMs: 4000, topicData: [{ topicId: this.#topicId, partitionData: [{ index: 0, records }] }] }
    const wasCalm = circumstances.isCalm()
    await client.askUntil(client.leader(this.#at), ProduceApi, PRODUCE_VERSION, request, ({ responses }) => {
      const { errorCode } = onlyOne(responses[0]?.partitionResponses)
      const mayPass = isPassing(errorCode) && !(wasCalm && circumstances.isCalm())
      ok(errorCode === ErrorCode.NONE || mayPass, `producing to ${name}, which is made, fails with ${errorName(errorCode)}`)
      return errorCode === ErrorCode.NONE
    })
  }

  /** Its record is there, more than once when an answer to it was lost, and nothing else. */
  async #read(): Promise<void> {
    const { client } = this.#options
    const at = this.#at
    const found: string[] = []
    const leader = client.leader(at)
    while (found.length === 0) {
      try {
        const { records } = await fetchFrom(client, at, 0, 500)
        found.push(...records.map(({ value }) => value))
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error
        leader.lookAgain()
        await client.timers.sleep(200)
      }
    }
    deepStrictEqual([...new Set(found)], [this.#value], 'a topic holds what was written to it')
  }

  get #at(): PartitionAt {
    return { topic: this.#options.name, topicId: this.#topicId, partition: 0 }
  }

  get #value(): string {
    return `${this.#options.name} ${this.#generation}`
  }
}

type Outcome = 'done' | 'done before' | 'again'

function outcomeOf(errorCode: number, what: string): Outcome {
  if (errorCode === ErrorCode.NONE) return 'done'
  // Fewer brokers than replicas are counted on for a while.
  ok(isPassing(errorCode) || errorCode === ErrorCode.INVALID_REPLICATION_FACTOR, `${what} fails with ${errorName(errorCode)}`)
  return 'again'
}
