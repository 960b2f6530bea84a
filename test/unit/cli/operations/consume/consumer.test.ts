import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../../../protocol/error-codes.ts'
import { SaslAuthenticateApi } from '../../../../../protocol/messages/sasl-authenticate.ts'
import { SaslHandshakeApi } from '../../../../../protocol/messages/sasl-handshake.ts'
import { deferred } from '../../../../../src/base/deferred.ts'
import type { ClientSettings } from '../../../../../src/cli/operations/cluster/client-settings.ts'
import { Consumer } from '../../../../../src/cli/operations/consume/consumer.ts'
import { type ConsumerSettings, defaultConsumerSettings, defaultGroupSettings } from '../../../../../src/cli/operations/consume/consumer-settings.ts'
import { type Served, served } from '../../../../support/peers/answering-node.ts'
import { AskedCluster, TOPIC } from '../../../../support/peers/asked-cluster.ts'
import { ServedGroup } from '../../../../support/peers/served-group.ts'
import { ServedLog } from '../../../../support/peers/served-log.ts'
import { World } from '../../../../support/world/world.ts'

const COMMIT_INTERVAL_MS = 5_000
const LONG_MS = 60_000

interface Options {
  readonly values?: readonly (readonly string[])[]
  readonly brokerCount?: number
  readonly settings?: Partial<ConsumerSettings>
  readonly client?: Partial<ClientSettings>
  /** Served besides. */
  readonly apis?: readonly Served[]
}

/** A member of a group that reads a topic from its beginning. */
async function member({ values = [['a', 'b', 'c']], brokerCount = 1, settings = {}, client = {}, apis = [] }: Options = {}) {
  const world = new World({ seed: 1 })
  const log = new ServedLog(values, world.node('broker-1').ports.timers)
  const group = new ServedGroup()
  const asked: AskedCluster = await AskedCluster.start({ world, brokerCount, leaders: values.map(() => 1) }, (broker, cluster) => [
    ...log.apis(broker, TOPIC),
    ...group.apis(broker, () => cluster.coordinator),
    ...apis,
  ])
  const inGroup = { ...defaultGroupSettings, groupId: 'readers', commitIntervalMs: COMMIT_INTERVAL_MS }
  const consumer = new Consumer(asked.client(client), { ...defaultConsumerSettings, offsetReset: 'earliest', group: inGroup, ...settings })
  consumer.subscribe(async () => new Map([[TOPIC, values.length]]))
  const stopping = new AbortController()
  const next = async (timeoutMs = LONG_MS) => {
    const record = await world.complete(consumer.next(timeoutMs, stopping.signal))
    return record === null ? null : String(record.value)
  }
  const take = async (count: number) => {
    const found: (string | null)[] = []
    while (found.length < count) found.push(await next())
    return found
  }
  return { world, log, group, asked, consumer, stopping, next, take, close: () => world.complete(consumer.close()) }
}

