import { api, array, bool, int8, int16, int32, message, string, struct, uuid, type Value } from '../schema/notation.ts'

const CreatableReplicaAssignment = struct('CreatableReplicaAssignment', {
  partitionIndex: int32('0+', { mapKey: true }),
  brokerIds: array('int32', '0+'),
})

const CreatableTopicConfig = struct('CreatableTopicConfig', {
  name: string('0+', { mapKey: true }),
  value: string('0+', { nullable: '0+' }),
})

const CreatableTopic = struct('CreatableTopic', {
  name: string('0+', { mapKey: true }),
  numPartitions: int32('0+'),
  replicationFactor: int16('0+'),
  assignments: array(CreatableReplicaAssignment, '0+'),
  configs: array(CreatableTopicConfig, '0+'),
})

export const CreateTopicsRequest = message({
  name: 'CreateTopicsRequest',
  kind: 'request',
  key: 19,
  versions: '2-7',
  flexible: '5+',
  listeners: ['broker', 'controller'],
  fields: {
    topics: array(CreatableTopic, '0+'),
    timeoutMs: int32('0+', { default: 60000 }),
    validateOnly: bool('1+', { default: false }),
  },
})
export type CreateTopicsRequest = Value<typeof CreateTopicsRequest>

const CreatableTopicConfigs = struct('CreatableTopicConfigs', {
  name: string('5+'),
  value: string('5+', { nullable: '5+' }),
  readOnly: bool('5+'),
  configSource: int8('5+', { default: -1, ignorable: true }),
  isSensitive: bool('5+'),
})

const CreatableTopicResult = struct('CreatableTopicResult', {
  name: string('0+', { mapKey: true }),
  topicId: uuid('7+', { ignorable: true }),
  errorCode: int16('0+'),
  errorMessage: string('1+', { nullable: '0+', ignorable: true }),
  topicConfigErrorCode: int16('5+', { tag: 0, tagged: '5+', ignorable: true }),
  numPartitions: int32('5+', { default: -1, ignorable: true }),
  replicationFactor: int16('5+', { default: -1, ignorable: true }),
  configs: array(CreatableTopicConfigs, '5+', { nullable: '5+', ignorable: true }),
})

export const CreateTopicsResponse = message({
  name: 'CreateTopicsResponse',
  kind: 'response',
  key: 19,
  versions: '2-7',
  flexible: '5+',
  fields: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    topics: array(CreatableTopicResult, '0+'),
  },
})
export type CreateTopicsResponse = Value<typeof CreateTopicsResponse>

/** API key 19. Source: the specifications of CreateTopicsRequest and CreateTopicsResponse in Apache Kafka 4.3.1. */
export const CreateTopicsApi = api('CreateTopics', CreateTopicsRequest, CreateTopicsResponse)
