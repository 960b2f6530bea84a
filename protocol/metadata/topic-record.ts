import { message, string, uuid, type Value } from '../schema/notation.ts'

/** TopicRecord (record type 2). Source: its specification in Apache Kafka 4.3.1. */
export const TopicRecord = message({
  name: 'TopicRecord',
  kind: 'metadata',
  key: 2,
  versions: '0',
  flexible: '0+',
  fields: {
    name: string('0+'),
    topicId: uuid('0+'),
  },
})
export type TopicRecord = Value<typeof TopicRecord>
