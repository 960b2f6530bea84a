import { describe, expect, test } from 'vitest'
import { DefaultPrincipalData } from '../../../protocol/data/default-principal-data.ts'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { RequestHeader } from '../../../protocol/headers/request-header.ts'
import { CreateTopicsApi, CreateTopicsRequest, CreateTopicsResponse } from '../../../protocol/messages/create-topics.ts'
import { DescribeQuorumApi } from '../../../protocol/messages/describe-quorum.ts'
import { EnvelopeApi, type EnvelopeRequest, type EnvelopeResponse } from '../../../protocol/messages/envelope.ts'
import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { decodeFrom, decodeMessage, encodeMessage } from '../../../protocol/schema/codec.ts'
import { Reader } from '../../../protocol/wire/reader.ts'
import { Writer } from '../../../protocol/wire/writer.ts'
import { type Forwarded, Forwarder } from '../../../src/broker/forwarder.ts'
import { MetadataLoader } from '../../../src/metadata/loader.ts'
import { served } from '../../support/peers/answering-node.ts'
import { partition, topic, topicId } from '../metadata/records.ts'
import { ScriptedControllers } from './scripted-controllers.ts'

const VERSION = 7
const CORRELATION_ID = 77
const NOT_CONTROLLER = 41
const UNSUPPORTED_VERSION = 35

const request = { topics: [{ name: 'foo', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }], timeoutMs: 5000, validateOnly: false }
const client = {
  api: CreateTopicsApi,
  apiVersion: VERSION,
  correlationId: CORRELATION_ID,
  clientId: 'admin',
  principal: 'User:alice',
  clientAddress: '10.0.0.9',
  request,
}
const created = { throttleTimeMs: 0, topics: [{ name: 'foo', topicId: topicId(1), errorCode: 0, errorMessage: null, numPartitions: 1, replicationFactor: 1 }] }
const never = () => Promise.reject(new Error('the controller is not in this process'))

const metadataLog = { partitionIndex: 0, errorCode: 0, errorMessage: '', leaderId: 2, leaderEpoch: 1, currentVoters: [], observers: [] }

/** The bytes of a response with its header. */
function responseData(response: typeof created, correlationId = CORRELATION_ID): Buffer {
  const writer = new Writer()
  writer.int32(correlationId)
  writer.unsignedVarint(0)
  encodeMessage(CreateTopicsResponse, response, writer, VERSION)
  return writer.toBuffer()
}

function apiOf({ requestData }: EnvelopeRequest): { readonly apiKey: number } {
  return { apiKey: Buffer.from(requestData).readInt16BE(0) }
}

function story(...answers: Pick<EnvelopeResponse, 'errorCode' | 'responseData'>[]) {
  return storyWith((_, count) => answers[Math.min(count, answers.length) - 1] as EnvelopeResponse)
}

type Answer = Pick<EnvelopeResponse, 'errorCode' | 'responseData'>

/** @param answer to the envelope, which is the `count`th */
async function storyWith(answer: (envelope: EnvelopeRequest, count: number) => Answer | Promise<Answer>) {
  const controllers = new ScriptedControllers()
  const envelopes: EnvelopeRequest[] = []
  const log = { committedEnd: 2 }
  await controllers.start('two', [
    served(DescribeQuorumApi, () => ({
      errorCode: 0,
      errorMessage: '',
      topics: [{ topicName: '__cluster_metadata', partitions: [{ ...metadataLog, highWatermark: log.committedEnd }] }],
      nodes: [],
    })),
    served(EnvelopeApi, (envelope) => {
      envelopes.push({ ...envelope, requestData: Buffer.from(envelope.requestData) })
      return answer(envelope, envelopes.length)
    }),
  ])
  controllers.lead(2, 'two')
  const loader = new MetadataLoader((error) => {
    throw error
  })
  const { timers } = controllers.world.node('self').ports
  const forwarder = new Forwarder({ controller: controllers.active(), metadata: loader, timers, logger: controllers.logger })
  const applied = () =>
    loader.handleCommit({ baseOffset: 0, lastOffset: 1, epoch: 1, appendedMs: 0, sizeBytes: 0, records: [topic('foo', 1), partition(1, 0)] })
  const wentOn = (lastOffset: number) => loader.handleCommit({ baseOffset: lastOffset, lastOffset, epoch: 1, appendedMs: 0, sizeBytes: 0, records: [] })
  return { controllers, envelopes, forwarder, applied, log, wentOn, world: controllers.world }
}

