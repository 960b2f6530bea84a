import { api, array, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

/** API key 29. Source: the specifications of DescribeAclsRequest and DescribeAclsResponse in Apache Kafka 4.3.1. */
export const DescribeAclsRequest = message({
  name: 'DescribeAclsRequest',
  kind: 'request',
  key: 29,
  versions: '1-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    resourceTypeFilter: int8('0+'),
    resourceNameFilter: string('0+', { nullable: '0+' }),
    patternTypeFilter: int8('1+', { default: 3 }),
    principalFilter: string('0+', { nullable: '0+' }),
    hostFilter: string('0+', { nullable: '0+' }),
    operation: int8('0+'),
    permissionType: int8('0+'),
  },
})
export type DescribeAclsRequest = Value<typeof DescribeAclsRequest>

const AclDescription = struct('AclDescription', {
  principal: string('0+'),
  host: string('0+'),
  operation: int8('0+'),
  permissionType: int8('0+'),
})

const DescribeAclsResource = struct('DescribeAclsResource', {
  resourceType: int8('0+'),
  resourceName: string('0+'),
  patternType: int8('1+', { default: 3 }),
  acls: array(AclDescription, '0+'),
})

export const DescribeAclsResponse = message({
  name: 'DescribeAclsResponse',
  kind: 'response',
  key: 29,
  versions: '1-3',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    resources: array(DescribeAclsResource, '0+'),
  },
})
export type DescribeAclsResponse = Value<typeof DescribeAclsResponse>

/** API key 29. Source: the specifications of DescribeAclsRequest and DescribeAclsResponse in Apache Kafka 4.3.1. */
export const DescribeAclsApi = api('DescribeAcls', DescribeAclsRequest, DescribeAclsResponse)
