import { api, array, bool, int16, int32, message, object, string, struct, uuid, type Value } from '../schema/notation.ts'

/** API key 77. Source: the specifications of ShareGroupDescribeRequest and ShareGroupDescribeResponse in Apache Kafka 4.3.1. */
export const ShareGroupDescribeRequest = message({
  name: 'ShareGroupDescribeRequest',
  kind: 'request',
  key: 77,
  versions: '1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupIds: array('string', '0+'),
    includeAuthorizedOperations: bool('0+'),
  },
})
export type ShareGroupDescribeRequest = Value<typeof ShareGroupDescribeRequest>

const TopicPartitions = struct('TopicPartitions', {
  topicId: uuid('0+'),
  topicName: string('0+'),
  partitions: array('int32', '0+'),
})

const Assignment = struct('Assignment', {
  topicPartitions: array(TopicPartitions, '0+'),
})

const Member = struct('Member', {
  memberId: string('0+'),
  rackId: string('0+', { nullable: '0+', default: null }),
  memberEpoch: int32('0+'),
  clientId: string('0+'),
  clientHost: string('0+'),
  subscribedTopicNames: array('string', '0+'),
  assignment: object(Assignment, '0+'),
})

const DescribedGroup = struct('DescribedGroup', {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
  groupId: string('0+'),
  groupState: string('0+'),
  groupEpoch: int32('0+'),
  assignmentEpoch: int32('0+'),
  assignorName: string('0+'),
  members: array(Member, '0+'),
  authorizedOperations: int32('0+', { default: -2147483648 }),
})

export const ShareGroupDescribeResponse = message({
  name: 'ShareGroupDescribeResponse',
  kind: 'response',
  key: 77,
  versions: '1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    groups: array(DescribedGroup, '0+'),
  },
})
export type ShareGroupDescribeResponse = Value<typeof ShareGroupDescribeResponse>

/** API key 77. Source: the specifications of ShareGroupDescribeRequest and ShareGroupDescribeResponse in Apache Kafka 4.3.1. */
export const ShareGroupDescribeApi = api('ShareGroupDescribe', ShareGroupDescribeRequest, ShareGroupDescribeResponse)
