import { api, array, bool, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const ReassignablePartition = struct('ReassignablePartition', {
  partitionIndex: int32('0+'),
  replicas: array('int32', '0+', { nullable: '0+', default: null }),
})

const ReassignableTopic = struct('ReassignableTopic', {
  name: string('0+'),
  partitions: array(ReassignablePartition, '0+'),
})

export const AlterPartitionReassignmentsRequest = message({
  name: 'AlterPartitionReassignmentsRequest',
  kind: 'request',
  key: 45,
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    timeoutMs: int32('0+', { default: 60000 }),
    allowReplicationFactorChange: bool('1+', { default: true }),
    topics: array(ReassignableTopic, '0+'),
  },
})
export type AlterPartitionReassignmentsRequest = Value<typeof AlterPartitionReassignmentsRequest>

const ReassignablePartitionResponse = struct('ReassignablePartitionResponse', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
})

const ReassignableTopicResponse = struct('ReassignableTopicResponse', {
  name: string('0+'),
  partitions: array(ReassignablePartitionResponse, '0+'),
})

export const AlterPartitionReassignmentsResponse = message({
  name: 'AlterPartitionReassignmentsResponse',
  kind: 'response',
  key: 45,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    allowReplicationFactorChange: bool('1+', { default: true, ignorable: true }),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    responses: array(ReassignableTopicResponse, '0+'),
  },
})
export type AlterPartitionReassignmentsResponse = Value<typeof AlterPartitionReassignmentsResponse>

/** API key 45. Source: the specifications of AlterPartitionReassignmentsRequest and AlterPartitionReassignmentsResponse in Apache Kafka 4.3.1. */
export const AlterPartitionReassignmentsApi = api('AlterPartitionReassignments', AlterPartitionReassignmentsRequest, AlterPartitionReassignmentsResponse)
