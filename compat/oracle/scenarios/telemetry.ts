import { setTimeout as sleep } from 'node:timers/promises'
import { COMPRESSIONS, type Compression, compress } from '../../../protocol/compression/codecs.ts'
import { ApiVersionsApi } from '../../../protocol/messages/api-versions.ts'
import { GetTelemetrySubscriptionsApi } from '../../../protocol/messages/get-telemetry-subscriptions.ts'
import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { PushTelemetryApi, type PushTelemetryRequest } from '../../../protocol/messages/push-telemetry.ts'
import { METADATA_TOPIC_ID, type Uuid, uuidFromBytes, ZERO_UUID } from '../../../protocol/uuid.ts'
import { encodeMetrics } from '../../../test/support/otlp/encode-metrics.ts'
import type { RawClient } from '../raw-client.ts'
import type { Scenario, Stage } from '../scenario.ts'

const CLIENT_METRICS = 16
const SET = 0
const DELETE = 1
/** For requests that must not come too early, and for those that must. */
const SHORT_MS = 100
const LONG_MS = 3_600_000
const DEADLINE_MS = 10_000
const MAX_BYTES = 2_000

/** Apache Kafka serves what clients push only to a receiver; ours knows no such plugin and serves it anyway. */
export const telemetrySettings = { 'metric.reporters': 'TelemetryReceiver', 'telemetry.max.bytes': MAX_BYTES }

const METRICS = encodeMetrics([{ name: 'org.apache.kafka.producer.record.send.rate', gauge: [{ value: 1 }] }])

let lastId = 0

/** The same on both brokers, and another at each call in a scenario. */
function idFor(stage: Stage, what: string): Uuid {
  return uuidFromBytes(Buffer.from(stage.name(what).padEnd(16, '.').slice(-16)))
}

type Settings = Readonly<Record<string, string>>

/** A client that only the subscriptions of this scenario match, on a connection that said what software it is. */
async function clientOf(stage: Stage, software = 'suite'): Promise<RawClient> {
  const client = await stage.open(stage.name('client'))
  await client.ask(ApiVersionsApi, 4, { clientSoftwareName: software, clientSoftwareVersion: '1.0' })
  return client
}

async function alter(stage: Stage, name: string, settings: Settings, configOperation = SET): Promise<void> {
  const configs = Object.entries(settings).map(([setting, value]) => ({ name: setting, configOperation, value }))
  await stage.client.ask(IncrementalAlterConfigsApi, 1, { resources: [{ resourceType: CLIENT_METRICS, resourceName: name, configs }], validateOnly: false })
}

/** Subscribes the scenario's client, and waits until the broker knows it: Apache Kafka answers before. */
async function subscribe(stage: Stage, what: string, settings: Settings, match = `client_id=${stage.name('client')}`): Promise<() => Promise<void>> {
  const all = { metrics: stage.name(what), 'interval.ms': String(LONG_MS), match, ...settings }
  await alter(stage, stage.name(what), all)
  const client = await clientOf(stage)
  const deadlineMs = Date.now() + DEADLINE_MS
  for (;;) {
    const { requestedMetrics } = await client.ask(GetTelemetrySubscriptionsApi, 0, {
      clientInstanceId: uuidFromBytes(Buffer.from(`probe${String(++lastId).padStart(11)}`)),
    })
    if (all.metrics.split(',').every((metric) => requestedMetrics.includes(metric)) || requestedMetrics.includes('*')) break
    if (Date.now() > deadlineMs) throw new Error(`the broker does not know of ${stage.name(what)}`)
    await sleep(20)
  }
  return () => alter(stage, stage.name(what), all, DELETE)
}

/** Runs `ask` for a client with a subscription, which goes afterwards: it would meet other scenarios. */
async function subscribed<T>(stage: Stage, settings: Settings, ask: (client: RawClient) => Promise<T>): Promise<T> {
  const unsubscribe = await subscribe(stage, 'metric', settings)
  try {
    return await ask(await clientOf(stage))
  } finally {
    await unsubscribe()
  }
}

