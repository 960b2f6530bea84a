import { api, array, bool, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const AlterableConfig = struct('AlterableConfig', {
  name: string('0+', { mapKey: true }),
  configOperation: int8('0+', { mapKey: true }),
  value: string('0+', { nullable: '0+' }),
})

const AlterConfigsResource = struct('AlterConfigsResource', {
  resourceType: int8('0+', { mapKey: true }),
  resourceName: string('0+', { mapKey: true }),
  configs: array(AlterableConfig, '0+'),
})

export const IncrementalAlterConfigsRequest = message({
  name: 'IncrementalAlterConfigsRequest',
  kind: 'request',
  key: 44,
  versions: '0-1',
  flexible: '1+',
  listeners: ['broker', 'controller'],
  fields: {
    resources: array(AlterConfigsResource, '0+'),
    validateOnly: bool('0+'),
  },
})
export type IncrementalAlterConfigsRequest = Value<typeof IncrementalAlterConfigsRequest>

const AlterConfigsResourceResponse = struct('AlterConfigsResourceResponse', {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
  resourceType: int8('0+'),
  resourceName: string('0+'),
})

export const IncrementalAlterConfigsResponse = message({
  name: 'IncrementalAlterConfigsResponse',
  kind: 'response',
  key: 44,
  versions: '0-1',
  flexible: '1+',
  fields: {
    throttleTimeMs: int32('0+'),
    responses: array(AlterConfigsResourceResponse, '0+'),
  },
})
export type IncrementalAlterConfigsResponse = Value<typeof IncrementalAlterConfigsResponse>

/** API key 44. Source: the specifications of IncrementalAlterConfigsRequest and IncrementalAlterConfigsResponse in Apache Kafka 4.3.1. */
export const IncrementalAlterConfigsApi = api('IncrementalAlterConfigs', IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse)
