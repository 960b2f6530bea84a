import { api, array, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const AlterReplicaLogDirTopic = struct('AlterReplicaLogDirTopic', {
  name: string('0+', { mapKey: true }),
  partitions: array('int32', '0+'),
})

const AlterReplicaLogDir = struct('AlterReplicaLogDir', {
  path: string('0+', { mapKey: true }),
  topics: array(AlterReplicaLogDirTopic, '0+'),
})

export const AlterReplicaLogDirsRequest = message({
  name: 'AlterReplicaLogDirsRequest',
  kind: 'request',
  key: 34,
  versions: '1-2',
  flexible: '2+',
  listeners: ['broker'],
  fields: {
    dirs: array(AlterReplicaLogDir, '0+'),
  },
})
export type AlterReplicaLogDirsRequest = Value<typeof AlterReplicaLogDirsRequest>

const AlterReplicaLogDirPartitionResult = struct('AlterReplicaLogDirPartitionResult', {
  partitionIndex: int32('0+'),
  errorCode: int16('0+'),
})

const AlterReplicaLogDirTopicResult = struct('AlterReplicaLogDirTopicResult', {
  topicName: string('0+'),
  partitions: array(AlterReplicaLogDirPartitionResult, '0+'),
})

export const AlterReplicaLogDirsResponse = message({
  name: 'AlterReplicaLogDirsResponse',
  kind: 'response',
  key: 34,
  versions: '1-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array(AlterReplicaLogDirTopicResult, '0+'),
  },
})
export type AlterReplicaLogDirsResponse = Value<typeof AlterReplicaLogDirsResponse>

/** API key 34. Source: the specifications of AlterReplicaLogDirsRequest and AlterReplicaLogDirsResponse in Apache Kafka 4.3.1. */
export const AlterReplicaLogDirsApi = api('AlterReplicaLogDirs', AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse)
