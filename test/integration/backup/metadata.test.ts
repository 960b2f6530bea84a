import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MetadataDocument } from '../../../src/cli/metadata/metadata-document.ts'
import { type Node, startNode } from '../../../src/index.ts'
import { clusterClient } from '../cluster/cluster-client.ts'
import { BackupNodes, type Finished, odradek } from './backup-nodes.ts'

const BROKER = 4

interface Step {
  readonly outcome: string
  readonly subject: string
  readonly detail: string
}

let nodes: BackupNodes
let from: Node
let to: Node

beforeAll(async () => {
  nodes = await BackupNodes.make()
  from = await startNode({ topics: [{ name: 'orders', partitions: 3, configs: { 'retention.ms': '86400000' } }, 'shipments'] })
  to = await startNode({})
  const admin = clusterClient(from.bootstrapServers).admin()
  await admin.connect()
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: BROKER, name: '1', configEntries: [{ name: 'log.cleaner.threads', value: '2' }] }],
  })
  await admin.setOffsets({ groupId: 'warehouse', topic: 'orders', partitions: [{ partition: 2, offset: '41' }] })
  await admin.disconnect()
})

afterAll(async () => {
  await Promise.all([from, to].map((node) => node.stop()))
  await nodes[Symbol.asyncDispose]()
})

function at(node: Node): string[] {
  return ['--bootstrap-server', node.bootstrapServers]
}

async function exported(node: Node): Promise<MetadataDocument> {
  const { exit, out, err } = await odradek('metadata', 'export', ...at(node))
  expect(exit, err).toBe(0)
  return JSON.parse(out)
}

async function imported(file: string, ...flags: readonly string[]): Promise<readonly Step[]> {
  const { exit, out, err } = await odradek('metadata', 'import', file, ...at(to), '--json', ...flags)
  expect(exit, err).toBe(0)
  return JSON.parse(out)
}

function withoutIds({ topics, brokerConfigs, clientMetrics, groupConfigs, groups }: MetadataDocument) {
  return { topics: topics.map(({ topicId, ...topic }) => topic), brokerConfigs, clientMetrics, groupConfigs, groups }
}

function outcomes(steps: readonly Step[]): Record<string, string> {
  return Object.fromEntries(steps.map(({ subject, outcome }) => [subject, outcome]))
}

