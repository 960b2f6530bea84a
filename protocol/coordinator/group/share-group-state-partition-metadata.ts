import { array, message, string, struct, uuid, type Value } from '../../schema/notation.ts'

/** ShareGroupStatePartitionMetadataKey and ShareGroupStatePartitionMetadataValue (record type 15). Source: their specification in Apache Kafka 4.3.1. */
export const ShareGroupStatePartitionMetadataKey = message({
  name: 'ShareGroupStatePartitionMetadataKey',
  kind: 'coordinator-key',
  key: 15,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
})
export type ShareGroupStatePartitionMetadataKey = Value<typeof ShareGroupStatePartitionMetadataKey>

const TopicPartitionsInfo = struct('TopicPartitionsInfo', {
  topicId: uuid('0+'),
  topicName: string('0+'),
  partitions: array('int32', '0+'),
})

const TopicInfo = struct('TopicInfo', {
  topicId: uuid('0+'),
  topicName: string('0+'),
})

export const ShareGroupStatePartitionMetadataValue = message({
  name: 'ShareGroupStatePartitionMetadataValue',
  kind: 'coordinator-value',
  key: 15,
  versions: '0',
  flexible: '0+',
  fields: {
    initializingTopics: array(TopicPartitionsInfo, '0+'),
    initializedTopics: array(TopicPartitionsInfo, '0+'),
    deletingTopics: array(TopicInfo, '0+'),
  },
})
export type ShareGroupStatePartitionMetadataValue = Value<typeof ShareGroupStatePartitionMetadataValue>