describe('a consumer in a group', () => {
  test('reads what it is given, and commits it when it is closed and leaves', async () => {
    const { group, take, close } = await member({ values: [['a', 'b'], ['x']] })
    expect((await take(3)).toSorted()).toEqual(['a', 'b', 'x'])
    await close()
    expect([...group.committed]).toEqual([
      [0, 2],
      [1, 1],
    ])
    expect(group.left).toEqual(['member-1'])
  })

  test('goes on where the group left off', async () => {
    const { group, take } = await member({ values: [['a', 'b', 'c']] })
    group.committed.set(0, 2)
    expect(await take(1)).toEqual(['c'])
  })

  test('commits what was given as often as it shall, and only what moved', async () => {
    const { group, take, next, close } = await member()
    await take(2)
    expect(await next(1_000)).toBe('c')
    expect(await next(2 * COMMIT_INTERVAL_MS + 1_000)).toBeNull()
    expect(group.commits.map(({ offsets }) => offsets)).toEqual([{ 0: 3 }])
    await close()
    expect(group.commits).toHaveLength(1)
  })

  test('says that none came in time', async () => {
    const { world, next } = await member({ values: [[]] })
    const startMs = world.nowMs
    expect(await next(700)).toBeNull()
    expect(world.nowMs - startMs).toBeCloseTo(700, 0)
  })

  test('keeps its place by heartbeats while there is nothing to read', async () => {
    const { group, take, next } = await member()
    let beats = 0
    group.heartbeatFate = () => {
      beats++
      return ErrorCode.NONE
    }
    await take(3)
    await next(10_000)
    expect(beats).toBeGreaterThanOrEqual(3)
    expect(group.generation).toBe(1)
  })

  test('commits and joins again when others come, and reads on without a gap', async () => {
    const { group, log, take, next } = await member()
    await take(2)
    let isRebalancing = true
    group.heartbeatFate = () => (isRebalancing ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE)
    const joined = group.generation
    group.othersJoined = async () => {
      isRebalancing = false
    }
    expect(await next()).toBe('c')
    expect(await next(4_000)).toBeNull()
    expect([group.generation, group.committed.get(0)]).toEqual([joined + 1, 3])
    log.values[0]?.push('d')
    expect(await next()).toBe('d')
  })

  test('comes in again as another where the coordinator does not know it any more', async () => {
    const { group, take } = await member()
    await take(3)
    group.heartbeatFate = (memberId) => (memberId === 'member-1' ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE)
    // Nothing can be committed for the member that it was.
    expect(await take(3)).toEqual(['a', 'b', 'c'])
    expect([group.memberCount, group.commits]).toEqual([2, []])
  })

  test('reads a topic that comes to be later', async () => {
    const { group, consumer, asked, take } = await member({ values: [['a'], ['x']] })
    asked.leaders = []
    let lookCount = 0
    consumer.subscribe(async () => {
      if (++lookCount === 3) asked.leaders = [1, 1]
      return new Map([[TOPIC, asked.leaders.length]])
    })
    expect((await take(2)).toSorted()).toEqual(['a', 'x'])
    expect(group.generation).toBe(2)
  })

  test('keeps its place as a static member when it is closed', async () => {
    const group = { ...defaultGroupSettings, groupId: 'readers', instanceId: 'one' }
    const reading = await member({ settings: { group } })
    await reading.take(3)
    await reading.close()
    expect([reading.group.committed.get(0), reading.group.left]).toEqual([3, []])
  })

  test('says who it is on each connection, be it the one on which it joins', async () => {
    let toldCount = 0
    const apis = [
      served(SaslHandshakeApi, () => ({ errorCode: ErrorCode.NONE, mechanisms: ['PLAIN'] })),
      served(SaslAuthenticateApi, () => {
        toldCount++
        return { errorCode: ErrorCode.NONE, errorMessage: null, authBytes: Buffer.alloc(0) }
      }),
    ]
    const security = { tls: null, sasl: { mechanism: 'PLAIN', username: 'me', password: 'secret' } } as const
    // Simulated time does not wait for modules to be loaded.
    await Promise.all([import('../../../../../src/client/sasl/authenticate.ts'), import('../../../../../src/client/sasl/plain.ts')])
    const { asked, consumer, world, stopping, close } = await member({ apis, client: { security, apiTimeoutMs: 600_000, requestTimeoutMs: 600_000 } })
    expect(await world.complete(consumer.next(600_000, stopping.signal))).not.toBeNull()
    expect([asked.brokers.get(1)?.connectionCount, toldCount]).toEqual([2, 2])
    await close()
  })

  test('fails with what does not pass by itself', async () => {
    const { group, take, next } = await member()
    await take(3)
    group.heartbeatFate = () => ErrorCode.GROUP_AUTHORIZATION_FAILED
    await expect(next()).rejects.toMatchObject({ code: 'GROUP_AUTHORIZATION_FAILED' })
  })
})

