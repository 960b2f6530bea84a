import { api, array, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

/** API key 42. Source: the specifications of DeleteGroupsRequest and DeleteGroupsResponse in Apache Kafka 4.3.1. */
export const DeleteGroupsRequest = message({
  name: 'DeleteGroupsRequest',
  kind: 'request',
  key: 42,
  versions: '0-2',
  flexible: '2+',
  listeners: ['broker'],
  fields: {
    groupsNames: array('string', '0+'),
  },
})
export type DeleteGroupsRequest = Value<typeof DeleteGroupsRequest>

const DeletableGroupResult = struct('DeletableGroupResult', {
  groupId: string('0+', { mapKey: true }),
  errorCode: int16('0+'),
})

export const DeleteGroupsResponse = message({
  name: 'DeleteGroupsResponse',
  kind: 'response',
  key: 42,
  versions: '0-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array(DeletableGroupResult, '0+'),
  },
})
export type DeleteGroupsResponse = Value<typeof DeleteGroupsResponse>

/** API key 42. Source: the specifications of DeleteGroupsRequest and DeleteGroupsResponse in Apache Kafka 4.3.1. */
export const DeleteGroupsApi = api('DeleteGroups', DeleteGroupsRequest, DeleteGroupsResponse)
