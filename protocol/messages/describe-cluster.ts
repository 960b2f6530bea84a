import { api, array, bool, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

/** API key 60. Source: the specifications of DescribeClusterRequest and DescribeClusterResponse in Apache Kafka 4.3.1. */
export const DescribeClusterRequest = message({
  name: 'DescribeClusterRequest',
  kind: 'request',
  key: 60,
  versions: '0-2',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    includeClusterAuthorizedOperations: bool('0+'),
    endpointType: int8('1+', { default: 1 }),
    includeFencedBrokers: bool('2+'),
  },
})
export type DescribeClusterRequest = Value<typeof DescribeClusterRequest>

const DescribeClusterBroker = struct('DescribeClusterBroker', {
  brokerId: int32('0+', { mapKey: true }),
  host: string('0+'),
  port: int32('0+'),
  rack: string('0+', { nullable: '0+', default: null }),
  isFenced: bool('2+'),
})

export const DescribeClusterResponse = message({
  name: 'DescribeClusterResponse',
  kind: 'response',
  key: 60,
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', default: null }),
    endpointType: int8('1+', { default: 1 }),
    clusterId: string('0+'),
    controllerId: int32('0+', { default: -1 }),
    brokers: array(DescribeClusterBroker, '0+'),
    clusterAuthorizedOperations: int32('0+', { default: -2147483648 }),
  },
})
export type DescribeClusterResponse = Value<typeof DescribeClusterResponse>

/** API key 60. Source: the specifications of DescribeClusterRequest and DescribeClusterResponse in Apache Kafka 4.3.1. */
export const DescribeClusterApi = api('DescribeCluster', DescribeClusterRequest, DescribeClusterResponse)
