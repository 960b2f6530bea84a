import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { ClientRequest } from '../../../src/broker/client-request.ts'
import type { Forwarded, Forwarder } from '../../../src/broker/forwarder.ts'
import { createTopicsHandler } from '../../../src/handlers/create-topics.ts'
import { forwarded } from '../../../src/handlers/forwarded.ts'
import { incrementalAlterConfigsHandler } from '../../../src/handlers/incremental-alter-configs.ts'
import { handlers } from '../../../src/handlers/registry.ts'
import { broker, topic } from '../metadata/records.ts'
import { TopicNode } from './topic-requests.ts'

/** A broker whose requests are answered elsewhere as `answer` says, and kept. */
function brokerWith(answer: (client: ClientRequest) => Forwarded) {
  const sent: ClientRequest[] = []
  const forward: Forwarder['forward'] = (client) => {
    sent.push(client)
    return Promise.resolve(answer(client))
  }
  return { sent, node: new TopicNode([broker(1), topic('foo', 1)], {}, { forwarder: { forward } }) }
}

const request = { topics: [{ name: 'bar', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }], timeoutMs: 1000 }
const handler = forwarded(createTopicsHandler)

describe('an API that the active controller serves', () => {
  it('is passed on by a broker with who asks, and answered as the controller answers', async () => {
    const { node, sent } = brokerWith(() => ({
      kind: 'response',
      response: { throttleTimeMs: 3, topics: [{ name: 'bar', errorCode: 0, errorMessage: null }] },
    }))
    expect(await node.ask(handler, 7, request)).toMatchObject({ throttleTimeMs: 3, topics: [{ name: 'bar', errorCode: 0 }] })
    const client = { apiVersion: 7, correlationId: 1, clientId: 'test', principal: 'User:ANONYMOUS', clientAddress: '127.0.0.1' }
    expect(sent).toMatchObject([{ api: createTopicsHandler.api, ...client, request }])
  })

  it('is served by a controller itself', async () => {
    const { node, sent } = brokerWith(() => ({ kind: 'error', errorCode: ErrorCode.UNKNOWN_SERVER_ERROR }))
    const on = { listenerName: 'CONTROLLER', listenerKind: 'controller' } as const
    expect(await node.ask(handler, 7, request, on)).toMatchObject({ topics: [{ name: 'bar', errorCode: 0 }] })
    expect(sent).toEqual([])
  })

  it('says for each topic that no controller answered in time', async () => {
    const { node } = brokerWith(() => ({ kind: 'error', errorCode: ErrorCode.REQUEST_TIMED_OUT }))
    expect(await node.ask(handler, 7, request)).toMatchObject({ topics: [{ name: 'bar', errorCode: ErrorCode.REQUEST_TIMED_OUT }] })
  })

  it('closes the connection of a client whose version the controller does not know', async () => {
    const { node } = brokerWith(() => ({ kind: 'close', why: 'the controller does not know version 7' }))
    await expect(node.ask(handler, 7, request)).rejects.toThrow('the controller does not know version 7')
  })

  it('is any that Apache Kafka passes on and that is served here, but for tokens, which no listener gives, and changes of settings', () => {
    // Source: ApiKeys.forwardable of Apache Kafka 4.3.1.
    const passedOn = [19, 20, 30, 31, 37, 43, 45, 46, 55, 57, 64, 80, 81]
    const marked = handlers.filter(({ borrowsBytes }) => borrowsBytes === false).map(({ api }) => api.key)
    expect(marked).toEqual(passedOn)
  })
})

describe('changes of settings', () => {
  const TOPIC = 2
  const BROKER = 4
  const resource = (resourceType: number, resourceName: string, name: string) => ({
    resourceType,
    resourceName,
    configs: [{ name, configOperation: 0, value: '1000' }],
  })
  const changes = { resources: [resource(TOPIC, 'foo', 'retention.ms'), resource(BROKER, '2', 'log.retention.ms')], validateOnly: false }

  it('that the broker refuses by itself are not passed on, and all are answered in the order of the request', async () => {
    const decided = { resourceType: TOPIC, resourceName: 'foo', errorCode: 0, errorMessage: null }
    const { node, sent } = brokerWith(() => ({ kind: 'response', response: { throttleTimeMs: 0, responses: [decided] } }))
    const { responses } = await node.ask(incrementalAlterConfigsHandler, 1, { ...changes, resources: changes.resources.toReversed() })
    expect(responses).toMatchObject([
      { resourceType: BROKER, resourceName: '2', errorCode: ErrorCode.INVALID_REQUEST },
      { resourceType: TOPIC, resourceName: 'foo', errorCode: 0 },
    ])
    expect(sent).toMatchObject([{ request: { resources: [changes.resources[0]], validateOnly: false } }])
  })

  it('that nobody answered for are an error of theirs', async () => {
    const { node } = brokerWith(() => ({ kind: 'response', response: { throttleTimeMs: 0, responses: [] } }))
    const { responses } = await node.ask(incrementalAlterConfigsHandler, 1, { ...changes, resources: changes.resources.slice(0, 1) })
    expect(responses).toMatchObject([{ resourceName: 'foo', errorCode: ErrorCode.UNKNOWN_SERVER_ERROR }])
  })

  it('of another broker are taken by a controller, which knows it', async () => {
    const { node } = brokerWith(() => ({ kind: 'error', errorCode: ErrorCode.UNKNOWN_SERVER_ERROR }))
    const on = { listenerName: 'CONTROLLER', listenerKind: 'controller' } as const
    const { responses } = await node.ask(incrementalAlterConfigsHandler, 1, { ...changes, resources: changes.resources.slice(1) }, on)
    expect(responses).toMatchObject([{ resourceName: '2', errorCode: ErrorCode.BROKER_ID_NOT_REGISTERED }])
  })
})
