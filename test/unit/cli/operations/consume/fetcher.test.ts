import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../../../protocol/error-codes.ts'
import { deferred } from '../../../../../src/base/deferred.ts'
import { type ConsumerSettings, defaultConsumerSettings } from '../../../../../src/cli/operations/consume/consumer-settings.ts'
import { Fetcher } from '../../../../../src/cli/operations/consume/fetcher.ts'
import { AskedCluster, TOPIC } from '../../../../support/peers/asked-cluster.ts'
import { ServedLog } from '../../../../support/peers/served-log.ts'
import { World } from '../../../../support/world/world.ts'

async function reading(values: readonly (readonly string[])[], leaders: readonly number[], settings: Partial<ConsumerSettings> = {}) {
  const world = new World({ seed: 1 })
  const log = new ServedLog(values, world.node('broker-1').ports.timers)
  const brokerCount = Math.max(1, ...leaders)
  const asked = await AskedCluster.start({ world, brokerCount, leaders }, (broker) => log.apis(broker, TOPIC))
  const fetcher = new Fetcher(asked.client(), { ...defaultConsumerSettings, ...settings })
  const from = (...offsets: number[]) => fetcher.assign(offsets.map((offset, partition) => ({ topic: TOPIC, partition, offset, leaderEpoch: -1 })))
  /** So many records, as they come. */
  const take = (count: number, signal = new AbortController().signal) => world.complete(taken(fetcher, count, signal))
  return { log, asked, world, fetcher, from, take }
}

async function taken(fetcher: Fetcher, count: number, signal: AbortSignal): Promise<string[]> {
  const values: string[] = []
  while (values.length < count) {
    const record = fetcher.take()
    if (record === null) await fetcher.fetch(500, signal)
    else values.push(String(record.value))
  }
  return values
}

describe('a fetcher', () => {
  test('gives what partitions hold, each in order', async () => {
    const { from, take } = await reading(
      [
        ['a1', 'a2', 'a3', 'a4'],
        ['b1', 'b2'],
      ],
      [1, 2],
    )
    from(0, 0)
    const values = await take(6)
    expect(values.filter((value) => value.startsWith('a'))).toEqual(['a1', 'a2', 'a3', 'a4'])
    expect(values.filter((value) => value.startsWith('b'))).toEqual(['b1', 'b2'])
  })

  test('counts as read what was taken, and not what was fetched', async () => {
    const { from, take, fetcher } = await reading([['a', 'b', 'c', 'd']], [1])
    from(1)
    expect(fetcher.positions()).toMatchObject([{ offset: 1 }])
    expect(await take(1)).toEqual(['b'])
    expect(fetcher.positions()).toEqual([{ topic: TOPIC, partition: 0, offset: 2, leaderEpoch: 0 }])
    expect(await take(2)).toEqual(['c', 'd'])
    expect(fetcher.positions()).toMatchObject([{ offset: 4 }])
  })

  test('passes over no record and gives none twice where the leader moves while it answers', async () => {
    const { log, asked, world, from, fetcher } = await reading([['a', 'b', 'c', 'd'], ['x']], [1, 2])
    const late = deferred<number>()
    // The leader that was answers late. The other partition's error makes leaders be looked for meanwhile.
    log.fate = ({ broker, partition }) => (partition === 1 ? ErrorCode.NOT_LEADER_OR_FOLLOWER : broker === 1 ? late.promise : ErrorCode.NONE)
    from(0, 0)
    const all = taken(fetcher, 4, new AbortController().signal)
    await world.runUntil(() => log.asked.length === 2)
    asked.leaders = [2, 2]
    await world.run(300)
    late.resolve(ErrorCode.NONE)
    expect(await world.complete(all)).toEqual(['a', 'b', 'c', 'd'])
    expect(fetcher.positions()).toMatchObject([{ offset: 4 }, { offset: 0 }])
  })

  test('asks no more often than it may where a partition has no leader for a while', async () => {
    const { log, asked, world, from, fetcher } = await reading([['a']], [1])
    log.fate = () => ErrorCode.NOT_LEADER_OR_FOLLOWER
    from(0)
    const all = taken(fetcher, 1, new AbortController().signal)
    await world.run(1_000)
    expect(log.asked.length).toBeGreaterThan(5)
    expect(log.asked.length).toBeLessThanOrEqual(11)
    expect(asked.metadataCount).toBeLessThanOrEqual(25)
    log.fate = () => ErrorCode.NONE
    expect(await world.complete(all)).toEqual(['a'])
  })

  test('asks no more often than it may while a leader is gone, and reads on from the one that follows', async () => {
    const { asked, world, from, take, fetcher } = await reading([['a', 'b', 'c', 'd']], [2])
    from(0)
    expect(await take(1)).toEqual(['a'])
    world.crash('broker-2')
    const rest = taken(fetcher, 3, new AbortController().signal)
    const before = asked.metadataCount
    await world.run(1_000)
    expect(asked.metadataCount - before).toBeLessThanOrEqual(25)
    asked.leaders = [1]
    expect(await world.complete(rest)).toEqual(['b', 'c', 'd'])
  })

  test.each([
    ['earliest', ['d', 'e']],
    ['latest', ['f']],
  ] as const)('goes on at the %s record where the one that it wants is gone', async (offsetReset, expected) => {
    const { log, world, from, fetcher } = await reading([['d', 'e']], [1], { offsetReset })
    log.firstOffset = 3
    from(0)
    const read = taken(fetcher, expected.length, new AbortController().signal)
    await world.run(1_000)
    log.values[0]?.push('f')
    expect(await world.complete(read)).toEqual(expected)
  })

  test('fails where the record that it wants is gone and nobody says what then', async () => {
    const { log, from, take } = await reading([['d']], [1], { offsetReset: 'none' })
    log.firstOffset = 3
    from(1)
    await expect(take(1)).rejects.toMatchObject({ code: 'OFFSET_OUT_OF_RANGE' })
  })

  test('fails with what does not pass by itself', async () => {
    const { log, from, take } = await reading([['a']], [1])
    log.fate = () => ErrorCode.TOPIC_AUTHORIZATION_FAILED
    from(0)
    await expect(take(1)).rejects.toMatchObject({ code: 'TOPIC_AUTHORIZATION_FAILED' })
  })

  test('forgets what is on its way when it is given other partitions', async () => {
    const { log, world, from, fetcher } = await reading([['a', 'b', 'c']], [1])
    const late = deferred<number>()
    log.fate = () => (log.asked.length === 1 ? late.promise : ErrorCode.NONE)
    from(0)
    const read = taken(fetcher, 1, new AbortController().signal)
    await world.runUntil(() => log.asked.length === 1)
    from(2)
    late.resolve(ErrorCode.NONE)
    expect(await world.complete(read)).toEqual(['c'])
  })

  test('ends its wait with a signal, whatever it waits for', async () => {
    const { asked, world, from, fetcher } = await reading([['a']], [1])
    asked.isMetadataSilent = true
    from(0)
    const stopping = new AbortController()
    const read = taken(fetcher, 1, stopping.signal)
    await world.run(100)
    stopping.abort()
    await expect(world.complete(read, { withinMs: 1 })).rejects.toBe(stopping.signal.reason)
  })
})
