import { ConsumerGroupMemberMetadataKey } from '../../protocol/coordinator/group/consumer-group-member-metadata.ts'
import { ConsumerGroupMetadataKey } from '../../protocol/coordinator/group/consumer-group-metadata.ts'
import { GroupMetadataKey, GroupMetadataValue } from '../../protocol/coordinator/group/group-metadata.ts'
import { LegacyOffsetCommitKey, LegacyOffsetCommitValue } from '../../protocol/coordinator/group/legacy-offset-commit.ts'
import { OffsetCommitKey, OffsetCommitValue } from '../../protocol/coordinator/group/offset-commit.ts'
import { ShareGroupMemberMetadataKey } from '../../protocol/coordinator/group/share-group-member-metadata.ts'
import { ShareGroupMetadataKey } from '../../protocol/coordinator/group/share-group-metadata.ts'
import { StreamsGroupMemberMetadataKey } from '../../protocol/coordinator/group/streams-group-member-metadata.ts'
import { StreamsGroupMetadataKey } from '../../protocol/coordinator/group/streams-group-metadata.ts'
import { DecodeError } from '../../protocol/errors.ts'
import { decodeFrom, decodeMessage, encodeMessage } from '../../protocol/schema/codec.ts'
import type { Fields, Input, Message } from '../../protocol/schema/notation.ts'
import { ZERO_UUID } from '../../protocol/uuid.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { Writer } from '../../protocol/wire/writer.ts'
import { assert, unreachable } from '../base/assert.ts'
import type { EncodedRecord, RecordCodec } from '../coordinator/shard-machine.ts'

/**
 * The records of `__consumer_offsets` as the group coordinator sees them. A null value is a tombstone.
 *
 * On disk a key begins with its record type and a value with its version, both int16, as Kafka 4.3.1 writes them:
 * GroupMetadataValue version 3; OffsetCommitValue version 4, or 1 where the offset has an expiry time of its own.
 * Source: org.apache.kafka.coordinator.group.GroupCoordinatorRecordHelpers, GroupCoordinatorRecordSerde.
 */
export type GroupRecord = OffsetRecord | GroupMetadataRecord | OtherGroupRecord

export interface OffsetRecord {
  readonly type: 'offset'
  readonly groupId: string
  readonly topic: string
  readonly partition: number
  readonly value: OffsetCommitValue | null
}

export interface GroupMetadataRecord {
  readonly type: 'group-metadata'
  readonly groupId: string
  readonly value: GroupMetadataValue | null
}

/** Kinds of groups that this coordinator keeps and does not serve. */
export type OtherGroupKind = 'consumer' | 'share' | 'streams'

/** Read, never written here: that such a group, or a member of it, exists. */
export interface OtherGroupRecord {
  readonly type: 'other-group'
  readonly kind: OtherGroupKind
  readonly groupId: string
  /** null: the record is of the group itself. */
  readonly memberId: string | null
  readonly isTombstone: boolean
}

const GROUP_METADATA_VERSION = 3
const OFFSET_VERSION = 4
const OFFSET_WITH_EXPIRY_VERSION = 1

export const groupRecordCodec: RecordCodec<GroupRecord> = { encode: encodeGroupRecord, decode: decodeGroupRecord }

function encodeGroupRecord(record: GroupRecord): EncodedRecord {
  switch (record.type) {
    case 'offset': {
      const { groupId: group, topic, partition, value } = record
      const version = value !== null && value.expireTimestamp !== -1 ? OFFSET_WITH_EXPIRY_VERSION : OFFSET_VERSION
      return {
        key: prefixed(OffsetCommitKey, { group, topic, partition }, 1, 0),
        value: value === null ? null : prefixed(OffsetCommitValue, value, version, version),
      }
    }
    case 'group-metadata':
      return {
        key: prefixed(GroupMetadataKey, { group: record.groupId }, 2, 0),
        value: record.value === null ? null : prefixed(GroupMetadataValue, record.value, GROUP_METADATA_VERSION, GROUP_METADATA_VERSION),
      }
    case 'other-group':
      assert(false, 'records of groups that are not served are never written')
      break
    default:
      unreachable(record)
  }
}