const get = (client: RawClient, clientInstanceId: Uuid) => client.exchange(GetTelemetrySubscriptionsApi, 0, { clientInstanceId })
const idOf = async (client: RawClient, clientInstanceId: Uuid) => (await client.ask(GetTelemetrySubscriptionsApi, 0, { clientInstanceId })).subscriptionId

function push(client: RawClient, clientInstanceId: Uuid, fields: Partial<PushTelemetryRequest>) {
  return client.exchange(PushTelemetryApi, 0, { clientInstanceId, subscriptionId: 0, terminating: false, compressionType: 0, metrics: METRICS, ...fields })
}

/** Asks what to push, and then pushes: one time for each of `pushes`. */
async function pushesOf(stage: Stage, client: RawClient, pushes: readonly Partial<PushTelemetryRequest>[]) {
  const outcomes: unknown[] = []
  for (const [index, fields] of pushes.entries()) {
    const id = idFor(stage, `p${index}`)
    const subscriptionId = await idOf(client, id)
    await sleep(2)
    outcomes.push(await push(client, id, { subscriptionId, ...fields }))
  }
  return outcomes
}

const one = (name: string, run: Scenario['run'], options: Partial<Scenario> = {}): Scenario => ({ name, versions: [0], run, ...options })

export const telemetryScenarios: readonly Scenario[] = [
  one('GetTelemetrySubscriptions: a client that nobody asks for anything', async (stage) => {
    const client = await clientOf(stage)
    return [await get(client, idFor(stage, 'a')), await get(client, idFor(stage, 'a')), await get(client, METADATA_TOPIC_ID)]
  }),
  one('GetTelemetrySubscriptions: without an id', async (stage) => get(await clientOf(stage), ZERO_UUID), {
    mask: ['clientInstanceId', 'subscriptionId'],
  }),
  one('GetTelemetrySubscriptions: subscriptions of several names together', async (stage) => {
    const metrics = Array.from({ length: 20 }, (_, at) => `org.apache.kafka.${'producer consumer admin.client'.split(' ')[at % 3]}.m${at * at}.`)
    return subscribed(stage, { metrics: metrics.join() }, async (client) => {
      const also = await subscribe(stage, 'other', { metrics: 'b.,org.apache.kafka.producer.m0.,a.', 'interval.ms': '12345' })
      const outcome = await get(client, idFor(stage, 'a'))
      await also()
      return outcome
    })
  }),
  one('GetTelemetrySubscriptions: all metrics', (stage) => subscribed(stage, { metrics: 'x,*,y' }, (client) => get(client, idFor(stage, 'a')))),
  one('GetTelemetrySubscriptions: before its time, and after what is asked for has changed', (stage) =>
    subscribed(stage, {}, async (client) => {
      const id = idFor(stage, 'a')
      const outcomes = [await get(client, id), await get(client, id)]
      const also = await subscribe(stage, 'other', {})
      outcomes.push(await get(client, id), await get(client, id))
      await also()
      return outcomes
    }),
  ),
  one('GetTelemetrySubscriptions: after an interval', (stage) =>
    subscribed(stage, { 'interval.ms': String(SHORT_MS) }, async (client) => {
      const id = idFor(stage, 'a')
      const first = await get(client, id)
      await sleep(2 * SHORT_MS)
      return [first, await get(client, id)]
    }),
  ),
  one('GetTelemetrySubscriptions: which clients match', async (stage) => {
    const ours = stage.name('client')
    const rules = [
      'client_software_name=sui.*',
      'client_software_name=sui',
      'client_software_version=1\\.[0-9]',
      'client_source_address=127\\.0\\.0\\.1',
      'client_source_port=\\d+',
      'client_source_port=1',
      'client_instance_id=.*',
    ]
    const outcomes: unknown[] = []
    for (const [index, rule] of rules.entries()) {
      const forget = await subscribe(stage, `all${index}`, {})
      await alter(stage, stage.name(`rule${index}`), { metrics: `rule${index}`, match: `client_id=${ours},${rule}` })
      // Both changes are in one log, in this order.
      const after = await subscribe(stage, `after${index}`, {})
      outcomes.push(await get(await clientOf(stage), idFor(stage, `i${index}`)))
      await alter(stage, stage.name(`rule${index}`), { metrics: '', match: '' }, DELETE)
      await after()
      await forget()
    }
    return outcomes
  }),
  one('PushTelemetry: in each codec', (stage) =>
    subscribed(stage, {}, (client) =>
      pushesOf(
        stage,
        client,
        COMPRESSIONS.map((codec, compressionType) => ({ compressionType, metrics: compress(codec, METRICS) })),
      ),
    ),
  ),
  one('PushTelemetry: what is refused', (stage) =>
    subscribed(stage, {}, (client) =>
      pushesOf(stage, client, [
        { clientInstanceId: ZERO_UUID },
        { clientInstanceId: METADATA_TOPIC_ID },
        { subscriptionId: 1 },
        { compressionType: 5 },
        { compressionType: -1 },
        { metrics: Buffer.alloc(MAX_BYTES + 1) },
        { metrics: Buffer.alloc(0) },
        { metrics: Buffer.from('no metrics') },
        { subscriptionId: 1, compressionType: 9, metrics: Buffer.alloc(MAX_BYTES + 1) },
        { compressionType: 9, metrics: Buffer.alloc(MAX_BYTES + 1) },
      ]),
    ),
  ),
  one('PushTelemetry: bytes that are not in the codec that is named', (stage) =>
    subscribed(stage, {}, (client) =>
      pushesOf(
        stage,
        client,
        [1, 2, 3, 4].map((compressionType) => ({ compressionType })),
      ),
    ),
  ),
  one('PushTelemetry: more than may be pushed, compressed', (stage) =>
    subscribed(stage, {}, (client) => {
      const codecs: readonly Compression[] = ['gzip', 'zstd']
      const large = encodeMetrics([{ name: 'x'.repeat(2 * MAX_BYTES), gauge: [{ value: 1 }] }])
      return pushesOf(
        stage,
        client,
        codecs.map((codec) => ({ compressionType: COMPRESSIONS.indexOf(codec), metrics: compress(codec, large) })),
      )
    }),
  ),
  one('PushTelemetry: before its time, and the last one', (stage) =>
    subscribed(stage, {}, async (client) => {
      const id = idFor(stage, 'a')
      const subscriptionId = await idOf(client, id)
      await sleep(2)
      const asks = [{}, {}, { terminating: true }, { terminating: true }, {}]
      const outcomes: unknown[] = []
      for (const fields of asks) outcomes.push(await push(client, id, { subscriptionId, ...fields }))
      return outcomes
    }),
  ),
  one('PushTelemetry: asked again after an error', (stage) =>
    subscribed(stage, {}, async (client) => {
      const outcomes: unknown[] = []
      for (const [index, fields] of [{ subscriptionId: 1 }, { compressionType: 7 }, { metrics: Buffer.from('no metrics') }].entries()) {
        const id = idFor(stage, `e${index}`)
        const subscriptionId = await idOf(client, id)
        await sleep(2)
        outcomes.push(await push(client, id, { subscriptionId, ...fields }), await get(client, id))
      }
      return outcomes
    }),
  ),
  one('PushTelemetry: by a client that nobody asks for anything', async (stage) => {
    const client = await clientOf(stage)
    const [asked, unasked, terminating] = [idFor(stage, 'a'), idFor(stage, 'b'), idFor(stage, 'c')]
    const subscriptionId = await idOf(client, asked)
    await sleep(2)
    return [
      await push(client, asked, { subscriptionId }),
      await push(client, asked, { subscriptionId }),
      await push(client, unasked, { subscriptionId: 1 }),
      await push(client, terminating, { subscriptionId: await idOf(client, terminating), terminating: true }),
      await push(client, terminating, { subscriptionId }),
    ]
  }),
  one('PushTelemetry: of metrics that nobody asked for', (stage) =>
    subscribed(stage, { metrics: 'org.apache.kafka.consumer.' }, (client) => pushesOf(stage, client, [{}, { terminating: true }])),
  ),
  one('PushTelemetry: by a client that did not ask here', (stage) =>
    subscribed(stage, {}, async (client) => {
      const id = idFor(stage, 'a')
      const subscriptionId = await idOf(client, id)
      const elsewhere = idFor(stage, 'b')
      return [await push(client, elsewhere, { subscriptionId }), await push(client, elsewhere, { subscriptionId })]
    }),
  ),
]
