import { array, bool, bytes, int8, int32, int64, message, object, string, struct, uuid, type Value } from '../schema/notation.ts'

/** RemoteLogSegmentMetadataRecord (record type 0). Source: its specification in Apache Kafka 4.3.1. */
const TopicIdPartitionEntry = struct('TopicIdPartitionEntry', {
  name: string('0+'),
  id: uuid('0+'),
  partition: int32('0+'),
})

const RemoteLogSegmentIdEntry = struct('RemoteLogSegmentIdEntry', {
  topicIdPartition: object(TopicIdPartitionEntry, '0+'),
  id: uuid('0+'),
})

const SegmentLeaderEpochEntry = struct('SegmentLeaderEpochEntry', {
  leaderEpoch: int32('0+'),
  offset: int64('0+'),
})

export const RemoteLogSegmentMetadataRecord = message({
  name: 'RemoteLogSegmentMetadataRecord',
  kind: 'metadata',
  key: 0,
  versions: '0',
  flexible: '0+',
  fields: {
    remoteLogSegmentId: object(RemoteLogSegmentIdEntry, '0+'),
    startOffset: int64('0+'),
    endOffset: int64('0+'),
    brokerId: int32('0+'),
    maxTimestampMs: int64('0+'),
    eventTimestampMs: int64('0+'),
    segmentLeaderEpochs: array(SegmentLeaderEpochEntry, '0+'),
    segmentSizeInBytes: int32('0+'),
    customMetadata: bytes('0+', { nullable: '0+', default: null }),
    remoteLogSegmentState: int8('0+'),
    txnIndexEmpty: bool('0+', { tag: 0, tagged: '0+' }),
  },
})
export type RemoteLogSegmentMetadataRecord = Value<typeof RemoteLogSegmentMetadataRecord>
