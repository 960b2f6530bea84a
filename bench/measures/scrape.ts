import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { RawClient } from '../../compat/oracle/raw-client.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { CreateTopicsApi, type CreateTopicsResponse } from '../../protocol/messages/create-topics.ts'
import { FindCoordinatorApi } from '../../protocol/messages/find-coordinator.ts'
import { OffsetCommitApi, type OffsetCommitResponse } from '../../protocol/messages/offset-commit.ts'
import { freePorts } from '../../test/support/free-ports.ts'
import { type KeptBroker, startBroker } from '../brokers.ts'
import { cpuSeconds } from '../process-stats.ts'
import type { Keep } from '../round.ts'

const REQUEST_TIMEOUT_MS = 300_000
const PARTITIONS_PER_TOPIC = 1_000
const TOPICS_PER_REQUEST = 5
const SCRAPES = 10
/** What the process tells of itself stands there. */
const END_CHARACTERS = 32_000

/** By which the node measures delays of its event loop; they are told with it. */
const EVENT_LOOP_INTERVAL_MS = 20
const EVENT_LOOP_MAX = /^nodejs_eventloop_lag_max_seconds (\S+)$/m

interface Scrape {
  readonly ms: number
  readonly bytes: number
  /** The longest since the reading before. */
  readonly holdMs: number
}

/** What a node has that is told one by one. */
export interface ScrapeScale {
  readonly partitions: number
  /** Without members; each committed in all partitions of one topic. */
  readonly groups: number
}

/**
 * Readings of the metrics of a node with so many partitions and groups: how long one takes and how much it is, what it costs the node, and
 * for how long it holds the event loop, which is as long as clients may have to wait. The first reading, which loads a package, is left out.
 */
export async function scrape({ partitions, groups }: ScrapeScale, keep: Keep): Promise<void> {
  const keepAs = (what: string, value: number) => keep({ [`scrape of ${partitions} partitions${groups > 0 ? `, ${groups} groups` : ''}: ${what}`]: value })
  const [port = 0] = await freePorts(1)
  await using broker = await startBroker('odradek', { settings: { 'metrics.port': String(port) } })
  await create(broker, partitions)
  await commit(broker, groups, Math.min(PARTITIONS_PER_TOPIC, partitions))
  await scrapeOnce(port)
  const cpuBefore = cpuSeconds(broker.pid)
  const scrapes: Scrape[] = []
  for (let count = 0; count < SCRAPES; count++) scrapes.push(await scrapeOnce(port))
  keepAs('ms', median(scrapes.map(({ ms }) => ms)))
  keepAs('KB', median(scrapes.map(({ bytes }) => bytes)) / 1000)
  keepAs('processor time, ms', ((cpuSeconds(broker.pid) - cpuBefore) / SCRAPES) * 1000)
  keepAs('longest hold of the event loop, ms', median(scrapes.map(({ holdMs }) => holdMs)))
}

async function create(broker: KeptBroker, partitionCount: number): Promise<void> {
  await using client = await RawClient.open(broker.bootstrap, 'bench')
  const names = Array.from({ length: Math.ceil(partitionCount / PARTITIONS_PER_TOPIC) }, (_, index) => `many-${index}`)
  for (let first = 0; first < names.length; first += TOPICS_PER_REQUEST) {
    const numPartitions = Math.min(PARTITIONS_PER_TOPIC, partitionCount)
    const topics = names.slice(first, first + TOPICS_PER_REQUEST).map((name) => ({ name, numPartitions, replicationFactor: 1, assignments: [], configs: [] }))
    const answer = await client.exchange(CreateTopicsApi, 7, { topics, timeoutMs: REQUEST_TIMEOUT_MS, validateOnly: false }, REQUEST_TIMEOUT_MS)
    const isMade = answer.kind === 'answer' && (answer.value as CreateTopicsResponse).topics.every(({ errorCode }) => errorCode === ErrorCode.NONE)
    if (!isMade) throw new Error(`CreateTopics: ${JSON.stringify(answer)}`)
  }
}

/** Each group commits once in each partition of the first topic, as a consumer without a group's protocol does. */
async function commit(broker: KeptBroker, groupCount: number, partitionCount: number): Promise<void> {
  if (groupCount === 0) return
  await using client = await RawClient.open(broker.bootstrap, 'bench')
  const partitions = Array.from({ length: partitionCount }, (_, partitionIndex) => ({ partitionIndex, committedOffset: 0, committedMetadata: '' }))
  await coordinatorOf(client)
  for (let group = 0; group < groupCount; group++) {
    const answer = await client.exchange(OffsetCommitApi, 9, { groupId: `group-${group}`, topics: [{ name: 'many-0', partitions }] }, REQUEST_TIMEOUT_MS)
    const isTaken =
      answer.kind === 'answer' &&
      (answer.value as OffsetCommitResponse).topics.every((topic) => topic.partitions.every(({ errorCode }) => errorCode === ErrorCode.NONE))
    if (!isTaken) throw new Error(`OffsetCommit: ${JSON.stringify(answer)}`)
  }
}

/** Asking for it makes the topic of the groups. */
async function coordinatorOf(client: RawClient): Promise<void> {
  for (;;) {
    const { coordinators } = await client.ask(FindCoordinatorApi, 4, { keyType: 0, coordinatorKeys: ['group-0'] })
    if (coordinators[0]?.errorCode === ErrorCode.NONE) return
    await sleep(100)
  }
}

/** Keeps the end alone, so that the client is not what is measured. */
function scrapeOnce(port: number): Promise<Scrape> {
  const startMs = performance.now()
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path: '/metrics' }, (answer) => {
      let bytes = 0
      let end = ''
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        end = (end + chunk.toString()).slice(-END_CHARACTERS)
      })
      answer.on('end', () => resolve({ ms: performance.now() - startMs, bytes, holdMs: holdIn(end) }))
      answer.on('error', reject)
    })
    asked.on('error', reject)
    asked.end()
  })
}

function holdIn(text: string): number {
  // 0 where no measurement fell into the time since the reading before.
  return Math.max(0, Number(EVENT_LOOP_MAX.exec(text)?.[1]) * 1000 - EVENT_LOOP_INTERVAL_MS)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