describe('a commit that is not taken', () => {
  test('is sent again a little later', async () => {
    const { group, take, next } = await member()
    const fates: number[] = [ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS]
    group.commitFate = () => fates.shift() ?? ErrorCode.NONE
    await take(3)
    // The coordinator is looked for anew, behind a Fetch that waits.
    await next(COMMIT_INTERVAL_MS + 1_500)
    expect(group.commits).toHaveLength(3)
    expect(group.committed.get(0)).toBe(3)
  })

  test('is sent again to the broker to which the coordinator has moved', async () => {
    const { group, asked, take, close } = await member({ brokerCount: 2 })
    await take(3)
    asked.coordinator = 2
    await close()
    expect(group.commits.map(({ broker }) => broker)).toEqual([1, 2])
    expect([group.committed.get(0), group.left]).toEqual([3, ['member-1']])
  })

  test('is sent again where the connection broke and nobody knows whether it was taken', async () => {
    const { group, asked, take, close } = await member()
    group.commitFate = async () => {
      if (group.commits.length === 1) asked.brokers.get(1)?.closeConnections()
      return ErrorCode.NONE
    }
    await take(3)
    await close()
    expect(group.commits.map(({ offsets }) => offsets)).toEqual([{ 0: 3 }, { 0: 3 }])
  })

  test('is told of when it is not taken until the time is over; the group is left all the same', async () => {
    const { world, group, take, close } = await member({ client: { apiTimeoutMs: 3_000 } })
    await take(3)
    group.commitFate = () => ErrorCode.COORDINATOR_NOT_AVAILABLE
    const startMs = world.nowMs
    await expect(close()).rejects.toMatchObject({ code: 'REQUEST_TIMED_OUT', message: expect.stringContaining('commitOffsets') })
    expect(world.nowMs - startMs).toBeLessThan(3_100)
    expect(group.left).toEqual(['member-1'])
  })

  test('is not sent again where the partitions are another’s by now', async () => {
    const { group, take, close } = await member()
    await take(3)
    group.commitFate = () => ErrorCode.ILLEGAL_GENERATION
    await close()
    expect(group.commits).toHaveLength(1)
  })

  test('does not end reading where the topic is gone, and is not taken for one', async () => {
    const { group, log, take, next } = await member()
    await take(3)
    group.partitionFate = () => ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
    await next(COMMIT_INTERVAL_MS + 1_000)
    group.partitionFate = () => ErrorCode.NONE
    await next(COMMIT_INTERVAL_MS + 1_000)
    expect(group.committed.get(0)).toBe(3)
    log.values[0]?.push('d')
    expect(await next()).toBe('d')
  })

  test('holds up nobody for longer than an answer may take', async () => {
    const { world, group, log, take, next } = await member()
    await take(3)
    group.commitFate = () => (group.commits.length === 1 ? new Promise<never>(() => undefined) : ErrorCode.NONE)
    await next(COMMIT_INTERVAL_MS)
    log.values[0]?.push('d')
    const startMs = world.nowMs
    expect(await next()).toBe('d')
    expect(world.nowMs - startMs).toBeLessThan(2_000)
    await next(1_000)
    expect(group.committed.get(0)).toBe(4)
  })
})

describe('a signal', () => {
  test('gives up a join that waits for others, and the group is left over another connection', async () => {
    const { world, group, consumer, stopping, close } = await member()
    group.othersJoined = () => new Promise(() => undefined)
    const waiting = consumer.next(LONG_MS, stopping.signal)
    await world.run(1_000)
    expect(group.memberCount).toBe(1)
    stopping.abort()
    expect(await world.complete(waiting, { withinMs: 1 })).toBeNull()
    const startMs = world.nowMs
    await close()
    expect(world.nowMs - startMs).toBeLessThan(100)
    expect(group.left).toEqual(['member-1'])
  })

  test.each(['metadata', 'commit', 'records'] as const)('gives up waiting for %s', async (what) => {
    const { world, group, asked, consumer, stopping, take } = await member()
    const never = deferred<number>()
    if (what !== 'metadata') await take(3)
    else asked.isMetadataSilent = true
    if (what === 'commit') group.commitFate = () => never.promise
    const waiting = consumer.next(LONG_MS, stopping.signal)
    await world.run(what === 'commit' ? COMMIT_INTERVAL_MS + 100 : 800)
    stopping.abort()
    expect(await world.complete(waiting, { withinMs: 1 })).toBeNull()
  })

  test('that was raised before gives nothing', async () => {
    const { stopping, next } = await member()
    stopping.abort()
    expect(await next()).toBeNull()
  })
})

test('a consumer that is disposed without having been closed commits what it can, once, and leaves', async () => {
  const { world, group, consumer, take } = await member()
  await take(2)
  group.commitFate = () => ErrorCode.COORDINATOR_NOT_AVAILABLE
  await world.complete(consumer[Symbol.asyncDispose]())
  expect([group.commits.length, group.left]).toEqual([1, ['member-1']])
})
