import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { freePortRange } from '../../support/free-ports.ts'
import { parseExposition } from '../../support/parse-exposition.ts'
import { Odradek } from '../odradek.ts'
import { connectedProducer, readAll, send } from './cluster-client.ts'

const TOPIC = 'orders'
const GROUP = 'billing'
const PARTITIONS = 6
const workspace = mkdtempSync(join(tmpdir(), 'odradek-lag-'))

afterAll(() => rmSync(workspace, { recursive: true, force: true }))

/** The lag in each partition, as all nodes together tell it. */
async function lagIn(metricsPort: number): Promise<readonly { readonly partition: string; readonly lag: number }[]> {
  const texts = await Promise.all([0, 1, 2].map(async (index) => (await fetch(`http://localhost:${metricsPort + index}/metrics`)).text()))
  const samples = texts.flatMap((text) => parseExposition(text).get('consumer_lag')?.samples ?? [])
  return samples.filter(({ labels }) => labels.group === GROUP).map(({ labels, value }) => ({ partition: `${labels.topic}-${labels.partition}`, lag: value }))
}

test('the coordinator of a group tells its lag in the partitions of all nodes, and nobody else does', async () => {
  const [port, metricsPort] = [await freePortRange(3), await freePortRange(3)]
  // With one replica each, most partitions are not on the node of the coordinator.
  const settings = ['--set', `log.dirs=${join(workspace, 'data')}`, '--topic', `${TOPIC}:${PARTITIONS}:1`, '--set', `metrics.port=${metricsPort}`]
  await using cluster = new Odradek(['start', '--nodes', '3', '--port', String(port), ...settings])
  const { bootstrapServers } = (await cluster.line('the cluster is ready')) as { bootstrapServers: string }
  const producer = await connectedProducer(bootstrapServers)
  const sent = await send(producer, TOPIC, 0, 60)
  await readAll(bootstrapServers, GROUP, TOPIC, sent)
  await send(producer, TOPIC, 60, 90)
  await producer.disconnect()

  const lags = await lagIn(metricsPort)
  expect(lags.map(({ partition }) => partition).sort()).toEqual(Array.from({ length: PARTITIONS }, (_, index) => `${TOPIC}-${index}`))
  expect(lags.reduce((sum, { lag }) => sum + lag, 0)).toBe(30)
})
