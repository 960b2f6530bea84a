import { api, array, int16, int32, int64, message, struct, uuid, type Value } from '../schema/notation.ts'

const PartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
})

const TopicData = struct('TopicData', {
  topicId: uuid('0+'),
  partitions: array(PartitionData, '0+'),
})

const DirectoryData = struct('DirectoryData', {
  id: uuid('0+'),
  topics: array(TopicData, '0+'),
})

export const AssignReplicasToDirsRequest = message({
  name: 'AssignReplicasToDirsRequest',
  kind: 'request',
  key: 73,
  versions: '0',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    brokerId: int32('0+'),
    brokerEpoch: int64('0+', { default: -1 }),
    directories: array(DirectoryData, '0+'),
  },
})
export type AssignReplicasToDirsRequest = Value<typeof AssignReplicasToDirsRequest>

const ResponsePartitionData = struct('PartitionData', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
})

const ResponseTopicData = struct('TopicData', {
  topicId: uuid('0+'),
  partitions: array(ResponsePartitionData, '0+'),
})

const ResponseDirectoryData = struct('DirectoryData', {
  id: uuid('0+'),
  topics: array(ResponseTopicData, '0+'),
})

export const AssignReplicasToDirsResponse = message({
  name: 'AssignReplicasToDirsResponse',
  kind: 'response',
  key: 73,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    directories: array(ResponseDirectoryData, '0+'),
  },
})
export type AssignReplicasToDirsResponse = Value<typeof AssignReplicasToDirsResponse>

/** API key 73. Source: the specifications of AssignReplicasToDirsRequest and AssignReplicasToDirsResponse in Apache Kafka 4.3.1. */
export const AssignReplicasToDirsApi = api('AssignReplicasToDirs', AssignReplicasToDirsRequest, AssignReplicasToDirsResponse)
