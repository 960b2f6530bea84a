import { api, array, bool, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const FeatureUpdateKey = struct('FeatureUpdateKey', {
  feature: string('0+', { mapKey: true }),
  maxVersionLevel: int16('0+'),
  allowDowngrade: bool('0'),
  upgradeType: int8('1+', { default: 1 }),
})

export const UpdateFeaturesRequest = message({
  name: 'UpdateFeaturesRequest',
  kind: 'request',
  key: 57,
  versions: '0-2',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    timeoutMs: int32('0+', { default: 60000 }),
    featureUpdates: array(FeatureUpdateKey, '0+'),
    validateOnly: bool('1+', { default: false }),
  },
})
export type UpdateFeaturesRequest = Value<typeof UpdateFeaturesRequest>

const UpdatableFeatureResult = struct('UpdatableFeatureResult', {
  feature: string('0+', { mapKey: true }),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
})

export const UpdateFeaturesResponse = message({
  name: 'UpdateFeaturesResponse',
  kind: 'response',
  key: 57,
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array(UpdatableFeatureResult, '0-1', { ignorable: true }),
  },
})
export type UpdateFeaturesResponse = Value<typeof UpdateFeaturesResponse>

/** API key 57. Source: the specifications of UpdateFeaturesRequest and UpdateFeaturesResponse in Apache Kafka 4.3.1. */
export const UpdateFeaturesApi = api('UpdateFeatures', UpdateFeaturesRequest, UpdateFeaturesResponse)
