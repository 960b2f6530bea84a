import { api, array, bool, int16, int32, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const MetadataRequestTopic = struct('MetadataRequestTopic', {
  topicId: uuid('10+', { ignorable: true }),
  name: string('0+', { nullable: '10+' }),
})

export const MetadataRequest = message({
  name: 'MetadataRequest',
  kind: 'request',
  key: 3,
  versions: '0-13',
  flexible: '9+',
  listeners: ['broker'],
  fields: {
    topics: array(MetadataRequestTopic, '0+', { nullable: '1+' }),
    allowAutoTopicCreation: bool('4+', { default: true }),
    includeClusterAuthorizedOperations: bool('8-10'),
    includeTopicAuthorizedOperations: bool('8+'),
  },
})
export type MetadataRequest = Value<typeof MetadataRequest>

const MetadataResponseBroker = struct('MetadataResponseBroker', {
  nodeId: int32('0+', { mapKey: true }),
  host: string('0+'),
  port: int32('0+'),
  rack: string('1+', { nullable: '1+', default: null, ignorable: true }),
})

const MetadataResponsePartition = struct('MetadataResponsePartition', {
  errorCode: int16('0+'),
  partitionIndex: int32('0+'),
  leaderId: int32('0+'),
  leaderEpoch: int32('7+', { default: -1, ignorable: true }),
  replicaNodes: array('int32', '0+'),
  isrNodes: array('int32', '0+'),
  offlineReplicas: array('int32', '5+', { ignorable: true }),
})

const MetadataResponseTopic = struct('MetadataResponseTopic', {
  errorCode: int16('0+'),
  name: string('0+', { nullable: '12+', mapKey: true }),
  topicId: uuid('10+', { ignorable: true }),
  isInternal: bool('1+', { default: false, ignorable: true }),
  partitions: array(MetadataResponsePartition, '0+'),
  topicAuthorizedOperations: int32('8+', { default: -2147483648 }),
})

export const MetadataResponse = message({
  name: 'MetadataResponse',
  kind: 'response',
  key: 3,
  versions: '0-13',
  flexible: '9+',
  fields: {
    throttleTimeMs: int32('3+', { ignorable: true }),
    brokers: array(MetadataResponseBroker, '0+'),
    clusterId: string('2+', { nullable: '2+', default: null, ignorable: true }),
    controllerId: int32('1+', { default: -1, ignorable: true }),
    topics: array(MetadataResponseTopic, '0+'),
    clusterAuthorizedOperations: int32('8-10', { default: -2147483648 }),
    errorCode: int16('13+', { ignorable: true }),
  },
})
export type MetadataResponse = Value<typeof MetadataResponse>

/** API key 3. Source: the specifications of MetadataRequest and MetadataResponse in Apache Kafka 4.3.1. */
export const MetadataApi = api('Metadata', MetadataRequest, MetadataResponse)
