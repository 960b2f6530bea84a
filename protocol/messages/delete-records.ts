import { api, array, int16, int32, int64, message, string, struct, type Value } from '../schema/notation.ts'

const DeleteRecordsPartition = struct('DeleteRecordsPartition', {
  partitionIndex: int32('0+'),
  offset: int64('0+'),
})

const DeleteRecordsTopic = struct('DeleteRecordsTopic', {
  name: string('0+'),
  partitions: array(DeleteRecordsPartition, '0+'),
})

export const DeleteRecordsRequest = message({
  name: 'DeleteRecordsRequest',
  kind: 'request',
  key: 21,
  versions: '0-2',
  flexible: '2+',
  listeners: ['broker'],
  fields: {
    topics: array(DeleteRecordsTopic, '0+'),
    timeoutMs: int32('0+'),
  },
})
export type DeleteRecordsRequest = Value<typeof DeleteRecordsRequest>

const DeleteRecordsPartitionResult = struct('DeleteRecordsPartitionResult', {
  partitionIndex: int32('0+', { mapKey: true }),
  lowWatermark: int64('0+'),
  errorCode: int16('0+'),
})

const DeleteRecordsTopicResult = struct('DeleteRecordsTopicResult', {
  name: string('0+', { mapKey: true }),
  partitions: array(DeleteRecordsPartitionResult, '0+'),
})

export const DeleteRecordsResponse = message({
  name: 'DeleteRecordsResponse',
  kind: 'response',
  key: 21,
  versions: '0-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    topics: array(DeleteRecordsTopicResult, '0+'),
  },
})
export type DeleteRecordsResponse = Value<typeof DeleteRecordsResponse>

/** API key 21. Source: the specifications of DeleteRecordsRequest and DeleteRecordsResponse in Apache Kafka 4.3.1. */
export const DeleteRecordsApi = api('DeleteRecords', DeleteRecordsRequest, DeleteRecordsResponse)
