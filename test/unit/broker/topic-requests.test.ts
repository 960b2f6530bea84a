import { describe, expect, test } from 'vitest'
import { RequestHeader } from '../../../protocol/headers/request-header.ts'
import { DeleteTopicsApi, DeleteTopicsRequest, DeleteTopicsResponse } from '../../../protocol/messages/delete-topics.ts'
import { EnvelopeApi, type EnvelopeRequest, type EnvelopeResponse } from '../../../protocol/messages/envelope.ts'
import { decodeMessage, encodeMessage } from '../../../protocol/schema/codec.ts'
import type { Input } from '../../../protocol/schema/notation.ts'
import { Reader } from '../../../protocol/wire/reader.ts'
import { Writer } from '../../../protocol/wire/writer.ts'
import { TopicRequests } from '../../../src/broker/topic-requests.ts'
import type { Controller, DeletedTopic } from '../../../src/controller/controller.ts'
import { MetadataLoader } from '../../../src/metadata/loader.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { served } from '../../support/peers/answering-node.ts'
import { partition, topic, topicId } from '../metadata/records.ts'
import { ScriptedControllers } from './scripted-controllers.ts'

const VERSION = 6
const CONTEXT = { principal: 'User:node' }
const IDS = [topicId(1), topicId(2)]
const UNKNOWN_TOPIC_ID = 100
const UNKNOWN_SERVER_ERROR = -1

type Answer = Pick<EnvelopeResponse, 'errorCode' | 'responseData'>

/** What a controller on another node answers to the deletion, in its envelope. */
function deleted(responses: Input<typeof DeleteTopicsResponse>['responses']): Answer {
  const writer = new Writer()
  writer.int32(0)
  writer.unsignedVarint(0)
  encodeMessage(DeleteTopicsResponse, { throttleTimeMs: 0, responses }, writer, VERSION)
  return { errorCode: 0, responseData: writer.toBuffer() }
}

async function story(answer: Answer, local: Pick<Controller, 'deleteTopics'> = { deleteTopics: () => Promise.reject(new Error('not in this process')) }) {
  const controllers = new ScriptedControllers()
  const envelopes: EnvelopeRequest[] = []
  await controllers.start('two', [
    served(EnvelopeApi, (envelope) => {
      envelopes.push({ ...envelope, requestData: Buffer.from(envelope.requestData) })
      return answer
    }),
  ])
  controllers.lead(2, 'two')
  const metadata = new MetadataLoader((error) => {
    throw error
  })
  let offset = 0
  const apply = (...records: MetadataRecord[]) => {
    const baseOffset = offset
    offset += records.length
    metadata.handleCommit({ baseOffset, lastOffset: offset - 1, epoch: 1, appendedMs: 0, sizeBytes: 0, records })
  }
  const { timers } = controllers.world.node('self').ports
  const requests = new TopicRequests({ controller: controllers.active(), local: local as Controller, metadata, timers, timeoutMs: 5000 })
  return { controllers, world: controllers.world, envelopes, apply, requests }
}

describe('topics that this node is done with', () => {
  test('are deleted by the active controller on another node, by their ids, and gone from this one when it has answered', async () => {
    const { world, envelopes, apply, requests } = await story(
      deleted([
        { name: 'two', topicId: topicId(2), errorCode: 0, errorMessage: null },
        { name: 'one', topicId: topicId(1), errorCode: 0, errorMessage: null },
      ]),
    )
    apply(topic('one', 1), partition(1, 0), topic('two', 2), partition(2, 0))
    const answers: (readonly DeletedTopic[])[] = []
    void requests.deleteTopics(CONTEXT, IDS).then((answer) => answers.push(answer))
    await world.run(1000)
    expect(answers).toEqual([])
    apply(...IDS.map((id): MetadataRecord => ({ type: 'RemoveTopicRecord', version: 0, data: { topicId: id } })))
    await world.run(10)
    expect(answers).toEqual([
      [
        { id: topicId(1), name: 'one', errorCode: 0, errorMessage: null },
        { id: topicId(2), name: 'two', errorCode: 0, errorMessage: null },
      ],
    ])
    const reader = new Reader(envelopes[0]?.requestData as Buffer)
    expect(decodeMessage(RequestHeader, reader, 2)).toMatchObject({ requestApiKey: DeleteTopicsApi.key, requestApiVersion: VERSION })
    expect(decodeMessage(DeleteTopicsRequest, reader, VERSION)).toMatchObject({ topics: IDS.map((id) => ({ name: null, topicId: id })), timeoutMs: 5000 })
  })

  test('and of which the controller does not tell, are not taken for deleted', async () => {
    const { world, requests } = await story(deleted([{ name: null, topicId: topicId(2), errorCode: UNKNOWN_TOPIC_ID, errorMessage: null }]))
    expect(await world.complete(requests.deleteTopics(CONTEXT, IDS))).toMatchObject([
      { id: topicId(1), errorCode: UNKNOWN_SERVER_ERROR },
      { id: topicId(2), errorCode: UNKNOWN_TOPIC_ID },
    ])
  })

  test('are not deleted where the envelope is refused', async () => {
    const { world, requests } = await story({ errorCode: 31, responseData: null })
    expect(await world.complete(requests.deleteTopics(CONTEXT, IDS))).toMatchObject(IDS.map((id) => ({ id, name: null, errorCode: UNKNOWN_SERVER_ERROR })))
  })

  test('are deleted in this process where the active controller is here', async () => {
    const reply = IDS.map((id) => ({ id, name: 'here', errorCode: 0, errorMessage: null }))
    const { controllers, world, envelopes, requests } = await story(deleted([]), { deleteTopics: async () => reply })
    controllers.lead(1, 'self')
    expect(await world.complete(requests.deleteTopics(CONTEXT, IDS))).toBe(reply)
    expect(envelopes).toEqual([])
  })
})
