import { expect, test } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { FetchApi } from '../../../protocol/messages/fetch.ts'
import { HeartbeatApi } from '../../../protocol/messages/heartbeat.ts'
import { deferred } from '../../../src/base/deferred.ts'
import { RequestStats } from '../../../src/server/request-stats.ts'
import { Harness, heartbeat } from './harness.ts'

const LENGTH_BYTES = 4
const HEARTBEAT = { errorCode: ErrorCode.NONE, throttleTimeMs: 0 }

function kindOf(stats: RequestStats, name: string) {
  const kind = [...stats.kinds].find((candidate) => candidate.name === name)
  if (kind === undefined) throw new Error(`no ${name} came`)
  return kind
}

test('the time of a request is what it waits for its turn, what it is handled for and what it waits for others', async () => {
  const answers = [deferred<object>(), deferred<object>()]
  let handled = 0
  const harness: Harness = new Harness(() => {
    harness.time.advance(5)
    return (answers[handled++] as (typeof answers)[number]).promise
  })
  const socket = harness.connect()
  socket.receive(Buffer.concat([heartbeat(1), heartbeat(2)]))
  expect(harness.requests.inFlight).toBe(1)
  expect(kindOf(harness.requests, 'Heartbeat').inFlight).toBe(1)
  harness.time.advance(100)
  answers[0]?.resolve(HEARTBEAT)
  await answers[0]?.promise
  await Promise.resolve()
  harness.time.advance(1000)
  answers[1]?.resolve({ ...HEARTBEAT, errorCode: ErrorCode.UNKNOWN_MEMBER_ID })
  await answers[1]?.promise
  await Promise.resolve()
  const kind = kindOf(harness.requests, 'Heartbeat')
  expect([harness.requests.inFlight, kind.inFlight]).toEqual([0, 0])
  expect(kind.versions[4]).toBe(2)
  expect(kind.local.sum).toBeCloseTo(0.01)
  expect(kind.remote.sum).toBeCloseTo(1.1)
  // The second came with the first, and waited for its reply.
  expect(kind.queue.sum).toBeCloseTo(0.105)
  expect(kind.total.sum).toBeCloseTo(1.215)
  expect([...kind.errors]).toEqual([
    [ErrorCode.NONE, 1],
    [ErrorCode.UNKNOWN_MEMBER_ID, 1],
  ])
  expect(kind.requestBytes).toBe(2 * (heartbeat(1).length - LENGTH_BYTES))
  expect(kind.replyBytes).toBeGreaterThan(0)
})

test('a request that fails by a mistake of ours counts as answered with UNKNOWN_SERVER_ERROR, and is in flight no more', () => {
  const harness = new Harness(() => {
    throw new Error('a mistake')
  })
  harness.connect().receive(heartbeat(1))
  expect(harness.requests.inFlight).toBe(0)
  expect([...kindOf(harness.requests, 'Heartbeat').errors]).toEqual([[ErrorCode.UNKNOWN_SERVER_ERROR, 1]])
})

test('fetches count once for all, and once more for consumers or followers', () => {
  const stats = new RequestStats()
  const names = (fetch: object) => stats.countedAs(FetchApi, fetch).kinds.map(({ name }) => name)
  expect(names({ replicaId: -1, replicaState: { replicaId: -1 } })).toEqual(['Fetch', 'FetchConsumer'])
  expect(names({ replicaId: 2, replicaState: { replicaId: -1 } })).toEqual(['Fetch', 'FetchFollower'])
  expect(names({ replicaId: -1, replicaState: { replicaId: 3 } })).toEqual(['Fetch', 'FetchFollower'])
  expect(stats.countedAs(HeartbeatApi, {}).kinds.map(({ name }) => name)).toEqual(['Heartbeat'])
  expect([...stats.kinds].map(({ name }) => name)).toEqual(['Fetch', 'FetchConsumer', 'FetchFollower', 'Heartbeat'])
})

test('an error code of a fetch is counted under both of its names', () => {
  const stats = new RequestStats()
  const counted = stats.countedAs(FetchApi, { replicaId: -1 })
  counted.addError(ErrorCode.OFFSET_OUT_OF_RANGE)
  expect(stats.countedAs(FetchApi, { replicaId: -1 })).toBe(counted)
  for (const name of ['Fetch', 'FetchConsumer']) expect([...kindOf(stats, name).errors]).toEqual([[ErrorCode.OFFSET_OUT_OF_RANGE, 1]])
})

test('nothing is read while requests wait for their turn, so that what came last is when they arrived', () => {
  const harness = new Harness(() => new Promise<object>(() => undefined))
  const socket = harness.connect()
  socket.receive(Buffer.concat([heartbeat(1), heartbeat(2)]))
  expect(socket.isPaused).toBe(true)
})

test('what comes and goes on a listener is counted', () => {
  const harness = new Harness(() => HEARTBEAT)
  const [first, second] = [harness.connect(), harness.connect()]
  const frame = heartbeat(1)
  first.receive(frame)
  const [listener] = harness.connections.listeners
  expect(listener).toMatchObject({ name: 'PLAINTEXT', open: 2, opened: 2, bytesIn: frame.length })
  expect(listener?.bytesOut).toBeGreaterThan(0)
  second.close()
  expect(harness.connections.listeners[0]).toMatchObject({ open: 1, opened: 2, waiting: 0 })
})
