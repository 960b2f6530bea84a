import { api, array, int16, int32, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const DeleteTopicState = struct('DeleteTopicState', {
  name: string('6+', { nullable: '6+', default: null }),
  topicId: uuid('6+'),
})

export const DeleteTopicsRequest = message({
  name: 'DeleteTopicsRequest',
  kind: 'request',
  key: 20,
  versions: '1-6',
  flexible: '4+',
  listeners: ['broker', 'controller'],
  fields: {
    topics: array(DeleteTopicState, '6+'),
    topicNames: array('string', '0-5', { ignorable: true }),
    timeoutMs: int32('0+'),
  },
})
export type DeleteTopicsRequest = Value<typeof DeleteTopicsRequest>

const DeletableTopicResult = struct('DeletableTopicResult', {
  name: string('0+', { nullable: '6+', mapKey: true }),
  topicId: uuid('6+', { ignorable: true }),
  errorCode: int16('0+'),
  errorMessage: string('5+', { nullable: '5+', default: null, ignorable: true }),
})

export const DeleteTopicsResponse = message({
  name: 'DeleteTopicsResponse',
  kind: 'response',
  key: 20,
  versions: '1-6',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    responses: array(DeletableTopicResult, '0+'),
  },
})
export type DeleteTopicsResponse = Value<typeof DeleteTopicsResponse>

/** API key 20. Source: the specifications of DeleteTopicsRequest and DeleteTopicsResponse in Apache Kafka 4.3.1. */
export const DeleteTopicsApi = api('DeleteTopics', DeleteTopicsRequest, DeleteTopicsResponse)
