import { array, int64, message, string, type Value } from '../../schema/notation.ts'

/** ConsumerGroupRegularExpressionKey and ConsumerGroupRegularExpressionValue (record type 16). Source: their specification in Apache Kafka 4.3.1. */
export const ConsumerGroupRegularExpressionKey = message({
  name: 'ConsumerGroupRegularExpressionKey',
  kind: 'coordinator-key',
  key: 16,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    regularExpression: string('0'),
  },
})
export type ConsumerGroupRegularExpressionKey = Value<typeof ConsumerGroupRegularExpressionKey>

export const ConsumerGroupRegularExpressionValue = message({
  name: 'ConsumerGroupRegularExpressionValue',
  kind: 'coordinator-value',
  key: 16,
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array('string', '0+'),
    version: int64('0+'),
    timestamp: int64('0+'),
  },
})
export type ConsumerGroupRegularExpressionValue = Value<typeof ConsumerGroupRegularExpressionValue>