describe('the metadata of a cluster', () => {
  test('are written as JSON that people read', async () => {
    const document = await exported(from)
    expect(document).toMatchObject({
      format: 'odradek-metadata',
      clusterId: expect.stringMatching(/^\S{22}$/),
      features: { 'metadata.version': expect.any(Number) },
      topics: [
        { name: 'orders', partitions: 3, replicationFactor: 1, replicas: [[1], [1], [1]], configs: { 'retention.ms': '86400000' } },
        { name: 'shipments', partitions: 1, configs: {} },
      ],
      brokerConfigs: { '1': { 'log.cleaner.threads': '2' } },
      groups: [{ groupId: 'warehouse', offsets: [{ topic: 'orders', partition: 2, offset: 41, metadata: '' }] }],
    })
  })

  test('are made elsewhere, once; what differs is told, and changed when that is asked for', async () => {
    const file = nodes.file('cluster.json')
    expect(await odradek('metadata', 'export', file, ...at(from))).toMatchObject({ exit: 0, out: `${file}: 2 topics, 1 groups.\n` })
    // Each cluster begins with a setting of all brokers (KIP-966).
    const all = {
      'topic orders': 'create',
      'topic shipments': 'create',
      'settings of all brokers': 'same',
      'settings of broker 1': 'create',
      'group warehouse': 'create',
    }
    const planned = await imported(file, '--dry-run')
    expect(outcomes(planned)).toEqual(all)
    expect(planned.at(-1)?.detail).toBe('1 offsets, 1 past the ends of their partitions')
    expect((await exported(to)).topics).toEqual([])
    expect(outcomes(await imported(file))).toEqual(all)
    expect(withoutIds(await exported(to))).toEqual(withoutIds(await exported(from)))
    expect(new Set(Object.values(outcomes(await imported(file))))).toEqual(new Set(['same']))
    const document = JSON.parse(readFileSync(file, 'utf8'))
    document.topics[0].partitions = 5
    document.topics[0].configs['retention.ms'] = '5000'
    document.brokerConfigs['9'] = { 'log.cleaner.threads': '2' }
    document.groups[0].offsets[0].offset = 40
    document.groups[0].offsets.push({ topic: 'orders', partition: 4, offset: 7, metadata: '' })
    writeFileSync(file, JSON.stringify(document))
    expect(await imported(file)).toMatchObject([
      { outcome: 'differs', subject: 'topic orders', detail: '3 partitions and not 5, retention.ms=86400000 and not 5000' },
      { outcome: 'same', subject: 'topic shipments' },
      { outcome: 'same', subject: 'settings of broker 1' },
      { outcome: 'skip', subject: 'settings of broker 9', detail: 'there is no such broker' },
      { outcome: 'same', subject: 'settings of all brokers' },
      { outcome: 'differs', subject: 'group warehouse', detail: 'orders-2 at 41 and not 40, 1 offsets of partitions that are not there' },
    ])
    await imported(file, '--update')
    const after = await exported(to)
    expect(after.topics[0]).toMatchObject({ partitions: 5, configs: { 'retention.ms': '5000' } })
    expect(after.groups[0]?.offsets.map(({ partition, offset }) => [partition, offset])).toEqual([
      [2, 40],
      [4, 7],
    ])
  })

  test('are not begun to be made where a group has members, or a topic cannot grow', async () => {
    const busy = await startNode({ topics: ['orders'] })
    const there = ['--bootstrap-server', busy.bootstrapServers]
    const consumer = clusterClient(busy.bootstrapServers).consumer({ groupId: 'busy' })
    await consumer.connect()
    await consumer.subscribe({ topic: 'orders' })
    await consumer.run({ eachMessage: async () => {} })
    await busy.untilGroup('busy', { stable: true })
    const document = await exported(busy)
    const [orders] = document.topics
    const groups = [{ groupId: 'busy', type: 'Classic', offsets: [{ topic: 'new', partition: 0, offset: 3, metadata: '' }] }]
    const file = nodes.file('refused.json')
    writeFileSync(
      file,
      JSON.stringify({
        ...document,
        topics: [
          { ...orders, name: 'new' },
          { ...orders, partitions: 100_000 },
        ],
        groups,
      }),
    )
    const { exit, err } = await odradek('metadata', 'import', file, ...there, '--update')
    expect(err).toMatch(/^Nothing of .*refused.json is imported, as the cluster refuses:\ntopic orders: .*\ngroup busy: It has members \(it is Stable\)/)
    expect(exit).toBe(1)
    expect((await exported(busy)).topics).toEqual(document.topics)
    await consumer.disconnect()
    await busy.stop()
  })

  test("are written to a file that is whole, and takes nobody's place", async () => {
    const file = nodes.file('facts.json')
    const { out, exit } = await odradek('metadata', 'export', file, ...at(from), '--json')
    expect(exit).toBe(0)
    expect(JSON.parse(out)).toEqual({ file, clusterId: expect.any(String), topics: 2, groups: 1, leftOut: [], notExported: [] })
    const written = readFileSync(file, 'utf8')
    const refused = await odradek('metadata', 'export', file, ...at(to))
    expect(refused).toMatchObject({ exit: 1, err: `${file} is there already: give another name, or move that one away.\n` })
    expect(readFileSync(file, 'utf8')).toBe(written)
    expect(await odradek('metadata', 'export', nodes.file('none/x.json'), ...at(from))).toMatchObject({ exit: 1, err: expect.stringContaining('Writing') })
  })

  test('are without the bounds of a move of replicas, which are of brokers there', async () => {
    const moving = await startNode({ topics: [{ name: 'orders', configs: { 'leader.replication.throttled.replicas': '*', 'retention.ms': '5000' } }] })
    expect(await odradek('configs', 'set', 'broker', '1', 'follower.replication.throttled.rate=1000', ...at(moving))).toMatchObject({ exit: 0 })
    const { out, err } = await odradek('metadata', 'export', ...at(moving))
    const { topics, brokerConfigs }: MetadataDocument = JSON.parse(out)
    expect(topics[0]?.configs).toEqual({ 'retention.ms': '5000' })
    expect(brokerConfigs['1']).toBeUndefined()
    expect(err).toBe('left out, as they bound the moving of replicas there: 2 settings (replication.throttled)\n')
    await moving.stop()
  })

  test('are left out as far as that is said', async () => {
    const file = nodes.file('skipped.json')
    writeFileSync(file, JSON.stringify({ format: 'odradek-metadata', formatVersion: 1, ...(await exported(from)) }))
    expect(Object.keys(outcomes(await imported(file, '--dry-run', '--skip', 'offsets', '--skip', 'configs')))).toEqual(['topic orders', 'topic shipments'])
  })

  test('of a bad file, or one that the cluster refuses a part of, are refused whole', async () => {
    const document = await exported(from)
    const tryWith = async (change: object): Promise<Finished> => {
      const file = nodes.file('bad.json')
      writeFileSync(file, JSON.stringify({ ...document, ...change }))
      return odradek('metadata', 'import', file, ...at(to))
    }
    const topic = { ...document.topics[0], name: 'new' }
    const before = await exported(to)
    for (const [change, why] of [
      [{ topics: [topic, { ...topic, name: 'other', partitions: -1 }] }, 'topics[1].partitions should be a whole number from 1'],
      [{ topics: [topic, { ...topic, name: 'other', configs: { 'retention.ms': 'soon' } }] }, 'as the cluster refuses:\ntopic other: Invalid value soon'],
      [
        { topics: [topic, { ...topic, name: 'other', replicationFactor: 3 }] },
        'as the cluster refuses:\ntopic other: Unable to replicate the partition 3 time(s)',
      ],
    ] as const) {
      const { exit, err } = await tryWith(change)
      expect(err).toContain(why)
      expect(exit).toBe(1)
    }
    expect(withoutIds(await exported(to))).toEqual(withoutIds(before))
    expect(await odradek('metadata', 'import', nodes.file('none.json'), ...at(to))).toMatchObject({ exit: 1, err: expect.stringContaining('no such file') })
    expect(await odradek('metadata', 'import', nodes.file('bad.json'), ...at(to), '--skip', 'all')).toMatchObject({ exit: 2 })
  })
})
