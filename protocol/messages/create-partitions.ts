import { api, array, bool, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const CreatePartitionsAssignment = struct('CreatePartitionsAssignment', {
  brokerIds: array('int32', '0+'),
})

const CreatePartitionsTopic = struct('CreatePartitionsTopic', {
  name: string('0+', { mapKey: true }),
  count: int32('0+'),
  assignments: array(CreatePartitionsAssignment, '0+', { nullable: '0+' }),
})

export const CreatePartitionsRequest = message({
  name: 'CreatePartitionsRequest',
  kind: 'request',
  key: 37,
  versions: '0-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    topics: array(CreatePartitionsTopic, '0+'),
    timeoutMs: int32('0+'),
    validateOnly: bool('0+'),
  },
})
export type CreatePartitionsRequest = Value<typeof CreatePartitionsRequest>

const CreatePartitionsTopicResult = struct('CreatePartitionsTopicResult', {
  name: string('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
})

export const CreatePartitionsResponse = message({
  name: 'CreatePartitionsResponse',
  kind: 'response',
  key: 37,
  versions: '0-3',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array(CreatePartitionsTopicResult, '0+'),
  },
})
export type CreatePartitionsResponse = Value<typeof CreatePartitionsResponse>

/** API key 37. Source: the specifications of CreatePartitionsRequest and CreatePartitionsResponse in Apache Kafka 4.3.1. */
export const CreatePartitionsApi = api('CreatePartitions', CreatePartitionsRequest, CreatePartitionsResponse)
