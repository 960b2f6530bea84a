import { api, array, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const ListPartitionReassignmentsTopics = struct('ListPartitionReassignmentsTopics', {
  name: string('0+'),
  partitionIndexes: array('int32', '0+'),
})

export const ListPartitionReassignmentsRequest = message({
  name: 'ListPartitionReassignmentsRequest',
  kind: 'request',
  key: 46,
  versions: '0',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    timeoutMs: int32('0+', { default: 60000 }),
    topics: array(ListPartitionReassignmentsTopics, '0+', { nullable: '0+', default: null }),
  },
})
export type ListPartitionReassignmentsRequest = Value<typeof ListPartitionReassignmentsRequest>

const OngoingPartitionReassignment = struct('OngoingPartitionReassignment', {
  partitionIndex: int32('0+'),
  replicas: array('int32', '0+'),
  addingReplicas: array('int32', '0+'),
  removingReplicas: array('int32', '0+'),
})

const OngoingTopicReassignment = struct('OngoingTopicReassignment', {
  name: string('0+'),
  partitions: array(OngoingPartitionReassignment, '0+'),
})

export const ListPartitionReassignmentsResponse = message({
  name: 'ListPartitionReassignmentsResponse',
  kind: 'response',
  key: 46,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    topics: array(OngoingTopicReassignment, '0+'),
  },
})
export type ListPartitionReassignmentsResponse = Value<typeof ListPartitionReassignmentsResponse>

/** API key 46. Source: the specifications of ListPartitionReassignmentsRequest and ListPartitionReassignmentsResponse in Apache Kafka 4.3.1. */
export const ListPartitionReassignmentsApi = api('ListPartitionReassignments', ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponse)
