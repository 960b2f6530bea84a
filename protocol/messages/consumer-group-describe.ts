import { api, array, bool, int8, int16, int32, message, object, string, struct, uuid, type Value } from '../schema/notation.ts'

/** API key 69. Source: the specifications of ConsumerGroupDescribeRequest and ConsumerGroupDescribeResponse in Apache Kafka 4.3.1. */
export const ConsumerGroupDescribeRequest = message({
  name: 'ConsumerGroupDescribeRequest',
  kind: 'request',
  key: 69,
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupIds: array('string', '0+'),
    includeAuthorizedOperations: bool('0+'),
  },
})
export type ConsumerGroupDescribeRequest = Value<typeof ConsumerGroupDescribeRequest>

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
  instanceId: string('0+', { nullable: '0+', default: null }),
  rackId: string('0+', { nullable: '0+', default: null }),
  memberEpoch: int32('0+'),
  clientId: string('0+'),
  clientHost: string('0+'),
  subscribedTopicNames: array('string', '0+'),
  subscribedTopicRegex: string('0+', { nullable: '0+', default: null }),
  assignment: object(Assignment, '0+'),
  targetAssignment: object(Assignment, '0+'),
  memberType: int8('1+', { default: -1, ignorable: true }),
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

export const ConsumerGroupDescribeResponse = message({
  name: 'ConsumerGroupDescribeResponse',
  kind: 'response',
  key: 69,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    groups: array(DescribedGroup, '0+'),
  },
})
export type ConsumerGroupDescribeResponse = Value<typeof ConsumerGroupDescribeResponse>

/** API key 69. Source: the specifications of ConsumerGroupDescribeRequest and ConsumerGroupDescribeResponse in Apache Kafka 4.3.1. */
export const ConsumerGroupDescribeApi = api('ConsumerGroupDescribe', ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse)