function prefixed<F extends Fields>(message: Message<F>, value: Input<Message<F>>, prefix: number, version: number): Buffer {
  const writer = new Writer()
  writer.int16(prefix)
  encodeMessage(message, value, writer, version)
  return writer.toBuffer()
}

function decodeGroupRecord(key: Buffer | null, value: Buffer | null): GroupRecord | null {
  if (key === null || key.length < 2) throw new DecodeError('a record of __consumer_offsets without a record type')
  const type = key.readInt16BE(0)
  const keyBody = key.subarray(2)
  switch (type) {
    case 0:
      return decodeLegacyOffset(keyBody, value)
    case 1: {
      const { group, topic, partition } = decodeFrom(OffsetCommitKey, keyBody, 0)
      return { type: 'offset', groupId: group, topic, partition, value: value === null ? null : decodeVersioned(OffsetCommitValue, value) }
    }
    case 2: {
      const groupId = decodeFrom(GroupMetadataKey, keyBody, 0).group
      return { type: 'group-metadata', groupId, value: value === null ? null : decodeVersioned(GroupMetadataValue, Buffer.from(value)) }
    }
    default:
      return decodeOtherGroup(type, keyBody, value === null)
  }
}

function decodeVersioned<F extends Fields>(message: Message<F>, bytes: Buffer) {
  const reader = new Reader(bytes)
  return decodeMessage(message, reader, reader.int16())
}

/** What brokers before version 0.8.2 left. Its value says less. */
function decodeLegacyOffset(keyBody: Buffer, value: Buffer | null): OffsetRecord {
  const { group: groupId, topic, partition } = decodeFrom(LegacyOffsetCommitKey, keyBody, 0)
  if (value === null) return { type: 'offset', groupId, topic, partition, value: null }
  const legacy = decodeVersioned(LegacyOffsetCommitValue, value)
  return { type: 'offset', groupId, topic, partition, value: offsetValue({ ...legacy }) }
}

/** Record types that say that a group of another kind, or a member of it, exists. The further types only detail them. */
const OTHER_GROUP_TYPES = new Map([
  [3, { kind: 'consumer', key: ConsumerGroupMetadataKey }],
  [5, { kind: 'consumer', key: ConsumerGroupMemberMetadataKey }],
  [10, { kind: 'share', key: ShareGroupMemberMetadataKey }],
  [11, { kind: 'share', key: ShareGroupMetadataKey }],
  [17, { kind: 'streams', key: StreamsGroupMetadataKey }],
  [19, { kind: 'streams', key: StreamsGroupMemberMetadataKey }],
] as const)

function decodeOtherGroup(type: number, keyBody: Buffer, isTombstone: boolean): OtherGroupRecord | null {
  const known = OTHER_GROUP_TYPES.get(type as 3)
  if (known === undefined) return null
  const key: { readonly groupId: string; readonly memberId?: string } = decodeFrom(known.key, keyBody, 0)
  return { type: 'other-group', kind: known.kind, groupId: key.groupId, memberId: key.memberId ?? null, isTombstone }
}

export function offsetTombstone(groupId: string, topic: string, partition: number): OffsetRecord {
  return { type: 'offset', groupId, topic, partition, value: null }
}

export function groupTombstone(groupId: string): GroupMetadataRecord {
  return { type: 'group-metadata', groupId, value: null }
}

type OffsetValueInput = Pick<OffsetCommitValue, 'offset' | 'metadata' | 'commitTimestamp'> & Partial<OffsetCommitValue>

/** An OffsetCommitValue with defaults for what is not given. */
export function offsetValue(input: OffsetValueInput): OffsetCommitValue {
  return { leaderEpoch: -1, expireTimestamp: -1, topicId: ZERO_UUID, ...input }
}
