import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DescribeLogDirsApi } from '../../protocol/messages/describe-log-dirs.ts'
import { FetchApi, type FetchResponse } from '../../protocol/messages/fetch.ts'
import { OffsetCommitApi } from '../../protocol/messages/offset-commit.ts'
import { handlers } from '../../src/handlers/registry.ts'
import { masked } from './mask.ts'
import { type Pair, startPair } from './pair.ts'
import { candidates, DIRECTORY, GROUPS, ID_OF_ONE, ID_OF_THREE, MEMBER_OF_STABLE, type RandomRequest, randomRequest, TOPICS } from './random-request.ts'
import { type Outcome, RawClient } from './raw-client.ts'
import type { Stage } from './scenario.ts'
import { alterConfigSettings } from './scenarios/alter-configs.ts'
import { append, topicIdOf } from './scenarios/data.ts'
import { coordinatorReady, stableGroup } from './scenarios/groups.ts'
import { newProducerId } from './scenarios/producers.ts'
import { createTopic } from './scenarios/topics.ts'

const REQUESTS = 2_000
const TIMEOUT_MS = 120_000
const SILENCE_MS = 10_000
/** More would only repeat the same difference. */
const REPORTED = 10
/** Lists that Apache Kafka collects in hash maps. */
const UNORDERED = ['topics', 'partitions', 'groups', 'responses', 'results', 'replicaElectionResults', 'configs', 'configResources']
/** Texts in our own words; directories and what is free on them. */
const DIFFERING = ['documentation', 'logDir', 'totalBytes', 'usableBytes']
/** Whose answers take more than masks to be compared, which would change the quorum, or which Apache Kafka serves with a plugin only: `scenarios/` has them. */
const LEFT_OUT = ['Produce', 'ApiVersions', 'GetTelemetrySubscriptions', 'PushTelemetry', 'AddRaftVoter', 'RemoveRaftVoter']
const seed = Number(process.env.ODRADEK_SEED ?? 1)

/** One broker with the same topics, records and groups as the other. */
interface Side {
  readonly bootstrap: string
  client: RawClient
  /** What this broker calls the things that requests name by a token. */
  readonly real: ReadonlyMap<string, string>
}

let pair: Pair
let sides: readonly Side[]

beforeAll(async () => {
  // Auto-creation is compared by itself: Apache Kafka answers before the topic is there.
  pair = await startPair({ settings: { ...alterConfigSettings, 'auto.create.topics.enable': false } })
  sides = await Promise.all([pair.kafka, pair.odradek].map(({ bootstrap, controllerPort }) => prepare(bootstrap, controllerPort)))
})

afterAll(async () => {
  for (const side of sides ?? []) await side.client[Symbol.asyncDispose]()
  await pair?.[Symbol.asyncDispose]()
})

test('every API that brokers serve to clients is among the random requests', () => {
  const names = new Set(candidates.map(({ api }) => api.name))
  const served = handlers.filter(({ listeners }) => listeners.includes('broker')).map(({ api }) => api.name)
  expect(served.filter((name) => !names.has(name))).toEqual(LEFT_OUT)
})

test(`random requests have the same answers (ODRADEK_SEED=${seed})`, { timeout: TIMEOUT_MS }, async () => {
  const differences: string[] = []
  for (const request of fc.sample(randomRequest, { numRuns: REQUESTS, seed })) {
    const [expected, actual] = await Promise.all(sides.map((side) => outcome(side, request)))
    try {
      expect(actual).toEqual(expected)
    } catch {
      differences.push(asText({ api: request.api.name, version: request.version, body: request.body, expected, actual }))
    }
    if (differences.length >= REPORTED) break
  }
  expect(differences).toEqual([])
})

async function prepare(bootstrap: string, controllerPort: number): Promise<Side> {
  const client = await RawClient.open(bootstrap)
  const stage: Stage = {
    bootstrap,
    client,
    open: () => RawClient.open(bootstrap),
    openController: () => RawClient.open(`127.0.0.1:${controllerPort}`),
    name: (what) => what,
  }
  const [one, three] = TOPICS
  await createTopic(stage, one, 1)
  await createTopic(stage, three, 3)
  await append(
    stage,
    three,
    [0, 1, 2].map((n) => ({ timestamp: 1_700_000_000_000 + n, value: Buffer.from(`value ${n}`) })),
  )
  await append(stage, one, [{ timestamp: 1_700_000_000_005, key: Buffer.from('key'), value: null }])
  const [stable, committed] = GROUPS
  const { joined } = await stableGroup(stage, stable, { sessionTimeoutMs: 1_800_000, topics: [three] })
  await coordinatorReady(stage, committed)
  await client.ask(OffsetCommitApi, 9, {
    groupId: committed,
    topics: [{ name: one, partitions: [{ partitionIndex: 0, committedOffset: 1, committedMetadata: 'note' }] }],
  })
  // The first id of all, which is 0 and on Apache Kafka has to be waited for.
  await newProducerId(stage)
  const directories = await client.ask(DescribeLogDirsApi, 5, { topics: [] })
  const real = new Map<string, string>([
    [ID_OF_ONE, await topicIdOf(stage, one)],
    [ID_OF_THREE, await topicIdOf(stage, three)],
    [MEMBER_OF_STABLE, joined.memberId],
    [DIRECTORY, directories.results[0]?.logDir ?? ''],
  ])
  return { bootstrap, client, real }
}

/** A connection that the broker closed is an outcome; the next request has a new one. */
async function outcome(side: Side, { api, version, body }: RandomRequest): Promise<unknown> {
  if (side.client.isClosed) side.client = await RawClient.open(side.bootstrap)
  const answered = await side.client.exchange(api, version, replaced(body, side.real), SILENCE_MS)
  if (answered.kind === 'silence') throw new Error(`no answer, where all are immediate: ${asText({ api: api.name, version, body })}`)
  return masked(api.key === FetchApi.key ? onePartitionEach(answered) : answered, { unordered: UNORDERED, mask: DIFFERING })
}

/** Which partitions of a topic stand together in an answer to Fetch depends on their order. */
function onePartitionEach(fetched: Outcome): Outcome {
  if (fetched.kind !== 'answer') return fetched
  const answer = fetched.value as FetchResponse
  const responses = answer.responses.flatMap((topic) => topic.partitions.map((partition) => ({ ...topic, partitions: [partition] })))
  return { ...fetched, value: { ...answer, responses } }
}

function replaced(fields: Readonly<Record<string, unknown>>, real: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, replacedValue(field, real)]))
}

function replacedValue(node: unknown, real: ReadonlyMap<string, string>): unknown {
  if (typeof node === 'string') return real.get(node) ?? node
  if (Array.isArray(node)) return node.map((element) => replacedValue(element, real))
  if (typeof node !== 'object' || node === null || node instanceof Uint8Array) return node
  return replaced(node as Readonly<Record<string, unknown>>, real)
}

function asText(difference: unknown): string {
  return JSON.stringify(difference, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))
}
