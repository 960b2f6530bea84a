import { api, array, bool, bytes, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

/** API key 15. Source: the specifications of DescribeGroupsRequest and DescribeGroupsResponse in Apache Kafka 4.3.1. */
export const DescribeGroupsRequest = message({
  name: 'DescribeGroupsRequest',
  kind: 'request',
  key: 15,
  versions: '0-6',
  flexible: '5+',
  listeners: ['broker'],
  fields: {
    groups: array('string', '0+'),
    includeAuthorizedOperations: bool('3+'),
  },
})
export type DescribeGroupsRequest = Value<typeof DescribeGroupsRequest>

const DescribedGroupMember = struct('DescribedGroupMember', {
  memberId: string('0+'),
  groupInstanceId: string('4+', { nullable: '4+', default: null, ignorable: true }),
  clientId: string('0+'),
  clientHost: string('0+'),
  memberMetadata: bytes('0+'),
  memberAssignment: bytes('0+'),
})

const DescribedGroup = struct('DescribedGroup', {
  errorCode: int16('0+'),
  errorMessage: string('6+', { nullable: '6+', default: null }),
  groupId: string('0+'),
  groupState: string('0+'),
  protocolType: string('0+'),
  protocolData: string('0+'),
  members: array(DescribedGroupMember, '0+'),
  authorizedOperations: int32('3+', { default: -2147483648 }),
})

export const DescribeGroupsResponse = message({
  name: 'DescribeGroupsResponse',
  kind: 'response',
  key: 15,
  versions: '0-6',
  flexible: '5+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    groups: array(DescribedGroup, '0+'),
  },
})
export type DescribeGroupsResponse = Value<typeof DescribeGroupsResponse>

/** API key 15. Source: the specifications of DescribeGroupsRequest and DescribeGroupsResponse in Apache Kafka 4.3.1. */
export const DescribeGroupsApi = api('DescribeGroups', DescribeGroupsRequest, DescribeGroupsResponse)
