import { api, array, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

/** API key 74. Source: the specifications of ListConfigResourcesRequest and ListConfigResourcesResponse in Apache Kafka 4.3.1. */
export const ListConfigResourcesRequest = message({
  name: 'ListConfigResourcesRequest',
  kind: 'request',
  key: 74,
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    resourceTypes: array('int8', '1+'),
  },
})
export type ListConfigResourcesRequest = Value<typeof ListConfigResourcesRequest>

const ConfigResource = struct('ConfigResource', {
  resourceName: string('0+'),
  resourceType: int8('1+', { default: 16, ignorable: true }),
})

export const ListConfigResourcesResponse = message({
  name: 'ListConfigResourcesResponse',
  kind: 'response',
  key: 74,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    configResources: array(ConfigResource, '0+'),
  },
})
export type ListConfigResourcesResponse = Value<typeof ListConfigResourcesResponse>

/** API key 74. Source: the specifications of ListConfigResourcesRequest and ListConfigResourcesResponse in Apache Kafka 4.3.1. */
export const ListConfigResourcesApi = api('ListConfigResources', ListConfigResourcesRequest, ListConfigResourcesResponse)
