import { api, array, bool, int16, int32, int64, message, string, struct, type Value } from '../schema/notation.ts'

/** API key 18. Source: the specifications of ApiVersionsRequest and ApiVersionsResponse in Apache Kafka 4.3.1. */
export const ApiVersionsRequest = message({
  name: 'ApiVersionsRequest',
  kind: 'request',
  key: 18,
  versions: '0-4',
  flexible: '3+',
  listeners: ['broker', 'controller'],
  fields: {
    clientSoftwareName: string('3+', { ignorable: true }),
    clientSoftwareVersion: string('3+', { ignorable: true }),
  },
})
export type ApiVersionsRequest = Value<typeof ApiVersionsRequest>

const ApiVersion = struct('ApiVersion', {
  apiKey: int16('0+', { mapKey: true }),
  minVersion: int16('0+'),
  maxVersion: int16('0+'),
})

const SupportedFeatureKey = struct('SupportedFeatureKey', {
  name: string('3+', { mapKey: true }),
  minVersion: int16('3+'),
  maxVersion: int16('3+'),
})

const FinalizedFeatureKey = struct('FinalizedFeatureKey', {
  name: string('3+', { mapKey: true }),
  maxVersionLevel: int16('3+'),
  minVersionLevel: int16('3+'),
})

export const ApiVersionsResponse = message({
  name: 'ApiVersionsResponse',
  kind: 'response',
  key: 18,
  versions: '0-4',
  flexible: '3+',
  fields: {
    errorCode: int16('0+'),
    apiKeys: array(ApiVersion, '0+'),
    throttleTimeMs: int32('1+', { ignorable: true }),
    supportedFeatures: array(SupportedFeatureKey, '3+', { tag: 0, tagged: '3+', ignorable: true }),
    finalizedFeaturesEpoch: int64('3+', { default: -1, tag: 1, tagged: '3+', ignorable: true }),
    finalizedFeatures: array(FinalizedFeatureKey, '3+', { tag: 2, tagged: '3+', ignorable: true }),
    zkMigrationReady: bool('3+', { default: false, tag: 3, tagged: '3+', ignorable: true }),
  },
})
export type ApiVersionsResponse = Value<typeof ApiVersionsResponse>

/** API key 18. Source: the specifications of ApiVersionsRequest and ApiVersionsResponse in Apache Kafka 4.3.1. */
export const ApiVersionsApi = api('ApiVersions', ApiVersionsRequest, ApiVersionsResponse)
