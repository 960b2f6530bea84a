import { api, array, int16, int32, message, object, string, struct, uuid, type Value } from '../schema/notation.ts'

/** API key 76. Source: the specifications of ShareGroupHeartbeatRequest and ShareGroupHeartbeatResponse in Apache Kafka 4.3.1. */
export const ShareGroupHeartbeatRequest = message({
  name: 'ShareGroupHeartbeatRequest',
  kind: 'request',
  key: 76,
  versions: '1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    rackId: string('0+', { nullable: '0+', default: null }),
    subscribedTopicNames: array('string', '0+', { nullable: '0+', default: null }),
  },
})
export type ShareGroupHeartbeatRequest = Value<typeof ShareGroupHeartbeatRequest>

const TopicPartitions = struct('TopicPartitions', {
  topicId: uuid('0+'),
  partitions: array('int32', '0+'),
})

const Assignment = struct('Assignment', {
  topicPartitions: array(TopicPartitions, '0+'),
})

export const ShareGroupHeartbeatResponse = message({
  name: 'ShareGroupHeartbeatResponse',
  kind: 'response',
  key: 76,
  versions: '1',
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
export type ShareGroupHeartbeatResponse = Value<typeof ShareGroupHeartbeatResponse>

/** API key 76. Source: the specifications of ShareGroupHeartbeatRequest and ShareGroupHeartbeatResponse in Apache Kafka 4.3.1. */
export const ShareGroupHeartbeatApi = api('ShareGroupHeartbeat', ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse)
