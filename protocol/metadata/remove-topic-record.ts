import { message, uuid, type Value } from '../schema/notation.ts'

/** RemoveTopicRecord (record type 9). Source: its specification in Apache Kafka 4.3.1. */
export const RemoveTopicRecord = message({
  name: 'RemoveTopicRecord',
  kind: 'metadata',
  key: 9,
  versions: '0',
  flexible: '0+',
  fields: {
    topicId: uuid('0+'),
  },
})
export type RemoveTopicRecord = Value<typeof RemoveTopicRecord>
