import { beforeEach, describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ListOffsetsApi, type ListOffsetsRequest } from '../../../../protocol/messages/list-offsets.ts'
import { InvariantError } from '../../../../src/base/assert.ts'
import type { Endpoint } from '../../../../src/base/ports.ts'
import type { ObservedGroup } from '../../../../src/observing/groups/group-reading.ts'
import { groupTables } from '../../../../src/observing/groups/group-tables.ts'
import { ANSWER_MS, ASK_INTERVAL_MS, PartitionEnds, STALE_MS } from '../../../../src/observing/groups/partition-ends.ts'
import { type LogFields, silentLogger } from '../../../../src/telemetry/logger.ts'
import { AnsweringNode, served } from '../../../support/peers/answering-node.ts'
import { World } from '../../../support/world/world.ts'

const PORT = 9092
const ELSEWHERE: Endpoint = { host: 'broker-2', port: PORT }

/** A coordinator that has a replica of topic `local`; broker 2 leads `remote`, and nobody `orphan`. */
class Bench {
  readonly world = new World({ seed: 1 })
  readonly asked: ListOffsetsRequest[] = []
  readonly warned: unknown[] = []
  readonly broken: unknown[] = []
  groups = new Map<string, ObservedGroup>()
  ends = new Map([['remote', 100]])
  endpoint: Endpoint | null = ELSEWHERE
  isSilent = false
  maxRows = 5_000
  endpointOf: () => Endpoint | null = () => this.endpoint
  readonly partitionEnds: PartitionEnds

  constructor() {
    this.partitionEnds = new PartitionEnds({
      nodeId: 1,
      localEnd: (topic) => (topic === 'local' ? 50 : null),
      leaders: { leaderOf: (topic) => (topic === 'orphan' ? null : 2), endpointOf: () => this.endpointOf() },
      ...this.world.node('self').ports,
      onBroken: (error) => this.broken.push(error),
      logger: { ...silentLogger, warn: (message: string, fields?: LogFields) => this.warned.push({ message, leaderId: fields?.leaderId }) },
    })
  }

  async start(host = ELSEWHERE.host): Promise<void> {
    const answer = served(ListOffsetsApi, (request) => {
      this.asked.push(request)
      return this.isSilent ? null : { throttleTimeMs: 0, topics: request.topics.map((topic) => this.#answered(topic)) }
    })
    await this.world.complete(new AnsweringNode([answer]).listen(this.world.node(host).ports.network, PORT))
  }

  commit(group: string, offsets: Readonly<Record<string, number>>, memberCount = 2): void {
    const committed = Object.entries(offsets).map(([topic, offset]) => ({ topic, partition: 0, offset }))
    this.groups.set(group, { state: memberCount === 0 ? 'Empty' : 'Stable', memberCount, committed })
  }

  /** As `name{labels}`: value, as a reading of the metrics finds it. */
  async read(): Promise<Record<string, number | null>> {
    const observed = { statuses: () => this.groups.entries() }
    const rebalancesOf = () => ({ total: 3, lastHour: 1 })
    const all: Record<string, number | null> = {}
    const { timers } = this.world.node('self').ports
    const tables = groupTables({ groups: observed, ends: this.partitionEnds, timers, maxRows: () => this.maxRows, rebalancesOf })
    // One call serves them all.
    expect(new Set(tables.map(({ prepare }) => prepare)).size).toBe(1)
    await this.world.complete(tables[0]?.prepare?.() ?? Promise.resolve())
    for (const { labels, labelsOf, metrics, rows } of tables) {
      for (const row of rows()) {
        const named = labelsOf(row).map((value, index) => `${labels[index]}=${value}`)
        for (const { name, read } of metrics) if (read(row) !== null) all[`${name}{${named.join()}}`] = read(row) as number
      }
    }
    return all
  }

  async lag(group: string, topic: string): Promise<number | null> {
    return (await this.read())[`consumer_lag{group=${group},topic=${topic},partition=0}`] ?? null
  }

  #answered({ name, partitions }: ListOffsetsRequest['topics'][number]) {
    const offset = this.ends.get(name) ?? -1
    const errorCode = offset === -1 ? ErrorCode.NOT_LEADER_OR_FOLLOWER : ErrorCode.NONE
    return { name, partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode, offset })) }
  }
}

