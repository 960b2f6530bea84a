import { api, array, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const DeleteAclsFilter = struct('DeleteAclsFilter', {
  resourceTypeFilter: int8('0+'),
  resourceNameFilter: string('0+', { nullable: '0+' }),
  patternTypeFilter: int8('1+', { default: 3 }),
  principalFilter: string('0+', { nullable: '0+' }),
  hostFilter: string('0+', { nullable: '0+' }),
  operation: int8('0+'),
  permissionType: int8('0+'),
})

export const DeleteAclsRequest = message({
  name: 'DeleteAclsRequest',
  kind: 'request',
  key: 31,
  versions: '1-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    filters: array(DeleteAclsFilter, '0+'),
  },
})
export type DeleteAclsRequest = Value<typeof DeleteAclsRequest>

const DeleteAclsMatchingAcl = struct('DeleteAclsMatchingAcl', {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
  resourceType: int8('0+'),
  resourceName: string('0+'),
  patternType: int8('1+', { default: 3 }),
  principal: string('0+'),
  host: string('0+'),
  operation: int8('0+'),
  permissionType: int8('0+'),
})

const DeleteAclsFilterResult = struct('DeleteAclsFilterResult', {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
  matchingAcls: array(DeleteAclsMatchingAcl, '0+'),
})

export const DeleteAclsResponse = message({
  name: 'DeleteAclsResponse',
  kind: 'response',
  key: 31,
  versions: '1-3',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    filterResults: array(DeleteAclsFilterResult, '0+'),
  },
})
export type DeleteAclsResponse = Value<typeof DeleteAclsResponse>

/** API key 31. Source: the specifications of DeleteAclsRequest and DeleteAclsResponse in Apache Kafka 4.3.1. */
export const DeleteAclsApi = api('DeleteAcls', DeleteAclsRequest, DeleteAclsResponse)
