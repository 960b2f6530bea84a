import { int16, message, string, type Value } from '../schema/notation.ts'

/** FeatureLevelRecord (record type 12). Source: its specification in Apache Kafka 4.3.1. */
export const FeatureLevelRecord = message({
  name: 'FeatureLevelRecord',
  kind: 'metadata',
  key: 12,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+'),
    featureLevel: int16('0+'),
  },
})
export type FeatureLevelRecord = Value<typeof FeatureLevelRecord>
