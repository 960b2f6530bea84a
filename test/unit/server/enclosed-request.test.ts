import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { ResponseHeader } from '../../../protocol/headers/response-header.ts'
import { BrokerHeartbeatApi } from '../../../protocol/messages/broker-heartbeat.ts'
import { CreateTopicsApi, CreateTopicsResponse } from '../../../protocol/messages/create-topics.ts'
import { decodeMessage } from '../../../protocol/schema/codec.ts'
import { Reader } from '../../../protocol/wire/reader.ts'
import { type ClientRequest, envelopeOf } from '../../../src/broker/client-request.ts'
import { ApiTable } from '../../../src/server/api-table.ts'
import { type Enclosed, EnclosedRequests } from '../../../src/server/enclosed-request.ts'
import type { RequestContext } from '../../../src/server/request-context.ts'

type Context = RequestContext<object>

const outer: Context = {
  ...{
    apiKey: 58,
    apiVersion: 0,
    correlationId: 5,
    clientId: '2',
    clientSoftware: '',
    clientSoftwareVersion: '',
    listenerName: 'CONTROLLER',
    listenerKind: 'controller',
    connectionId: 9,
  },
  ...{ clientHost: '/10.0.0.2', remote: { host: '10.0.0.2', port: 1 }, local: { host: '10.0.0.1', port: 9093 }, principal: 'User:broker' },
  closed: new AbortController().signal,
  services: {},
  whenSent: () => {},
  closeConnection: () => {
    throw new Error('the connection of the broker stays')
  },
}

const client: ClientRequest = {
  api: CreateTopicsApi,
  apiVersion: 7,
  correlationId: 77,
  clientId: 'admin',
  principal: 'User:alice',
  clientAddress: '::1',
  request: { topics: [], timeoutMs: 1000, validateOnly: true },
}

/** Serves what is enclosed by a CreateTopics that answers by `handle`. */
function serve(enclosed: Partial<Enclosed>, handle: (context: Context, request: { timeoutMs: number }) => object | null = () => ({ topics: [] })) {
  const apis = new ApiTable<object>([
    { api: CreateTopicsApi, listeners: ['broker', 'controller'], handle },
    { api: BrokerHeartbeatApi, listeners: ['controller'], handle },
  ])
  return new EnclosedRequests(apis).serve({ ...envelopeOf(client), ...enclosed }, outer)
}

describe('a request that stands in an Envelope', () => {
  test('is served as of the client that sent it, on the connection of the broker', async () => {
    let seen: unknown = null
    const reply = await serve({}, (context, request) => {
      const { principal, clientId, clientHost, correlationId, apiVersion, listenerKind, connectionId } = context
      seen = { principal, clientId, clientHost, correlationId, apiVersion, listenerKind, connectionId, timeoutMs: request.timeoutMs }
      return { topics: [] }
    })
    expect(seen).toEqual({
      principal: 'User:alice',
      clientId: 'admin',
      clientHost: '/0:0:0:0:0:0:0:1',
      correlationId: 77,
      apiVersion: 7,
      listenerKind: 'controller',
      connectionId: 9,
      timeoutMs: 1000,
    })
    expect(reply.errorCode).toBe(ErrorCode.NONE)
    const reader = new Reader(reply.responseData as Buffer)
    expect(decodeMessage(ResponseHeader, reader, 1)).toEqual({ correlationId: 77 })
    expect(decodeMessage(CreateTopicsResponse, reader, 7)).toEqual({ throttleTimeMs: 0, topics: [] })
  })

  test('that meets a controller which is not active is said on the Envelope', async () => {
    const reply = await serve({}, () => ({ topics: [{ name: 'a', errorCode: ErrorCode.NOT_CONTROLLER }] }))
    expect(reply).toEqual({ errorCode: ErrorCode.NOT_CONTROLLER, responseData: null })
  })

  test('that would close its connection has the broker do so', async () => {
    const reply = await serve({}, (context) => {
      context.closeConnection('an access rule with an unknown element')
      return null
    })
    expect(reply).toEqual({ errorCode: ErrorCode.UNSUPPORTED_VERSION, responseData: null })
  })

  test.each<[string, Partial<Enclosed>, number]>([
    ['without a principal', { requestPrincipal: null }, ErrorCode.PRINCIPAL_DESERIALIZATION_FAILURE],
    ['with a principal that is none', { requestPrincipal: Buffer.from('000009', 'hex') }, ErrorCode.PRINCIPAL_DESERIALIZATION_FAILURE],
    ['with a principal of another version', { requestPrincipal: Buffer.from('0001', 'hex') }, ErrorCode.PRINCIPAL_DESERIALIZATION_FAILURE],
    ['from an address that is none', { clientHostAddress: Buffer.alloc(3) }, ErrorCode.INVALID_REQUEST],
    ['without a header', { requestData: Buffer.alloc(7) }, ErrorCode.UNSUPPORTED_VERSION],
    ['of an API that brokers do not pass on', { requestData: header(BrokerHeartbeatApi.key, 0) }, ErrorCode.INVALID_REQUEST],
    ['of an API that is passed on and not served here', { requestData: header(37, 0) }, ErrorCode.UNSUPPORTED_VERSION],
    ['of an API that nobody knows', { requestData: header(4711, 0) }, ErrorCode.UNSUPPORTED_VERSION],
    ['of a version that is not known', { requestData: header(CreateTopicsApi.key, 99) }, ErrorCode.UNSUPPORTED_VERSION],
    ['whose bytes end too soon', { requestData: header(CreateTopicsApi.key, 7) }, ErrorCode.UNSUPPORTED_VERSION],
  ])('%s is refused', async (_what, enclosed, errorCode) => {
    expect(await serve(enclosed)).toEqual({ errorCode, responseData: null })
  })
})

function header(apiKey: number, apiVersion: number): Buffer {
  const bytes = Buffer.alloc(11)
  bytes.writeInt16BE(apiKey, 0)
  bytes.writeInt16BE(apiVersion, 2)
  bytes.writeInt16BE(-1, 8)
  return bytes
}
