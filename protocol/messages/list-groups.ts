import { api, array, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

/** API key 16. Source: the specifications of ListGroupsRequest and ListGroupsResponse in Apache Kafka 4.3.1. */
export const ListGroupsRequest = message({
  name: 'ListGroupsRequest',
  kind: 'request',
  key: 16,
  versions: '0-5',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    statesFilter: array('string', '4+'),
    typesFilter: array('string', '5+'),
  },
})
export type ListGroupsRequest = Value<typeof ListGroupsRequest>

const ListedGroup = struct('ListedGroup', {
  groupId: string('0+'),
  protocolType: string('0+'),
  groupState: string('4+', { ignorable: true }),
  groupType: string('5+', { ignorable: true }),
})

export const ListGroupsResponse = message({
  name: 'ListGroupsResponse',
  kind: 'response',
  key: 16,
  versions: '0-5',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    groups: array(ListedGroup, '0+'),
  },
})
export type ListGroupsResponse = Value<typeof ListGroupsResponse>

/** API key 16. Source: the specifications of ListGroupsRequest and ListGroupsResponse in Apache Kafka 4.3.1. */
export const ListGroupsApi = api('ListGroups', ListGroupsRequest, ListGroupsResponse)
