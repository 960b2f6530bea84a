import { api, array, bool, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const DescribeConfigsResource = struct('DescribeConfigsResource', {
  resourceType: int8('0+'),
  resourceName: string('0+'),
  configurationKeys: array('string', '0+', { nullable: '0+' }),
})

export const DescribeConfigsRequest = message({
  name: 'DescribeConfigsRequest',
  kind: 'request',
  key: 32,
  versions: '1-4',
  flexible: '4+',
  listeners: ['broker', 'controller'],
  fields: {
    resources: array(DescribeConfigsResource, '0+'),
    includeSynonyms: bool('1+', { default: false }),
    includeDocumentation: bool('3+', { default: false }),
  },
})
export type DescribeConfigsRequest = Value<typeof DescribeConfigsRequest>

const DescribeConfigsSynonym = struct('DescribeConfigsSynonym', {
  name: string('1+'),
  value: string('1+', { nullable: '0+' }),
  source: int8('1+'),
})

const DescribeConfigsResourceResult = struct('DescribeConfigsResourceResult', {
  name: string('0+'),
  value: string('0+', { nullable: '0+' }),
  readOnly: bool('0+'),
  configSource: int8('1+', { default: -1, ignorable: true }),
  isSensitive: bool('0+'),
  synonyms: array(DescribeConfigsSynonym, '1+', { ignorable: true }),
  configType: int8('3+', { default: 0, ignorable: true }),
  documentation: string('3+', { nullable: '0+', ignorable: true }),
})

const DescribeConfigsResult = struct('DescribeConfigsResult', {
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
  resourceType: int8('0+'),
  resourceName: string('0+'),
  configs: array(DescribeConfigsResourceResult, '0+'),
})

export const DescribeConfigsResponse = message({
  name: 'DescribeConfigsResponse',
  kind: 'response',
  key: 32,
  versions: '1-4',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array(DescribeConfigsResult, '0+'),
  },
})
export type DescribeConfigsResponse = Value<typeof DescribeConfigsResponse>

/** API key 32. Source: the specifications of DescribeConfigsRequest and DescribeConfigsResponse in Apache Kafka 4.3.1. */
export const DescribeConfigsApi = api('DescribeConfigs', DescribeConfigsRequest, DescribeConfigsResponse)
