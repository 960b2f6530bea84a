import { api, array, bool, int8, int16, int32, int64, message, object, string, struct, uint16, type Value } from '../schema/notation.ts'

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

const CopartitionGroup = struct('CopartitionGroup', {
  sourceTopics: array('int16', '0+'),
  sourceTopicRegex: array('int16', '0+'),
  repartitionSourceTopics: array('int16', '0+'),
})

const Subtopology = struct('Subtopology', {
  subtopologyId: string('0+'),
  sourceTopics: array('string', '0+'),
  sourceTopicRegex: array('string', '0+'),
  stateChangelogTopics: array(TopicInfo, '0+'),
  repartitionSinkTopics: array('string', '0+'),
  repartitionSourceTopics: array(TopicInfo, '0+'),
  copartitionGroups: array(CopartitionGroup, '0+'),
})

const Topology = struct('Topology', {
  epoch: int32('0+'),
  subtopologies: array(Subtopology, '0+'),
})

export const StreamsGroupHeartbeatRequest = message({
  name: 'StreamsGroupHeartbeatRequest',
  kind: 'request',
  key: 88,
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    endpointInformationEpoch: int32('0+'),
    instanceId: string('0+', { nullable: '0+', default: null }),
    rackId: string('0+', { nullable: '0+', default: null }),
    rebalanceTimeoutMs: int32('0+', { default: -1 }),
    topology: object(Topology, '0+', { nullable: '0+', default: null }),
    activeTasks: array(TaskIds, '0+', { nullable: '0+', default: null }),
    standbyTasks: array(TaskIds, '0+', { nullable: '0+', default: null }),
    warmupTasks: array(TaskIds, '0+', { nullable: '0+', default: null }),
    processId: string('0+', { nullable: '0+', default: null }),
    userEndpoint: object(Endpoint, '0+', { nullable: '0+', default: null }),
    clientTags: array(KeyValue, '0+', { nullable: '0+', default: null }),
    taskOffsets: array(TaskOffset, '0+', { nullable: '0+', default: null }),
    taskEndOffsets: array(TaskOffset, '0+', { nullable: '0+', default: null }),
    shutdownApplication: bool('0+', { default: false }),
  },
})
export type StreamsGroupHeartbeatRequest = Value<typeof StreamsGroupHeartbeatRequest>

const Status = struct('Status', {
  statusCode: int8('0+'),
  statusDetail: string('0+'),
})

const TopicPartition = struct('TopicPartition', {
  topic: string('0+'),
  partitions: array('int32', '0+'),
})

const ResponseTaskIds = struct('TaskIds', {
  subtopologyId: string('0+'),
  partitions: array('int32', '0+'),
})

const ResponseEndpoint = struct('Endpoint', {
  host: string('0+'),
  port: uint16('0+'),
})

const EndpointToPartitions = struct('EndpointToPartitions', {
  userEndpoint: object(ResponseEndpoint, '0+'),
  activePartitions: array(TopicPartition, '0+'),
  standbyPartitions: array(TopicPartition, '0+'),
})

export const StreamsGroupHeartbeatResponse = message({
  name: 'StreamsGroupHeartbeatResponse',
  kind: 'response',
  key: 88,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    memberId: string('0+'),
    memberEpoch: int32('0+'),
    heartbeatIntervalMs: int32('0+'),
    acceptableRecoveryLag: int32('0+'),
    taskOffsetIntervalMs: int32('0+'),
    status: array(Status, '0+', { nullable: '0+' }),
    activeTasks: array(ResponseTaskIds, '0+', { nullable: '0+', default: null }),
    standbyTasks: array(ResponseTaskIds, '0+', { nullable: '0+', default: null }),
    warmupTasks: array(ResponseTaskIds, '0+', { nullable: '0+', default: null }),
    endpointInformationEpoch: int32('0+'),
    partitionsByUserEndpoint: array(EndpointToPartitions, '0+', { nullable: '0+', default: null }),
  },
})
export type StreamsGroupHeartbeatResponse = Value<typeof StreamsGroupHeartbeatResponse>

/** API key 88. Source: the specifications of StreamsGroupHeartbeatRequest and StreamsGroupHeartbeatResponse in Apache Kafka 4.3.1. */
export const StreamsGroupHeartbeatApi = api('StreamsGroupHeartbeat', StreamsGroupHeartbeatRequest, StreamsGroupHeartbeatResponse)
