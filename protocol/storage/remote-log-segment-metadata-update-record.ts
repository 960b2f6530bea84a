import { bytes, int8, int32, int64, message, object, string, struct, uuid, type Value } from '../schema/notation.ts'

/** RemoteLogSegmentMetadataUpdateRecord (record type 1). Source: its specification in Apache Kafka 4.3.1. */
const TopicIdPartitionEntry = struct('TopicIdPartitionEntry', {
  name: string('0+'),
  id: uuid('0+'),
  partition: int32('0+'),
})

const RemoteLogSegmentIdEntry = struct('RemoteLogSegmentIdEntry', {
  topicIdPartition: object(TopicIdPartitionEntry, '0+'),
  id: uuid('0+'),
})

export const RemoteLogSegmentMetadataUpdateRecord = message({
  name: 'RemoteLogSegmentMetadataUpdateRecord',
  kind: 'metadata',
  key: 1,
  versions: '0',
  flexible: '0+',
  fields: {
    remoteLogSegmentId: object(RemoteLogSegmentIdEntry, '0+'),
    brokerId: int32('0+'),
    eventTimestampMs: int64('0+'),
    customMetadata: bytes('0+', { nullable: '0+', default: null }),
    remoteLogSegmentState: int8('0+'),
  },
})
export type RemoteLogSegmentMetadataUpdateRecord = Value<typeof RemoteLogSegmentMetadataUpdateRecord>
