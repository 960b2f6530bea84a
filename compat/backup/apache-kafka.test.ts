import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MetadataDocument } from '../../src/cli/metadata/metadata-document.ts'
import { odradek } from '../../test/integration/backup/backup-nodes.ts'
import { checkOrders, createTopic, Orders, readByExample } from '../../test/integration/backup/orders.ts'
import { type OdradekProcess, startOdradek } from '../support/odradek-process.ts'
import { type OracleNode, startOracle } from '../support/oracle-node.ts'

/** What both kinds of clusters can be given by an import. */
const DOCUMENT = {
  format: 'odradek-metadata',
  formatVersion: 1,
  exportedAt: '2026-01-01T00:00:00.000Z',
  clusterId: null,
  features: {},
  topics: [
    {
      name: 'orders',
      topicId: '',
      partitions: 3,
      replicationFactor: 1,
      replicas: [],
      configs: { 'cleanup.policy': 'compact,delete', 'retention.ms': '86400000' },
    },
    { name: 'shipments', topicId: '', partitions: 1, replicationFactor: 1, replicas: [], configs: {} },
  ],
  brokerConfigs: { '1': { 'log.cleaner.threads': '2' }, default: { 'log.retention.ms': '172800000', 'min.insync.replicas': '1' } },
  clientMetrics: { all: { 'interval.ms': '60000', metrics: 'org.apache.kafka.producer.' } },
  groupConfigs: { warehouse: { 'consumer.session.timeout.ms': '50000' } },
  groups: [{ groupId: 'warehouse', type: 'Classic', offsets: [{ topic: 'orders', partition: 2, offset: 0, metadata: 'mine' }] }],
}

let workspace: string
let kafka: OracleNode
let own: OdradekProcess

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'odradek-backup-'))
  own = await startOdradek()
  kafka = await startOracle()
}, 120_000)

afterAll(async () => {
  await kafka[Symbol.asyncDispose]()
  await own[Symbol.asyncDispose]()
  rmSync(workspace, { recursive: true, force: true })
})

async function imported(bootstrap: string): Promise<readonly string[]> {
  const file = join(workspace, 'cluster.json')
  writeFileSync(file, JSON.stringify(DOCUMENT))
  const { exit, out, err } = await odradek('metadata', 'import', file, '--bootstrap-server', bootstrap, '--json')
  expect(exit, err).toBe(0)
  return JSON.parse(out).map(({ outcome }: { readonly outcome: string }) => outcome)
}

async function exported(bootstrap: string): Promise<Partial<MetadataDocument>> {
  const { exit, out, err } = await odradek('metadata', 'export', '--bootstrap-server', bootstrap)
  expect(exit, err).toBe(0)
  const { topics, brokerConfigs, clientMetrics, groupConfigs, groups } = JSON.parse(out) as MetadataDocument
  return { topics: topics.map((topic) => ({ ...topic, topicId: '', replicas: [] })), brokerConfigs, clientMetrics, groupConfigs, groups }
}

describe('the metadata of a cluster of Apache Kafka', () => {
  test('are made, found again and written as those of ours', { timeout: 120_000 }, async () => {
    const { topics, brokerConfigs, clientMetrics, groupConfigs, groups } = DOCUMENT
    for (const { bootstrap } of [own, kafka]) {
      expect(await imported(bootstrap)).toContain('create')
      expect(new Set(await imported(bootstrap))).toEqual(new Set(['same']))
      expect(await exported(bootstrap)).toEqual({ topics, brokerConfigs, clientMetrics, groupConfigs, groups })
    }
  })
})

describe('a node of Apache Kafka', () => {
  test('is backed up while it serves, and the backup serves there and here', { timeout: 180_000 }, async () => {
    const topic = 'copied'
    await createTopic(kafka.bootstrap, topic, 2)
    await using orders = await Orders.begin(kafka.bootstrap, topic)
    await orders.more(100)
    const before = [...orders.acknowledged]
    const file = join(workspace, 'kafka.tar.gz')
    expect(await odradek('backup', file, '--data', kafka.dataDirectory)).toMatchObject({ exit: 0, err: '' })
    await orders.stop()
    await kafka.kill()
    const directory = join(workspace, 'restored')
    expect(await odradek('restore', file, '--data', join(directory, 'data'))).toMatchObject({ exit: 0, err: '' })
    const ports = [kafka.port, kafka.controllerPort] as const
    {
      await using again = await startOracle({ directory, isFormatted: true, ports })
      checkOrders(await readByExample(again.bootstrap, topic, before), before)
    }
    await using ours = await startOdradek({ directory, ports, settings: { 'controller.quorum.voters': `1@127.0.0.1:${kafka.controllerPort}` } })
    checkOrders(await readByExample(ours.bootstrap, topic, before), before)
  })
})
