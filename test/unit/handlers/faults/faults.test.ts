import { beforeEach, describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { FetchApi } from '../../../../protocol/messages/fetch.ts'
import { HeartbeatApi } from '../../../../protocol/messages/heartbeat.ts'
import { MetadataApi } from '../../../../protocol/messages/metadata.ts'
import { OffsetFetchApi } from '../../../../protocol/messages/offset-fetch.ts'
import { ProduceApi } from '../../../../protocol/messages/produce.ts'
import { decodeFrom, encodeToBuffer } from '../../../../protocol/schema/codec.ts'
import type { AnyApi } from '../../../../protocol/schema/notation.ts'
import { uuidFromBytes } from '../../../../protocol/uuid.ts'
import { Faults, MAX_FAULTS } from '../../../../src/handlers/faults/faults.ts'
import type { RequestContext } from '../../../../src/handlers/request-context.ts'
import type { Services } from '../../../../src/handlers/services.ts'
import { ManualTime } from '../../../../src/platform/time/manual-time.ts'
import { ApiTable, type Result } from '../../../../src/server/api-table.ts'

const ORDERS_ID = uuidFromBytes(Buffer.alloc(16, 1))
const OTHERS_ID = uuidFromBytes(Buffer.alloc(16, 2))
const APIS: readonly AnyApi[] = [ProduceApi, FetchApi, MetadataApi, OffsetFetchApi, HeartbeatApi]

let time: ManualTime
let served: Record<string, unknown>[]
let answer: (request: Record<string, unknown>) => object | null
let closed: string[]
let connection: AbortController
let table: ApiTable<Services>
let faults: Faults

beforeEach(() => {
  time = new ManualTime(0)
  served = []
  closed = []
  connection = new AbortController()
  answer = () => ({ errorCode: 0 })
  table = new ApiTable<Services>(
    APIS.map((api) => ({
      api,
      listeners: ['broker'],
      handle: (_context: RequestContext, request: Record<string, unknown>) => {
        served.push(request)
        return answer(request)
      },
    })),
  )
  faults = new Faults(table, time)
})

/** What the API's entry gives for a request, as the dispatcher would ask it. */
function ask(api: AnyApi, apiVersion: number, request: Record<string, unknown>, clientId = 'client'): Result {
  const topics = { byName: new Map([['orders', { id: ORDERS_ID }]]), byId: new Map([[ORDERS_ID, { name: 'orders' }]]) }
  const services = { metadata: { image: () => ({ topics }) }, fetchSessions: new Map() }
  const context = { apiVersion, clientId, closed: connection.signal, services, closeConnection: (why: string) => void closed.push(why) }
  return table.find(api.key, 'broker')?.served.handle(context as unknown as RequestContext, request)
}

function heartbeat(clientId?: string): Result {
  return ask(HeartbeatApi, 4, { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null }, clientId)
}

describe('a fault', () => {
  test('answers with its error in place of the handler, and counts the requests that it met', () => {
    const fault = faults.add({ api: 'Heartbeat', error: 'REBALANCE_IN_PROGRESS' })
    expect(heartbeat()).toMatchObject({ errorCode: ErrorCode.REBALANCE_IN_PROGRESS })
    expect(served).toEqual([])
    expect(fault.hits).toBe(1)
  })

  test('is over when it was ended, and after as many requests as it was meant for', () => {
    const ended = faults.add({ api: 'Heartbeat', error: 'NOT_COORDINATOR' })
    ended.end()
    ended.end()
    expect(heartbeat()).toEqual({ errorCode: 0 })
    const twice = faults.add({ api: 'Heartbeat', error: 'NOT_COORDINATOR', times: 2 })
    expect([heartbeat(), heartbeat(), heartbeat()].map((reply) => (reply as { errorCode: number }).errorCode)).toEqual([16, 16, 0])
    expect({ hits: twice.hits, isOver: twice.isOver, left: faults.active }).toEqual({ hits: 2, isOver: true, left: [] })
  })

  test('is for the named client alone', () => {
    faults.add({ api: 'Heartbeat', clientId: 'other', error: 'NOT_COORDINATOR' })
    expect(heartbeat('client')).toEqual({ errorCode: 0 })
    expect(heartbeat('other')).toMatchObject({ errorCode: ErrorCode.NOT_COORDINATOR })
  })

  test('leaves handlers of other APIs as they are, and its own when it is over', () => {
    const before = APIS.map(({ key }) => table.find(key, 'broker'))
    const fault = faults.add({ api: 'Heartbeat', delayMs: 1 })
    expect(APIS.filter(({ key }, index) => table.find(key, 'broker') !== before[index])).toEqual([HeartbeatApi])
    fault.end()
    expect(APIS.map(({ key }) => table.find(key, 'broker'))).toEqual(before)
  })

  test('that was made first is met, and the next when that is over', () => {
    faults.add({ api: 'Heartbeat', error: 'NOT_COORDINATOR', times: 1 })
    faults.add({ error: 'REQUEST_TIMED_OUT' })
    expect([heartbeat(), heartbeat()]).toMatchObject([{ errorCode: ErrorCode.NOT_COORDINATOR }, { errorCode: ErrorCode.REQUEST_TIMED_OUT }])
  })

  test('delays by the clock of the node', async () => {
    faults.add({ api: 'Heartbeat', delayMs: 50 })
    const reply = heartbeat() as Promise<object | null>
    expect(served).toEqual([])
    time.pass(50)
    expect(await reply).toEqual({ errorCode: 0 })
    expect(served).toHaveLength(1)
  })

  test('lets go of what it holds back when it is ended, and not when it has met enough', async () => {
    const fault = faults.add({ api: 'Heartbeat', delayMs: 1_000, error: 'NOT_COORDINATOR', times: 1 })
    const held = heartbeat() as Promise<object | null>
    expect({ isOver: fault.isOver, served }).toEqual({ isOver: true, served: [] })
    fault.end()
    expect(await held).toEqual({ errorCode: 0 })
  })

  test('never serves a request that it held back when its connection was closed meanwhile', async () => {
    faults.add({ api: 'Heartbeat', delayMs: 1_000 })
    const held = heartbeat() as Promise<object | null>
    connection.abort()
    expect(await held).toBeNull()
    expect(served).toEqual([])
  })

  test('drops the connection before the request is handled, or after', () => {
    faults.add({ api: 'Heartbeat', drop: 'before', times: 1 })
    expect(heartbeat()).toBeNull()
    expect({ served, closed: closed.length }).toEqual({ served: [], closed: 1 })
    faults.add({ api: 'Heartbeat', drop: 'after', times: 1 })
    expect(heartbeat()).toBeNull()
    expect({ served: served.length, closed: closed.length }).toEqual({ served: 1, closed: 2 })
  })

  test('cannot be one too many', () => {
    for (let count = 0; count < MAX_FAULTS; count++) faults.add({ api: 'Heartbeat', delayMs: 1 })
    expect(() => faults.add({ api: 'Heartbeat', delayMs: 1 })).toThrow('There are 100 faults already')
    faults.endAll()
    expect(faults.active).toEqual([])
    expect(heartbeat()).toEqual({ errorCode: 0 })
  })
})

describe('an error for one topic', () => {
  const partition = (index: number) => ({ index, records: Buffer.of(1) })
  const response = (topics: readonly Record<string, unknown>[]) =>
    topics.map(({ name, topicId, partitionData }) => ({
      name,
      topicId,
      partitionResponses: (partitionData as { index: number }[]).map(({ index }) => ({ index, errorCode: 0, baseOffset: 7 })),
    }))

  beforeEach(() => {
    answer = ({ topicData }) => ({ responses: response(topicData as Record<string, unknown>[]), throttleTimeMs: 0 })
  })

  function produce(apiVersion: number, acks: number, topicData: readonly Record<string, unknown>[]): object | null {
    const reply = ask(ProduceApi, apiVersion, { transactionalId: null, acks, timeoutMs: 1, topicData }) as object | null
    return reply === null ? null : decodeFrom(ProduceApi.response, encodeToBuffer(ProduceApi.response, reply as never, apiVersion), apiVersion)
  }

  test.each([
    [9, { name: 'orders' }, { name: 'others' }],
    [13, { topicId: ORDERS_ID }, { topicId: OTHERS_ID }],
  ])('fails its partitions of a produce v%i and lets the others be written', (version, orders, others) => {
    faults.add({ api: 'Produce', topic: 'orders', error: 'NOT_LEADER_OR_FOLLOWER' })
    const reply = produce(version, 1, [
      { ...orders, partitionData: [partition(0), partition(3)] },
      { ...others, partitionData: [partition(1)] },
    ])
    expect(reply).toMatchObject({
      responses: [
        { ...others, partitionResponses: [{ index: 1, errorCode: 0, baseOffset: 7 }] },
        {
          ...orders,
          partitionResponses: [
            { index: 0, errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, baseOffset: -1, logAppendTimeMs: -1 },
            { index: 3, errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER },
          ],
        },
      ],
    })
    expect(served).toMatchObject([{ topicData: [others] }])
  })

  test('is not met by requests for others, and needs no handler where the request has no others', () => {
    const fault = faults.add({ api: 'Produce', topic: 'orders', error: 'NOT_LEADER_OR_FOLLOWER' })
    produce(9, 1, [{ name: 'others', partitionData: [partition(0)] }])
    expect({ hits: fault.hits, served: served.length }).toEqual({ hits: 0, served: 1 })
    expect(produce(9, 1, [{ name: 'orders', partitionData: [partition(0)] }])).toMatchObject({ responses: [{ name: 'orders' }] })
    expect({ hits: fault.hits, served: served.length }).toEqual({ hits: 1, served: 1 })
  })

  test('closes the connection of a producer that waits for no answer, the others being written', () => {
    faults.add({ api: 'Produce', topic: 'orders', error: 'NOT_LEADER_OR_FOLLOWER' })
    answer = () => null
    const topics = ['orders', 'others'].map((name) => ({ name, partitionData: [partition(0)] }))
    expect(produce(9, 0, topics)).toBeNull()
    expect(served).toMatchObject([{ topicData: [{ name: 'others' }] }])
    expect(closed).toEqual(['a produce with acks=0 failed by a fault that was asked for: NOT_LEADER_OR_FOLLOWER'])
  })

  test('comes with the brokers, which Metadata tells beside topics', () => {
    faults.add({ api: 'Metadata', topic: 'orders', error: 'LEADER_NOT_AVAILABLE' })
    answer = ({ topics }) => ({ brokers: [{ nodeId: 1 }], topics })
    expect(ask(MetadataApi, 9, { topics: [{ name: 'orders' }] })).toMatchObject({
      brokers: [{ nodeId: 1 }],
      topics: [{ name: 'orders', errorCode: ErrorCode.LEADER_NOT_AVAILABLE }],
    })
  })

  test('stands inside the group that asks for its offsets', () => {
    faults.add({ api: 'OffsetFetch', topic: 'orders', error: 'UNSTABLE_OFFSET_COMMIT' })
    answer = () => ({ groups: [{ groupId: 'g', topics: [{ name: 'others', partitions: [] }], errorCode: 0 }] })
    const topics = ['orders', 'others'].map((name) => ({ name, partitionIndexes: [0] }))
    const groups = [
      { groupId: 'g', topics },
      { groupId: 'all', topics: null },
    ]
    expect(ask(OffsetFetchApi, 8, { groups })).toMatchObject({
      groups: [
        {
          groupId: 'g',
          errorCode: 0,
          topics: [
            { name: 'others' },
            { name: 'orders', partitions: [{ partitionIndex: 0, committedOffset: -1, errorCode: ErrorCode.UNSTABLE_OFFSET_COMMIT }] },
          ],
        },
      ],
    })
    expect(served).toMatchObject([
      {
        groups: [
          { groupId: 'g', topics: [{ name: 'others' }] },
          { groupId: 'all', topics: null },
        ],
      },
    ])
  })

  test('replaces the records of a fetch, which is served at once and whole, so that its session goes on', () => {
    faults.add({ api: 'Fetch', topic: 'orders', error: 'KAFKA_STORAGE_ERROR' })
    const records = Buffer.of(1, 2, 3)
    answer = () => ({
      sessionId: 5,
      responses: [
        { topic: 'orders', partitions: [{ partitionIndex: 0, errorCode: 0, highWatermark: 9, records }] },
        { topic: 'others', partitions: [{ partitionIndex: 0, errorCode: 0, highWatermark: 9, records }] },
      ],
    })
    const topics = ['orders', 'others'].map((topic) => ({ topic, partitions: [{ partition: 0 }] }))
    expect(ask(FetchApi, 12, { sessionId: 0, sessionEpoch: 0, maxWaitMs: 500, topics, forgottenTopicsData: [] })).toMatchObject({
      sessionId: 5,
      responses: [
        { topic: 'others', partitions: [{ highWatermark: 9, records }] },
        { topic: 'orders', partitions: [{ partitionIndex: 0, errorCode: ErrorCode.KAFKA_STORAGE_ERROR, highWatermark: -1, records: Buffer.alloc(0) }] },
      ],
    })
    expect(served).toMatchObject([{ maxWaitMs: 0, topics }])
  })
})

describe('a fault is refused', () => {
  test.each<[unknown, string]>([
    [null, 'A fault is an object.'],
    [[], 'A fault is an object.'],
    [{}, 'A fault does nothing without one of error, delayMs and drop.'],
    [{ api: 'Heartbeat' }, 'A fault does nothing without one of error, delayMs and drop.'],
    [{ delay: 5 }, 'A fault has no delay;'],
    [{ api: 'heartbeat', delayMs: 1 }, 'This node serves no API heartbeat. Did you mean Heartbeat?'],
    [{ api: 7, delayMs: 1 }, 'This node serves no API 7.'],
    [{ api: [], delayMs: 1 }, 'The list of api is empty'],
    [{ error: 'NOT_LEADER' }, 'Kafka has no error NOT_LEADER.'],
    [{ error: 'toString' }, 'Kafka has no error toString.'],
    [{ error: 'NONE' }, 'NONE is no error.'],
    [{ error: 16 }, 'error is a text, not 16.'],
    [{ error: 'NOT_COORDINATOR', drop: 'after' }, 'a fault has error or drop, not both'],
    [{ drop: true }, 'drop is before or after (the request was handled), not true.'],
    [{ delayMs: Number.NaN }, 'delayMs is a whole number from 0 to 86400000, not NaN.'],
    [{ delayMs: -1 }, 'delayMs is a whole number from 0 to 86400000, not -1.'],
    [{ topic: '', delayMs: 1 }, 'No topic has an empty name; leave topic out for all topics.'],
    [{ delayMs: 1, times: 0 }, 'times is a whole number from 1 to 1000000000, not 0.'],
    [{ api: ['Produce', 'Heartbeat'], topic: 'orders', delayMs: 1 }, 'Requests of Heartbeat name no topics: leave topic out.'],
  ])('%j: %s', (input, message) => {
    expect(() => faults.add(input)).toThrow(expect.objectContaining({ code: 'FAULT_INVALID', message: expect.stringContaining(message) }))
    expect(faults.active).toEqual([])
  })
})
