import { api, array, bool, int16, int32, int64, message, object, string, struct, uint16, type Value } from '../schema/notation.ts'

/** API key 89. Source: the specifications of StreamsGroupDescribeRequest and StreamsGroupDescribeResponse in Apache Kafka 4.3.1. */
export const StreamsGroupDescribeRequest = message({
  name: 'StreamsGroupDescribeRequest',
  kind: 'request',
  key: 89,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupIds: array('string', '0+'),
    includeAuthorizedOperations: bool('0+'),
  },
})
export type StreamsGroupDescribeRequest = Value<typeof StreamsGroupDescribeRequest>

const Endpoint = struct('Endpoint', {
  host: string('0+'),
  port: uint16('0+'),
})

const TaskOffset = struct('TaskOffset', {
  subtopologyId: string('0+'),
  partition: int32('0+'),
  offset: int64('0+'),
})

const TaskIds = struct('TaskIds', {
  subtopologyId: string('0+'),
  partitions: array('int32', '0+'),
})

const Assignment = struct('Assignment', {
  activeTasks: array(TaskIds, '0+'),
  standbyTasks: array(TaskIds, '0+'),
  warmupTasks: array(TaskIds, '0+'),
})

const KeyValue = struct('KeyValue', {
  key: string('0+'),
  value: string('0+'),
})

const TopicInfo = struct('TopicInfo', {
  name: string('0+'),
  partitions: int32('0+'),
  replicationFactor: int16('0+'),
  topicConfigs: array(KeyValue, '0+'),
})

const Subtopology = struct('Subtopology', {
  subtopologyId: string('0+'),
  sourceTopics: array('string', '0+'),
  repartitionSinkTopics: array('string', '0+'),
  stateChangelogTopics: array(TopicInfo, '0+'),
  repartitionSourceTopics: array(TopicInfo, '0+'),
})

const Topology = struct('Topology', {
  epoch: int32('0+'),
  subtopologies: array(Subtopology, '0+', { nullable: '0+', default: null }),
})

const Member = struct('Member', {
  memberId: string('0+'),
  memberEpoch: int32('0+'),
  instanceId: string('0+', { nullable: '0+', default: null }),
  rackId: string('0+', { nullable: '0+', default: null }),
  clientId: string('0+'),
  clientHost: string('0+'),
  topologyEpoch: int32('0+'),
  processId: string('0+'),
  userEndpoint: object(Endpoint, '0+', { nullable: '0+', default: null }),
  clientTags: array(KeyValue, '0+'),
  taskOffsets: array(TaskOffset, '0+'),
  taskEndOffsets: array(TaskOffset, '0+'),
  assignment: object(Assignment, '0+'),
  targetAssignment: object(Assignment, '0+'),
  isClassic: bool('0+'),
})

const DescribedGroup = struct('DescribedGroup', {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+', default: null }),
  groupId: string('0+'),
  groupState: string('0+'),
  groupEpoch: int32('0+'),
  assignmentEpoch: int32('0+'),
  topology: object(Topology, '0+', { nullable: '0+', default: null }),
  members: array(Member, '0+'),
  authorizedOperations: int32('0+', { default: -2147483648 }),
})

export const StreamsGroupDescribeResponse = message({
  name: 'StreamsGroupDescribeResponse',
  kind: 'response',
  key: 89,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    groups: array(DescribedGroup, '0+'),
  },
})
export type StreamsGroupDescribeResponse = Value<typeof StreamsGroupDescribeResponse>

/** API key 89. Source: the specifications of StreamsGroupDescribeRequest and StreamsGroupDescribeResponse in Apache Kafka 4.3.1. */
export const StreamsGroupDescribeApi = api('StreamsGroupDescribe', StreamsGroupDescribeRequest, StreamsGroupDescribeResponse)
