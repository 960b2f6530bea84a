import { int8, int32, int64, message, object, string, struct, uuid, type Value } from '../schema/notation.ts'

/** RemotePartitionDeleteMetadataRecord (record type 2). Source: its specification in Apache Kafka 4.3.1. */
const TopicIdPartitionEntry = struct('TopicIdPartitionEntry', {
  name: string('0+'),
  id: uuid('0+'),
  partition: int32('0+'),
})

export const RemotePartitionDeleteMetadataRecord = message({
  name: 'RemotePartitionDeleteMetadataRecord',
  kind: 'metadata',
  key: 2,
  versions: '0',
  flexible: '0+',
  fields: {
    topicIdPartition: object(TopicIdPartitionEntry, '0+'),
    brokerId: int32('0+'),
    eventTimestampMs: int64('0+'),
    remotePartitionDeleteState: int8('0+'),
  },
})
export type RemotePartitionDeleteMetadataRecord = Value<typeof RemotePartitionDeleteMetadataRecord>
