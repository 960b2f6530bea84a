import { beforeEach, describe, expect, test } from 'vitest'
import { COMPRESSIONS, type Compression, compress } from '../../../protocol/compression/codecs.ts'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { getTelemetrySubscriptionsHandler } from '../../../src/handlers/get-telemetry-subscriptions.ts'
import { pushTelemetryHandler } from '../../../src/handlers/push-telemetry.ts'
import { ConfigResourceType } from '../../../src/metadata/image.ts'
import { wholeDelta } from '../../../src/metadata/whole-delta.ts'
import { ClientTelemetry } from '../../../src/observing/pushed/client-telemetry.ts'
import { ManualTime } from '../../../src/platform/time/manual-time.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { encodeMetrics } from '../../support/otlp/encode-metrics.ts'
import { SeededRandom } from '../../support/world/seeded-random.ts'
import { config } from '../metadata/records.ts'
import { TopicNode } from './topic-requests.ts'

const MAX_BYTES = 10_000
const INTERVAL_MS = 1000

let time: ManualTime
let telemetry: ClientTelemetry
let node: TopicNode

beforeEach(() => subscribe('client_id=test,client_software_name=test,client_software_version=1'))

/** A broker with one subscription, for clients that match. */
function subscribe(match: string): void {
  time = new ManualTime(0)
  telemetry = new ClientTelemetry({
    settings: { maxBytes: () => MAX_BYTES, maxClients: () => 10 },
    clock: time,
    random: new SeededRandom(1),
    logger: silentLogger,
  })
  const records = [
    config(ConfigResourceType.CLIENT_METRICS, 's', 'metrics', 'org.apache.kafka.producer.'),
    config(ConfigResourceType.CLIENT_METRICS, 's', 'interval.ms', String(INTERVAL_MS)),
    config(ConfigResourceType.CLIENT_METRICS, 's', 'match', match),
  ]
  node = new TopicNode(records, {}, { telemetry })
  const image = node.controller.image()
  telemetry.subscriptions.onUpdate(wholeDelta(image), image)
}

function ask(clientInstanceId = ZERO_UUID) {
  return node.ask(getTelemetrySubscriptionsHandler, 0, { clientInstanceId })
}

async function pusher() {
  const { clientInstanceId, subscriptionId } = await ask()
  return async (metrics: Buffer, compression: Compression = 'none') => {
    time.pass(INTERVAL_MS)
    const push = { clientInstanceId, subscriptionId, terminating: false, compressionType: COMPRESSIONS.indexOf(compression), metrics }
    return (await node.ask(pushTelemetryHandler, 0, push)).errorCode
  }
}

function shown(name: string): number | null {
  for (const { metrics, rows } of telemetry.tables()) {
    for (const metric of metrics) for (const row of rows()) if (metric.name === name) return metric.read(row) as number | null
  }
  return null
}

describe('GetTelemetrySubscriptions', () => {
  test('tells a client what to push, how often, and in which form', async () => {
    expect(await ask()).toEqual({
      throttleTimeMs: 0,
      errorCode: ErrorCode.NONE,
      clientInstanceId: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
      subscriptionId: expect.any(Number),
      acceptedCompressionTypes: [4, 3, 1, 2],
      pushIntervalMs: INTERVAL_MS,
      telemetryMaxBytes: MAX_BYTES,
      deltaTemporality: true,
      requestedMetrics: ['org.apache.kafka.producer.'],
    })
  })

  test('refuses a client that asks before its time, and tells it nothing', async () => {
    const { clientInstanceId } = await ask()
    expect(await ask(clientInstanceId)).toMatchObject({
      errorCode: ErrorCode.THROTTLING_QUOTA_EXCEEDED,
      clientInstanceId: ZERO_UUID,
      subscriptionId: 0,
      requestedMetrics: [],
    })
  })
})

describe('PushTelemetry', () => {
  const metrics = encodeMetrics([{ name: 'org.apache.kafka.producer.record.send.rate', gauge: [{ value: 12.5 }] }])

  test.each(COMPRESSIONS)('takes metrics in the codec %s', async (compression) => {
    const push = await pusher()
    expect(await push(compress(compression, metrics), compression)).toBe(ErrorCode.NONE)
    expect(shown('kafka_client_producer_record_send_rate')).toBe(12.5)
    expect(shown('client_telemetry_pushes_total')).toBe(1)
  })

  test('takes no bytes for no metrics', async () => {
    const push = await pusher()
    expect(await push(Buffer.alloc(0))).toBe(ErrorCode.NONE)
  })

  test('refuses what is no metrics, is not compressed as it says, or inflates to more than may be pushed', async () => {
    const push = await pusher()
    expect(await push(Buffer.from('not metrics'))).toBe(ErrorCode.INVALID_RECORD)
    for (const compression of COMPRESSIONS.slice(1)) expect(await push(metrics, compression)).toBe(ErrorCode.INVALID_RECORD)
    expect(await push(compress('gzip', Buffer.alloc(MAX_BYTES + 1)), 'gzip')).toBe(ErrorCode.INVALID_RECORD)
    expect(shown('client_telemetry_unreadable_total')).toBe(6)
  })

  test('of a client that is asked for nothing looks at nothing, and keeps nothing', async () => {
    subscribe('client_id=another')
    const { clientInstanceId, subscriptionId, requestedMetrics } = await ask()
    expect(requestedMetrics).toEqual([])
    time.pass(1)
    const push = { clientInstanceId, subscriptionId, terminating: false, compressionType: 0, metrics }
    expect(await node.ask(pushTelemetryHandler, 0, push)).toMatchObject({ errorCode: ErrorCode.NONE })
    expect([shown('client_telemetry_pushes_total'), shown('client_telemetry_series')]).toEqual([0, 0])
  })

  test('keeps what the client is asked for alone', async () => {
    const push = await pusher()
    expect(await push(encodeMetrics([{ name: 'org.apache.kafka.consumer.x', gauge: [{ value: 1 }] }]))).toBe(ErrorCode.NONE)
    expect([shown('client_telemetry_dropped_total'), shown('client_telemetry_series')]).toEqual([1, 0])
  })
})
