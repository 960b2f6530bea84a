import { api, array, bool, int8, int16, int32, int64, message, string, struct, type Value } from '../schema/notation.ts'

const WritableTxnMarkerTopic = struct('WritableTxnMarkerTopic', {
  name: string('0+'),
  partitionIndexes: array('int32', '0+'),
})

const WritableTxnMarker = struct('WritableTxnMarker', {
  producerId: int64('0+'),
  producerEpoch: int16('0+'),
  transactionResult: bool('0+'),
  topics: array(WritableTxnMarkerTopic, '0+'),
  coordinatorEpoch: int32('0+'),
  transactionVersion: int8('2+', { default: 0, ignorable: true }),
})

export const WriteTxnMarkersRequest = message({
  name: 'WriteTxnMarkersRequest',
  kind: 'request',
  key: 27,
  versions: '1-2',
  flexible: '1+',
  listeners: ['broker'],
  fields: {
    markers: array(WritableTxnMarker, '0+'),
  },
})
export type WriteTxnMarkersRequest = Value<typeof WriteTxnMarkersRequest>

const WritableTxnMarkerPartitionResult = struct('WritableTxnMarkerPartitionResult', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
})

const WritableTxnMarkerTopicResult = struct('WritableTxnMarkerTopicResult', {
  name: string('0+'),
  partitions: array(WritableTxnMarkerPartitionResult, '0+'),
})

const WritableTxnMarkerResult = struct('WritableTxnMarkerResult', {
  producerId: int64('0+'),
  topics: array(WritableTxnMarkerTopicResult, '0+'),
})

export const WriteTxnMarkersResponse = message({
  name: 'WriteTxnMarkersResponse',
  kind: 'response',
  key: 27,
  versions: '1-2',
  flexible: '1+',
  fields: {
    markers: array(WritableTxnMarkerResult, '0+'),
  },
})
export type WriteTxnMarkersResponse = Value<typeof WriteTxnMarkersResponse>

/** API key 27. Source: the specifications of WriteTxnMarkersRequest and WriteTxnMarkersResponse in Apache Kafka 4.3.1. */
export const WriteTxnMarkersApi = api('WriteTxnMarkers', WriteTxnMarkersRequest, WriteTxnMarkersResponse)
