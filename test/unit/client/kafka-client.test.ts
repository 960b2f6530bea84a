import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { ApiVersionsResponse } from '../../../protocol/messages/api-versions.ts'
import { HeartbeatApi } from '../../../protocol/messages/heartbeat.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { encodeToBuffer } from '../../../protocol/schema/codec.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import { KafkaClient } from '../../../src/client/kafka-client.ts'
import { BrokerSide, response } from './broker-side.ts'

const BROKER = { host: 'broker', port: 9092 }

function served(apiKeys: readonly { apiKey: number; minVersion: number; maxVersion: number }[]): Input<typeof ApiVersionsResponse> {
  return { errorCode: ErrorCode.NONE, apiKeys }
}

/** Answers the first request by `first`, and by `second` the one that may follow. */
async function open(first: readonly [Input<typeof ApiVersionsResponse>, number], second?: Input<typeof ApiVersionsResponse>) {
  const broker = new BrokerSide()
  const opening = KafkaClient.open(BROKER, broker.options)
  opening.catch(() => {})
  await turn()
  broker.socket.receive(response(1, encodeToBuffer(ApiVersionsResponse, ...first)))
  await turn()
  if (second !== undefined) broker.socket.receive(response(2, encodeToBuffer(ApiVersionsResponse, second, 0)))
  return { broker, opening }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a client', () => {
  test('speaks the latest version that both sides know', async () => {
    const apis = [
      { apiKey: HeartbeatApi.key, minVersion: 0, maxVersion: 99 },
      { apiKey: MetadataApi.key, minVersion: 0, maxVersion: 5 },
    ]
    const { broker, opening } = await open([served(apis), 4])
    const client = await opening
    expect([client.versionOf(HeartbeatApi), client.versionOf(MetadataApi)]).toEqual([4, 5])
    void client.send(MetadataApi, { topics: [] }).catch(() => {})
    expect(broker.requests[1]?.readInt16BE(2)).toBe(5)
  })

  test('refuses what the broker does not serve, or in no version that is known', async () => {
    const { opening } = await open([served([{ apiKey: MetadataApi.key, minVersion: 90, maxVersion: 99 }]), 4])
    const client = await opening
    for (const api of [MetadataApi, HeartbeatApi]) {
      await expect(client.send(api as typeof MetadataApi, { topics: [] })).rejects.toMatchObject({
        code: 'CLIENT_VERSION',
        message: expect.stringContaining(api.name),
      })
    }
  })

  test('asks an older broker again in the version that all know', async () => {
    const apis = [{ apiKey: MetadataApi.key, minVersion: 0, maxVersion: 2 }]
    const { broker, opening } = await open([{ errorCode: ErrorCode.UNSUPPORTED_VERSION, apiKeys: [] }, 0], served(apis))
    expect((await opening).versionOf(MetadataApi)).toBe(2)
    expect(broker.requests.map((request) => request.readInt16BE(2))).toEqual([4, 0])
  })

  test('does not stay connected to who refuses to say what it serves', async () => {
    const { broker, opening } = await open([{ errorCode: ErrorCode.INVALID_REQUEST, apiKeys: [] }, 4])
    await expect(opening).rejects.toMatchObject({ code: 'CLIENT_VERSION', message: 'broker:9092: it answers ApiVersions with INVALID_REQUEST' })
    expect(broker.socket.state).toBe('destroyed')
  })
})
