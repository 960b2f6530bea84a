import { api, array, int16, int32, message, object, string, struct, uuid, type Value } from '../schema/notation.ts'

const TopicPartitions = struct('TopicPartitions', {
  topicId: uuid('0+'),
  partitions: array('int32', '0+'),
})

export const ConsumerGroupHeartbeatRequest = message({
  name: 'ConsumerGroupHeartbeatRequest',
  kind: 'request',
  key: 68,
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    instanceId: string('0+', { nullable: '0+', default: null }),
    rackId: string('0+', { nullable: '0+', default: null }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    subscribedTopicNames: array('string', '0+', { nullable: '0+', default: null }),
    subscribedTopicRegex: string('1+', { nullable: '1+', default: null }),
    serverAssignor: string('0+', { nullable: '0+', default: null }),
    topicPartitions: array(TopicPartitions, '0+', { nullable: '0+', default: null }),
  },
})
export type ConsumerGroupHeartbeatRequest = Value<typeof ConsumerGroupHeartbeatRequest>

const ResponseTopicPartitions = struct('TopicPartitions', {
  topicId: uuid('0+'),
  partitions: array('int32', '0+'),
})

const Assignment = struct('Assignment', {
  topicPartitions: array(ResponseTopicPartitions, '0+'),
})

export const ConsumerGroupHeartbeatResponse = message({
  name: 'ConsumerGroupHeartbeatResponse',
  kind: 'response',
  key: 68,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    memberId: string('0+', { nullable: '0+', default: null }),
    memberEpoch: int32('0+'),
    heartbeatIntervalMs: int32('0+'),
    assignment: object(Assignment, '0+', { nullable: '0+', default: null }),
  },
})
export type ConsumerGroupHeartbeatResponse = Value<typeof ConsumerGroupHeartbeatResponse>

/** API key 68. Source: the specifications of ConsumerGroupHeartbeatRequest and ConsumerGroupHeartbeatResponse in Apache Kafka 4.3.1. */
export const ConsumerGroupHeartbeatApi = api('ConsumerGroupHeartbeat', ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse)
