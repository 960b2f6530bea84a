import { expect, test } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ApiVersionsResponse } from '../../../../protocol/messages/api-versions.ts'
import { MetadataApi } from '../../../../protocol/messages/metadata.ts'
import { encodeToBuffer } from '../../../../protocol/schema/codec.ts'
import { diagnose, VISITS_AT_ONCE } from '../../../../src/cli/doctor/diagnose.ts'
import { BrokerSide, response } from '../../client/broker-side.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('however many brokers it is told of, it turns to a few of them at a time, and to each', async () => {
  const broker = new BrokerSide()
  const brokers = Array.from({ length: VISITS_AT_ONCE + 1 }, (_, nodeId) => ({ nodeId, host: 'broker', port: 1000 + nodeId, rack: null }))
  const diagnosing = diagnose({ host: 'broker', port: 9092 }, broker.options)
  await turn()
  const apis = { errorCode: ErrorCode.NONE, apiKeys: [{ apiKey: MetadataApi.key, minVersion: 0, maxVersion: 4 }] }
  broker.socket.receive(response(1, encodeToBuffer(ApiVersionsResponse, apis, 4)))
  await turn()
  broker.connects = 'never'
  broker.socket.receive(response(2, encodeToBuffer(MetadataApi.response, { brokers, topics: [] }, 4)))
  await turn()
  expect(broker.asked).toHaveLength(1 + VISITS_AT_ONCE)
  broker.time.advance(1000)
  await turn()
  expect(broker.asked).toHaveLength(1 + brokers.length)
  broker.time.advance(1000)
  const { told, isHealthy } = await diagnosing
  expect({ told: told.map(({ broker: { port } }) => port), isHealthy }).toEqual({ told: brokers.map(({ port }) => port), isHealthy: false })
})
