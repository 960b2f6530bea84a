import { api, array, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const TopicPartitions = struct('TopicPartitions', {
  topic: string('0+', { mapKey: true }),
  partitions: array('int32', '0+'),
})

export const ElectLeadersRequest = message({
  name: 'ElectLeadersRequest',
  kind: 'request',
  key: 43,
  versions: '0-2',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    electionType: int8('1+'),
    topicPartitions: array(TopicPartitions, '0+', { nullable: '0+' }),
    timeoutMs: int32('0+', { default: 60000 }),
  },
})
export type ElectLeadersRequest = Value<typeof ElectLeadersRequest>

const PartitionResult = struct('PartitionResult', {
  partitionId: int32('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
})

const ReplicaElectionResult = struct('ReplicaElectionResult', {
  topic: string('0+'),
  partitionResult: array(PartitionResult, '0+'),
})

export const ElectLeadersResponse = message({
  name: 'ElectLeadersResponse',
  kind: 'response',
  key: 43,
  versions: '0-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('1+'),
    replicaElectionResults: array(ReplicaElectionResult, '0+'),
  },
})
export type ElectLeadersResponse = Value<typeof ElectLeadersResponse>

/** API key 43. Source: the specifications of ElectLeadersRequest and ElectLeadersResponse in Apache Kafka 4.3.1. */
export const ElectLeadersApi = api('ElectLeaders', ElectLeadersRequest, ElectLeadersResponse)
