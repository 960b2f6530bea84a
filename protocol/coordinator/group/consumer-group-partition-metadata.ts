import { array, int32, message, string, struct, uuid, type Value } from '../../schema/notation.ts'

/** ConsumerGroupPartitionMetadataKey and ConsumerGroupPartitionMetadataValue (record type 4). Source: their specification in Apache Kafka 4.3.1. */
export const ConsumerGroupPartitionMetadataKey = message({
  name: 'ConsumerGroupPartitionMetadataKey',
  kind: 'coordinator-key',
  key: 4,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
  },
})
export type ConsumerGroupPartitionMetadataKey = Value<typeof ConsumerGroupPartitionMetadataKey>

const PartitionMetadata = struct('PartitionMetadata', {
  partition: int32('0+'),
  racks: array('string', '0+'),
})

const TopicMetadata = struct('TopicMetadata', {
  topicId: uuid('0+'),
  topicName: string('0+'),
  numPartitions: int32('0+'),
  partitionMetadata: array(PartitionMetadata, '0+'),
})

export const ConsumerGroupPartitionMetadataValue = message({
  name: 'ConsumerGroupPartitionMetadataValue',
  kind: 'coordinator-value',
  key: 4,
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array(TopicMetadata, '0+'),
  },
})
export type ConsumerGroupPartitionMetadataValue = Value<typeof ConsumerGroupPartitionMetadataValue>
