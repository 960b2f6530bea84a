import { setTimeout as sleep } from 'node:timers/promises'
import type { Consumer, Producer } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dashboard, Query } from '../../build/monitoring/dashboards/dashboard.ts'
import { dashboards } from '../../build/monitoring/monitoring-files.ts'
import { kafka } from '../kafkajs/support.ts'
import { findPrometheus } from './prometheus-programs.ts'
import { type WatchedCluster, watchCluster } from './watched-nodes.ts'

const missing = await findPrometheus()
if (missing !== null) console.warn(`No panel was asked for data: ${missing}.`)

const TOPICS = ['orders', 'payments']
const CLIENT_COUNT = 3
const SEND_EVERY_MS = 100
const SOON_MS = 60_000
const TIMEOUT_MS = 180_000

/** A panel with one of its queries. */
interface Asked {
  readonly panel: string
  readonly query: Query
}

function queriesOf({ rows }: Dashboard): Asked[] {
  return rows.flatMap(({ panels }) => panels.flatMap(({ title, queries }) => queries.map((query) => ({ panel: title, query }))))
}

/** As Grafana asks while everything is chosen: `All` is each value of the variable. */
function asAsked(text: string, values: ReadonlyMap<string, readonly string[]>): string {
  return text.replaceAll('$__rate_interval', '10s').replaceAll(/"\$(\w+)"/g, (_, name: string) => `"(${(values.get(name) ?? []).join('|')})"`)
}

describe.skipIf(missing !== null)(missing === null ? 'dashboards over a cluster at work' : `dashboards over a cluster at work (not run: ${missing})`, () => {
  const stack = new AsyncDisposableStack()
  let watched: WatchedCluster

  beforeAll(async () => {
    watched = stack.use(await watchCluster({ 'offsets.topic.replication.factor': 3 }))
    await load(stack, watched.cluster.bootstrap)
    // What is counted from a client's first request on has a rate only when it was read twice.
    await watched.prometheus.untilData('sum(rate(messages_out_total[10s])) > 0', SOON_MS)
  }, TIMEOUT_MS)

  afterAll(() => stack.disposeAsync(), TIMEOUT_MS)

  describe.each(dashboards)('$title', (dashboard) => {
    const values = new Map<string, readonly string[]>()

    beforeAll(async () => {
      for (const { name, query } of dashboard.variables) {
        const [, match = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? []
        const selector = asAsked(match, values)
        await watched.prometheus.untilData(`count by (${label}) (${selector}) > 0`, SOON_MS)
        values.set(name, await watched.prometheus.labelValues(label, selector))
      }
    }, TIMEOUT_MS)

    test('its variables have values', () => {
      expect([...values.keys()]).toEqual(dashboard.variables.map(({ name }) => name))
      for (const [name, found] of values) expect(found.length, name).toBeGreaterThan(0)
    })

    test.each(queriesOf(dashboard))('$panel: $query.legend has data', async ({ query }) => {
      const series = await watched.prometheus.untilData(asAsked(query.expr, values), SOON_MS)
      // Of requests that did not come lately there is no quantile.
      expect(series.map(({ value }) => value)).toSatisfy((values: readonly number[]) => values.some(Number.isFinite))
      for (const { labels } of series) {
        for (const [, label = ''] of query.legend.matchAll(/\{\{(\w+)\}\}/g)) expect(labels[label], label).toBeTypeOf('string')
      }
    })
  })
})

/** Producers and consumers of several client ids, until the stack is disposed of. */
async function load(stack: AsyncDisposableStack, bootstrap: string): Promise<void> {
  const ids = Array.from({ length: CLIENT_COUNT }, (_, index) => index + 1)
  const admin = kafka(bootstrap.split(',')[0] as string).admin()
  await admin.connect()
  await admin.createTopics({ topics: TOPICS.map((topic) => ({ topic, numPartitions: 3, replicationFactor: 3 })) })
  await admin.disconnect()
  for (const id of ids) {
    const client = kafka(bootstrap.split(',')[0] as string, { clientId: `shop-${id}` })
    const producer = client.producer()
    await producer.connect()
    const end = keepSending(producer)
    const consumer = client.consumer({ groupId: id === 1 ? 'billing' : 'stock', maxWaitTimeInMs: 200 })
    await consume(consumer)
    stack.defer(async () => {
      await end()
      await Promise.all([producer.disconnect(), consumer.disconnect()])
    })
  }
}

function keepSending(producer: Producer): () => Promise<void> {
  const over = new AbortController()
  const sending = (async () => {
    while (!over.signal.aborted) {
      for (const topic of TOPICS)
        await producer.send({ topic, messages: Array.from({ length: 10 }, (_, index) => ({ key: String(index), value: 'x'.repeat(100) })) })
      await sleep(SEND_EVERY_MS)
    }
  })()
  return async () => {
    over.abort()
    await sending
  }
}

async function consume(consumer: Consumer): Promise<void> {
  await consumer.connect()
  await consumer.subscribe({ topics: TOPICS, fromBeginning: true })
  await consumer.run({ autoCommitInterval: 500, eachMessage: async () => {} })
}
