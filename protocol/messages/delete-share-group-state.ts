import { api, array, int16, int32, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const PartitionData = struct('PartitionData', {
  partition: int32('0+'),
})

const DeleteStateData = struct('DeleteStateData', {
  topicId: uuid('0+'),
  partitions: array(PartitionData, '0+'),
})

export const DeleteShareGroupStateRequest = message({
  name: 'DeleteShareGroupStateRequest',
  kind: 'request',
  key: 86,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    topics: array(DeleteStateData, '0+'),
  },
})
export type DeleteShareGroupStateRequest = Value<typeof DeleteShareGroupStateRequest>

const PartitionResult = struct('PartitionResult', {
  partition: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
})

const DeleteStateResult = struct('DeleteStateResult', {
  topicId: uuid('0+'),
  partitions: array(PartitionResult, '0+'),
})

export const DeleteShareGroupStateResponse = message({
  name: 'DeleteShareGroupStateResponse',
  kind: 'response',
  key: 86,
  versions: '0',
  flexible: '0+',
  fields: {
    results: array(DeleteStateResult, '0+'),
  },
})
export type DeleteShareGroupStateResponse = Value<typeof DeleteShareGroupStateResponse>

/** API key 86. Source: the specifications of DeleteShareGroupStateRequest and DeleteShareGroupStateResponse in Apache Kafka 4.3.1. */
export const DeleteShareGroupStateApi = api('DeleteShareGroupState', DeleteShareGroupStateRequest, DeleteShareGroupStateResponse)