describe('a request that the active controller decides on another node', () => {
  test('does not wait for topics that are being made, whose answers may take long', async () => {
    const { world, envelopes, forwarder } = await storyWith((envelope) => {
      const { apiKey } = apiOf(envelope)
      return apiKey === CreateTopicsApi.key ? new Promise(() => {}) : Promise.resolve({ errorCode: 31, responseData: null })
    })
    const making = { isOver: false }
    void forwarder.forward(client, never).then(() => {
      making.isOver = true
    })
    await world.runUntil(() => envelopes.length === 1, { withinMs: 1000 })
    const settings = { ...client, api: IncrementalAlterConfigsApi, apiVersion: 1, request: { resources: [], validateOnly: false } }
    expect(await world.complete(forwarder.forward(settings, never))).toEqual({ kind: 'error', errorCode: ErrorCode.UNKNOWN_SERVER_ERROR })
    expect(making.isOver).toBe(false)
  })

  test('goes to it whole, with who sent it and from where', async () => {
    const { world, envelopes, forwarder, applied } = await story({ errorCode: 0, responseData: responseData(created) })
    applied()
    const answer = await world.complete(forwarder.forward(client, never))
    expect(answer).toMatchObject({ kind: 'response', response: { topics: [{ name: 'foo', errorCode: 0, topicId: topicId(1) }] } })
    const [envelope] = envelopes
    const reader = new Reader(envelope?.requestData as Buffer)
    expect(decodeMessage(RequestHeader, reader, 2)).toEqual({
      requestApiKey: CreateTopicsApi.key,
      requestApiVersion: VERSION,
      correlationId: CORRELATION_ID,
      clientId: 'admin',
    })
    expect(decodeMessage(CreateTopicsRequest, reader, VERSION)).toMatchObject(request)
    expect(Buffer.from(envelope?.clientHostAddress ?? []).toString('hex')).toBe('0a000009')
    const principal = Buffer.from(envelope?.requestPrincipal ?? [])
    expect(principal.readInt16BE(0)).toBe(0)
    expect(decodeFrom(DefaultPrincipalData, principal.subarray(2), 0)).toEqual({ type: 'User', name: 'alice', tokenAuthenticated: false })
  })

  test('is answered when this node has applied what was done', async () => {
    const { world, forwarder, applied } = await story({ errorCode: 0, responseData: responseData(created) })
    const answers: Forwarded[] = []
    void forwarder.forward(client, never).then((answer) => answers.push(answer))
    await world.run(1000)
    expect(answers).toEqual([])
    applied()
    await world.run(10)
    expect(answers).toMatchObject([{ kind: 'response' }])
  })

  test('is answered after its own time when this node is not so far by then', async () => {
    const { world, forwarder } = await story({ errorCode: 0, responseData: responseData(created) })
    expect(await world.complete(forwarder.forward(client, never))).toMatchObject({ kind: 'response' })
    expect(world.nowMs).toBeCloseTo(5000, -2)
  })

  test('is answered when this node knows all that is committed, though another client has undone what was done: it is never seen here', async () => {
    const { world, forwarder, log, wentOn } = await story({ errorCode: 0, responseData: responseData(created) })
    log.committedEnd = 8
    const answers: Forwarded[] = []
    void forwarder.forward(client, never).then((answer) => answers.push(answer))
    wentOn(6)
    await world.run(1000)
    expect(answers).toEqual([])
    wentOn(7)
    await world.run(10)
    expect(answers).toMatchObject([{ kind: 'response' }])
    expect(await world.complete(forwarder.forward(client, never))).toMatchObject({ kind: 'response' })
    expect(world.nowMs).toBeLessThan(1500)
  })

  test('is sent again to who was not the active controller yet', async () => {
    const { world, envelopes, forwarder, applied } = await story(
      { errorCode: NOT_CONTROLLER, responseData: null },
      { errorCode: 0, responseData: responseData(created) },
    )
    applied()
    expect(await world.complete(forwarder.forward(client, never))).toMatchObject({ kind: 'response' })
    expect(envelopes).toHaveLength(2)
  })

  test('times out without a controller after the time that its client gave it, and one without such a time after a minute', async () => {
    const { controllers, world, forwarder } = await story({ errorCode: 0, responseData: null })
    controllers.nobodyLeads()
    expect(await world.complete(forwarder.forward(client, never))).toEqual({ kind: 'error', errorCode: ErrorCode.REQUEST_TIMED_OUT })
    expect(world.nowMs).toBeCloseTo(5000, -2)
    const settings = { ...client, api: IncrementalAlterConfigsApi, apiVersion: 1, request: { resources: [], validateOnly: false } }
    expect(await world.complete(forwarder.forward(settings, never))).toEqual({ kind: 'error', errorCode: ErrorCode.REQUEST_TIMED_OUT })
    expect(world.nowMs).toBeCloseTo(65_000, -2)
  })

  test('has only what is left of its time when it is sent again, and is not sent when nothing is: nobody would expect it to be done', async () => {
    const { controllers, world, envelopes, forwarder } = await storyWith(() => new Promise(() => {}))
    const answer = forwarder.forward(client, never)
    await world.run(2000)
    controllers.lead(2, 'two')
    expect(await world.complete(answer, { withinMs: 20_000 })).toEqual({ kind: 'error', errorCode: ErrorCode.REQUEST_TIMED_OUT })
    const times = envelopes.map(({ requestData }) => {
      const reader = new Reader(requestData as Buffer)
      decodeMessage(RequestHeader, reader, 2)
      return decodeMessage(CreateTopicsRequest, reader, VERSION).timeoutMs
    })
    const [first, second, ...more] = times
    expect([first, more]).toEqual([5000, []])
    expect(second).toBeLessThan(2500)
  })

  test.each([
    ['an error of the Envelope', { errorCode: 97, responseData: null }],
    ['no response in it', { errorCode: 0, responseData: null }],
    ['bytes that are none', { errorCode: 0, responseData: Buffer.from('0000004d00ff', 'hex') }],
    ['a response to another request', { errorCode: 0, responseData: responseData(created, 78) }],
  ])('fails with UNKNOWN_SERVER_ERROR for %s', async (_what, answer) => {
    const { world, forwarder } = await story(answer)
    expect(await world.complete(forwarder.forward(client, never))).toEqual({ kind: 'error', errorCode: -1 })
  })

  test('closes the connection of a client whose version the controller does not know', async () => {
    const { world, forwarder } = await story({ errorCode: UNSUPPORTED_VERSION, responseData: null })
    expect(await world.complete(forwarder.forward(client, never))).toMatchObject({ kind: 'close' })
  })
})

describe('a request that the active controller decides in this process', () => {
  test('is served here', async () => {
    const { controllers, world, envelopes, forwarder } = await story({ errorCode: 0, responseData: null })
    controllers.lead(1, 'self')
    expect(await world.complete(forwarder.forward(client, () => Promise.resolve(created)))).toEqual({ kind: 'response', response: created })
    expect(envelopes).toEqual([])
  })

  test('goes on to the next controller when this one resigned', async () => {
    const { controllers, world, forwarder, applied } = await story({ errorCode: 0, responseData: responseData(created) })
    applied()
    controllers.lead(1, 'self')
    const here = () => {
      controllers.lead(2, 'two')
      return Promise.resolve({ topics: [{ name: 'foo', errorCode: NOT_CONTROLLER }] })
    }
    expect(await world.complete(forwarder.forward(client, here))).toMatchObject({ kind: 'response', response: { topics: [{ errorCode: 0 }] } })
  })
})
