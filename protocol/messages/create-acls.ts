import { api, array, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const AclCreation = struct('AclCreation', {
  resourceType: int8('0+'),
  resourceName: string('0+'),
  resourcePatternType: int8('1+', { default: 3 }),
  principal: string('0+'),
  host: string('0+'),
  operation: int8('0+'),
  permissionType: int8('0+'),
})

export const CreateAclsRequest = message({
  name: 'CreateAclsRequest',
  kind: 'request',
  key: 30,
  versions: '1-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    creations: array(AclCreation, '0+'),
  },
})
export type CreateAclsRequest = Value<typeof CreateAclsRequest>

const AclCreationResult = struct('AclCreationResult', {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
})

export const CreateAclsResponse = message({
  name: 'CreateAclsResponse',
  kind: 'response',
  key: 30,
  versions: '1-3',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array(AclCreationResult, '0+'),
  },
})
export type CreateAclsResponse = Value<typeof CreateAclsResponse>

/** API key 30. Source: the specifications of CreateAclsRequest and CreateAclsResponse in Apache Kafka 4.3.1. */
export const CreateAclsApi = api('CreateAcls', CreateAclsRequest, CreateAclsResponse)
