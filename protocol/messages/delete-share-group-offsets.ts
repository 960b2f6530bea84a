import { api, array, int16, int32, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const DeleteShareGroupOffsetsRequestTopic = struct('DeleteShareGroupOffsetsRequestTopic', {
  topicName: string('0+'),
})

export const DeleteShareGroupOffsetsRequest = message({
  name: 'DeleteShareGroupOffsetsRequest',
  kind: 'request',
  key: 92,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    topics: array(DeleteShareGroupOffsetsRequestTopic, '0+'),
  },
})
export type DeleteShareGroupOffsetsRequest = Value<typeof DeleteShareGroupOffsetsRequest>

const DeleteShareGroupOffsetsResponseTopic = struct('DeleteShareGroupOffsetsResponseTopic', {
  topicName: string('0+'),
  topicId: uuid('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
})

export const DeleteShareGroupOffsetsResponse = message({
  name: 'DeleteShareGroupOffsetsResponse',
  kind: 'response',
  key: 92,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    responses: array(DeleteShareGroupOffsetsResponseTopic, '0+'),
  },
})
export type DeleteShareGroupOffsetsResponse = Value<typeof DeleteShareGroupOffsetsResponse>

/** API key 92. Source: the specifications of DeleteShareGroupOffsetsRequest and DeleteShareGroupOffsetsResponse in Apache Kafka 4.3.1. */
export const DeleteShareGroupOffsetsApi = api('DeleteShareGroupOffsets', DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse)
