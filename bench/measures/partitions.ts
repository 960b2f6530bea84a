import { readdirSync } from 'node:fs'
import { RawClient } from '../../compat/oracle/raw-client.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { CreateTopicsApi, type CreateTopicsResponse } from '../../protocol/messages/create-topics.ts'
import { ListOffsetsApi } from '../../protocol/messages/list-offsets.ts'
import { MetadataApi } from '../../protocol/messages/metadata.ts'
import { ProduceApi } from '../../protocol/messages/produce.ts'
import { buildBatch } from '../../protocol/records/build-batch.ts'
import { ZERO_UUID } from '../../protocol/uuid.ts'
import { type BrokerKind, type KeptBroker, startBroker } from '../brokers.ts'
import { residentBytes } from '../process-stats.ts'
import type { Keep } from '../round.ts'

const PARTITIONS_PER_REQUEST = 500
/** Kafka takes at most 10,000 records for one request, a topic's own among them. */
const PARTITIONS_PER_CREATION = 5_000
const REQUEST_TIMEOUT_MS = 300_000
const POLL_MS = 20
const RECORD = Buffer.alloc(100, 'x')

/** How the partitions are spread over topics. */
export interface PartitionPlan {
  readonly topics: number
  readonly partitionsPerTopic: number
}

/**
 * A node with many partitions: made, written to once each, restarted after a stop and after a kill. A restart has ended
 * when every partition tells its end offset.
 */
export async function manyPartitions(kind: BrokerKind, plan: PartitionPlan, keep: Keep): Promise<void> {
  const count = plan.topics * plan.partitionsPerTopic
  const keepAs = (what: string, value: number) => keep({ [`${count} partitions: ${what}`]: value })
  await using broker = await startBroker(kind)
  const idleBytes = residentBytes(broker.pid)
  keepAs('create, ms', await timed(() => create(broker, plan)))
  keepAs('memory for each, KB', (residentBytes(broker.pid) - idleBytes) / count / 1000)
  keepAs('produce to each, ms', await timed(() => produceToEach(broker, plan)))
  keepAs('memory, MB', residentBytes(broker.pid) / 1e6)
  keepAs('descriptors', readdirSync(`/proc/${broker.pid}/fd`).length)
  keepAs('clean stop, ms', await timed(() => broker.stop('SIGTERM')))
  keepAs('clean start, ms', await timed(() => startAgain(broker, plan)))
  keepAs('memory after a clean start, MB', residentBytes(broker.pid) / 1e6)
  await broker.stop('SIGKILL')
  keepAs('start after a kill, ms', await timed(() => startAgain(broker, plan)))
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startMs = performance.now()
  await run()
  return performance.now() - startMs
}

function names({ topics }: PartitionPlan): string[] {
  return Array.from({ length: topics }, (_, index) => `many-${index}`)
}

async function create(broker: KeptBroker, plan: PartitionPlan): Promise<void> {
  await using client = await RawClient.open(broker.bootstrap, 'bench')
  const topics = names(plan).map((name) => ({ name, numPartitions: plan.partitionsPerTopic, replicationFactor: 1, assignments: [], configs: [] }))
  const perRequest = Math.max(1, Math.floor(PARTITIONS_PER_CREATION / plan.partitionsPerTopic))
  for (let first = 0; first < topics.length; first += perRequest) {
    const request = { topics: topics.slice(first, first + perRequest), timeoutMs: REQUEST_TIMEOUT_MS, validateOnly: false }
    const answer = await client.exchange(CreateTopicsApi, 7, request, REQUEST_TIMEOUT_MS)
    const failed = answer.kind !== 'answer' || (answer.value as CreateTopicsResponse).topics.some(({ errorCode }) => errorCode !== ErrorCode.NONE)
    if (failed) throw new Error(`CreateTopics: ${JSON.stringify(answer)}`)
  }
  await untilServed(client, plan)
}

/** Apache Kafka answers CreateTopics before it leads. */
async function untilServed(client: RawClient, plan: PartitionPlan): Promise<void> {
  const topics = names(plan).map((name) => ({ topicId: ZERO_UUID, name }))
  for (;;) {
    const metadata = await client.ask(MetadataApi, 12, { topics, allowAutoTopicCreation: false, includeTopicAuthorizedOperations: false })
    const isLed = metadata.topics.every(
      ({ errorCode, partitions }) =>
        errorCode === ErrorCode.NONE && partitions.length === plan.partitionsPerTopic && partitions.every((one) => one.errorCode === ErrorCode.NONE),
    )
    if (isLed && (await tellsEnds(client, plan))) return
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

async function tellsEnds(client: RawClient, plan: PartitionPlan): Promise<boolean> {
  const topics = names(plan).map((name) => ({
    name,
    partitions: Array.from({ length: plan.partitionsPerTopic }, (_, partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp: -1n })),
  }))
  const answer = await client.ask(ListOffsetsApi, 7, { replicaId: -1, isolationLevel: 0, topics })
  return answer.topics.every(({ partitions }) => partitions.every(({ errorCode }) => errorCode === ErrorCode.NONE))
}

async function produceToEach(broker: KeptBroker, plan: PartitionPlan): Promise<void> {
  await using client = await RawClient.open(broker.bootstrap, 'bench')
  for (const name of names(plan)) {
    for (let first = 0; first < plan.partitionsPerTopic; first += PARTITIONS_PER_REQUEST) {
      const count = Math.min(PARTITIONS_PER_REQUEST, plan.partitionsPerTopic - first)
      const partitionData = Array.from({ length: count }, (_, at) => ({ index: first + at, records: batch() }))
      const answer = await client.ask(ProduceApi, 12, { transactionalId: null, acks: -1, timeoutMs: 30_000, topicData: [{ name, partitionData }] })
      const failed = answer.responses.flatMap(({ partitionResponses }) => partitionResponses).find(({ errorCode }) => errorCode !== ErrorCode.NONE)
      if (failed !== undefined) throw new Error(`Produce: ${JSON.stringify(failed)}`)
    }
  }
}

function batch(): Buffer {
  return buildBatch({}, [{ timestamp: Date.now(), value: RECORD }])
}

async function startAgain(broker: KeptBroker, plan: PartitionPlan): Promise<void> {
  await broker.start()
  await using client = await RawClient.open(broker.bootstrap, 'bench')
  await untilServed(client, plan)
}
