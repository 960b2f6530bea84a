import { api, array, bool, int16, int32, int64, message, string, struct, type Value } from '../schema/notation.ts'

const DescribableLogDirTopic = struct('DescribableLogDirTopic', {
  topic: string('0+', { mapKey: true }),
  partitions: array('int32', '0+'),
})

export const DescribeLogDirsRequest = message({
  name: 'DescribeLogDirsRequest',
  kind: 'request',
  key: 35,
  versions: '1-5',
  flexible: '2+',
  listeners: ['broker'],
  fields: {
    topics: array(DescribableLogDirTopic, '0+', { nullable: '0+' }),
  },
})
export type DescribeLogDirsRequest = Value<typeof DescribeLogDirsRequest>

const DescribeLogDirsPartition = struct('DescribeLogDirsPartition', {
  partitionIndex: int32('0+'),
  partitionSize: int64('0+'),
  offsetLag: int64('0+'),
  isFutureKey: bool('0+'),
})

const DescribeLogDirsTopic = struct('DescribeLogDirsTopic', {
  name: string('0+'),
  partitions: array(DescribeLogDirsPartition, '0+'),
})

const DescribeLogDirsResult = struct('DescribeLogDirsResult', {
  errorCode: int16('0+'),
  logDir: string('0+'),
  topics: array(DescribeLogDirsTopic, '0+'),
  totalBytes: int64('4+', { default: -1, ignorable: true }),
  usableBytes: int64('4+', { default: -1, ignorable: true }),
  isCordoned: bool('5+', { default: false, ignorable: true }),
})

export const DescribeLogDirsResponse = message({
  name: 'DescribeLogDirsResponse',
  kind: 'response',
  key: 35,
  versions: '1-5',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('3+', { ignorable: true }),
    results: array(DescribeLogDirsResult, '0+'),
  },
})
export type DescribeLogDirsResponse = Value<typeof DescribeLogDirsResponse>

/** API key 35. Source: the specifications of DescribeLogDirsRequest and DescribeLogDirsResponse in Apache Kafka 4.3.1. */
export const DescribeLogDirsApi = api('DescribeLogDirs', DescribeLogDirsRequest, DescribeLogDirsResponse)
