import { array, bool, bytes, int8, int32, int64, message, struct, uuid, type Value } from '../schema/notation.ts'

/** RemoteLogSegmentMetadataSnapshotRecord (record type 3). Source: its specification in Apache Kafka 4.3.1. */
const SegmentLeaderEpochEntry = struct('SegmentLeaderEpochEntry', {
  leaderEpoch: int32('0+'),
  offset: int64('0+'),
})

export const RemoteLogSegmentMetadataSnapshotRecord = message({
  name: 'RemoteLogSegmentMetadataSnapshotRecord',
  kind: 'metadata',
  key: 3,
  versions: '0',
  flexible: '0+',
  fields: {
    segmentId: uuid('0+'),
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
export type RemoteLogSegmentMetadataSnapshotRecord = Value<typeof RemoteLogSegmentMetadataSnapshotRecord>