let bench: Bench

beforeEach(async () => {
  bench = new Bench()
  await bench.start()
})

describe('the lag of groups', () => {
  test('is told by their coordinator, under our names and under those of kafka_exporter', async () => {
    bench.commit('g', { local: 45 })
    expect(await bench.read()).toEqual({
      'consumer_lag{group=g,topic=local,partition=0}': 5,
      'kafka_consumergroup_current_offset{consumergroup=g,topic=local,partition=0}': 45,
      'kafka_consumergroup_lag{consumergroup=g,topic=local,partition=0}': 5,
      'rebalance_rate{group=g}': 1,
      'rebalances_total{group=g}': 3,
      'kafka_consumergroup_members{consumergroup=g}': 2,
      'consumer_lag_left_out{}': 0,
      'groups_left_out{}': 0,
      'groups{state=Stable}': 1,
      'kafka_coordinator_group_groupmetadatamanager_numgroups{}': 1,
      'kafka_coordinator_group_groupmetadatamanager_numgroupsempty{}': 0,
      'kafka_coordinator_group_groupmetadatamanager_numgroupspreparingrebalance{}': 0,
      'kafka_coordinator_group_groupmetadatamanager_numgroupscompletingrebalance{}': 0,
      'kafka_coordinator_group_groupmetadatamanager_numgroupsstable{}': 1,
      'kafka_coordinator_group_groupmetadatamanager_numgroupsdead{}': 0,
    })
    expect(bench.asked).toEqual([])
  })

  test('is 0 where a partition ends before what was committed', async () => {
    bench.commit('g', { local: 51 })
    expect(await bench.lag('g', 'local')).toBe(0)
  })

  test('in partitions of other nodes is measured against what their leaders say, as to a consumer', async () => {
    bench.commit('g', { remote: 90 })
    bench.commit('h', { remote: 80 })
    expect([await bench.lag('g', 'remote'), await bench.lag('h', 'remote')]).toEqual([10, 20])
    expect(bench.asked).toMatchObject([
      { replicaId: -1, isolationLevel: 0, topics: [{ name: 'remote', partitions: [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp: -1n }] }] },
    ])
  })

  test('is asked for once in a while, however many read it, and not at all while nobody does', async () => {
    bench.commit('g', { remote: 90 })
    await bench.world.run(10 * ASK_INTERVAL_MS)
    expect(bench.asked).toEqual([])
    for (let count = 0; count < 5; count++) await bench.read()
    expect(bench.asked.length).toBe(1)
    bench.ends.set('remote', 200)
    await bench.world.run(ASK_INTERVAL_MS)
    expect(await bench.lag('g', 'remote')).toBe(110)
  })

  test('waits no longer than its time for a leader that is silent, and tells what was heard last for a while', async () => {
    bench.commit('g', { remote: 90, local: 40 })
    await bench.read()
    bench.isSilent = true
    await bench.world.run(ASK_INTERVAL_MS)
    const startMs = bench.world.nowMs
    expect(await bench.lag('g', 'remote')).toBe(10)
    expect(bench.world.nowMs - startMs).toBeLessThanOrEqual(ANSWER_MS + 1)
    await bench.world.run(STALE_MS)
    expect([await bench.lag('g', 'remote'), await bench.lag('g', 'local')]).toEqual([null, 10])
    expect(bench.warned.length).toBe(1)
  })

  test('is not told of partitions without a leader, or that their leader does not lead', async () => {
    bench.commit('g', { orphan: 1, unknown: 1 })
    expect([await bench.lag('g', 'orphan'), await bench.lag('g', 'unknown')]).toEqual([null, null])
    expect((await bench.read())['kafka_consumergroup_current_offset{consumergroup=g,topic=orphan,partition=0}']).toBe(1)
  })

  test('is asked for where the leader is now', async () => {
    bench.commit('g', { remote: 90 })
    await bench.read()
    await bench.start('moved')
    bench.endpoint = { host: 'moved', port: PORT }
    bench.ends.set('remote', 91)
    await bench.world.run(ASK_INTERVAL_MS)
    expect(await bench.lag('g', 'remote')).toBe(1)
    bench.endpoint = null
    await bench.world.run(ASK_INTERVAL_MS)
    expect(await bench.lag('g', 'remote')).toBe(1)
  })

  test('is told of so many partitions, of groups with members first, and the rest is counted', async () => {
    bench.maxRows = 3
    bench.commit('empty', { local: 1, a: 1 }, 0)
    bench.commit('g', { local: 2, a: 2 })
    bench.commit('none', { local: 3 }, 0)
    bench.commit('h', { local: 4 })
    const told = await bench.read()
    const positions = Object.keys(told).filter((name) => name.startsWith('kafka_consumergroup_current_offset'))
    expect(positions.map((name) => /consumergroup=(\w+),topic=(\w+)/.exec(name)?.slice(1).join())).toEqual(['g,local', 'g,a', 'h,local'])
    const members = Object.keys(told).filter((name) => name.startsWith('kafka_consumergroup_members'))
    expect(members).toEqual(['g', 'h', 'empty'].map((group) => `kafka_consumergroup_members{consumergroup=${group}}`))
    expect([told['consumer_lag_left_out{}'], told['groups_left_out{}'], told['groups{state=Empty}']]).toEqual([3, 1, 2])
  })

  test('is not told of a group with a very long id, which is counted', async () => {
    bench.commit('g'.repeat(257), { local: 1, a: 1 })
    bench.commit('g'.repeat(256), { local: 1 })
    const told = await bench.read()
    expect(Object.keys(told).filter((name) => name.startsWith('kafka_consumergroup_members'))).toHaveLength(1)
    expect([told['consumer_lag_left_out{}'], told['groups_left_out{}'], told['groups{state=Stable}']]).toEqual([2, 1, 2])
  })

  test('is asked for in requests of bounded size', async () => {
    const committed = Array.from({ length: 1500 }, (_, partition) => ({ topic: 'remote', partition, offset: 99 }))
    bench.groups.set('g', { state: 'Empty', memberCount: 0, committed })
    expect(await bench.lag('g', 'remote')).toBe(1)
    expect(bench.asked.map(({ topics }) => topics[0]?.partitions.length)).toEqual([1000, 500])
  })

  test('is not kept from failing by a mistake of ours', async () => {
    bench.commit('g', { remote: 90 })
    const mistake = new InvariantError('an image names its brokers')
    bench.endpointOf = () => {
      throw mistake
    }
    expect(await bench.lag('g', 'remote')).toBeNull()
    expect([bench.broken, bench.warned]).toEqual([[mistake], []])
    bench.endpointOf = () => bench.endpoint
    await bench.world.run(ASK_INTERVAL_MS)
    expect(await bench.lag('g', 'remote')).toBe(10)
    bench.endpointOf = () => {
      throw mistake
    }
    await bench.world.run(ASK_INTERVAL_MS)
    await bench.read()
    expect(bench.broken).toEqual([mistake, mistake])
  })

  test('is not asked for any more when the node stops', async () => {
    bench.isSilent = true
    bench.partitionEnds.ask([{ topic: 'remote', partition: 0 }])
    await bench.world.run(10)
    await bench.world.complete(bench.partitionEnds[Symbol.asyncDispose]())
    expect(bench.asked.length).toBe(1)
    expect(bench.warned).toEqual([])
    await bench.world.run(ASK_INTERVAL_MS)
    expect(bench.partitionEnds.isDue).toBe(false)
  })
})
