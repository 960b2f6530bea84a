import { api, array, bool, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const AlterableConfig = struct('AlterableConfig', {
  name: string('0+', { mapKey: true }),
  value: string('0+', { nullable: '0+' }),
})

const AlterConfigsResource = struct('AlterConfigsResource', {
  resourceType: int8('0+', { mapKey: true }),
  resourceName: string('0+', { mapKey: true }),
  configs: array(AlterableConfig, '0+'),
})

export const AlterConfigsRequest = message({
  name: 'AlterConfigsRequest',
  kind: 'request',
  key: 33,
  versions: '0-2',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    resources: array(AlterConfigsResource, '0+'),
    validateOnly: bool('0+'),
  },
})
export type AlterConfigsRequest = Value<typeof AlterConfigsRequest>

const AlterConfigsResourceResponse = struct('AlterConfigsResourceResponse', {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
  resourceType: int8('0+'),
  resourceName: string('0+'),
})

export const AlterConfigsResponse = message({
  name: 'AlterConfigsResponse',
  kind: 'response',
  key: 33,
  versions: '0-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32('0+'),
    responses: array(AlterConfigsResourceResponse, '0+'),
  },
})
export type AlterConfigsResponse = Value<typeof AlterConfigsResponse>

/** API key 33. Source: the specifications of AlterConfigsRequest and AlterConfigsResponse in Apache Kafka 4.3.1. */
export const AlterConfigsApi = api('AlterConfigs', AlterConfigsRequest, AlterConfigsResponse)
