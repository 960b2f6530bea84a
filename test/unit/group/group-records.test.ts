import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConsumerGroupMemberMetadataKey } from '../../../protocol/coordinator/group/consumer-group-member-metadata.ts'
import { DecodeError } from '../../../protocol/errors.ts'
import { encodeToBuffer } from '../../../protocol/schema/codec.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { type GroupRecord, groupRecordCodec, groupTombstone, offsetTombstone, offsetValue } from '../../../src/group/group-records.ts'

const committed = offsetValue({
  offset: 42,
  leaderEpoch: 7,
  metadata: 'mäta',
  commitTimestamp: 1_700_000_000_123,
  topicId: 'AAAAAAAAAAAAAAAAAAAAdA' as Uuid,
})

const offset = (value: typeof committed): GroupRecord => ({ type: 'offset', groupId: 'g', topic: 't', partition: 1, value })

const member = {
  memberId: 'm-1',
  groupInstanceId: 'one',
  clientId: 'c',
  clientHost: '/10.0.0.9',
  rebalanceTimeout: 60_000,
  sessionTimeout: 10_000,
  subscription: Buffer.from([1, 2]),
  assignment: Buffer.from([3]),
}
const stable = { protocolType: 'consumer', generation: 3, protocol: 'range', leader: 'm-1', currentStateTimestamp: 1_700_000_000_123, members: [member] }
const empty = { protocolType: '', generation: 0, protocol: null, leader: null, currentStateTimestamp: 1_700_000_000_123, members: [] }

/** What Kafka 4.3.1's GroupCoordinatorRecordHelpers and GroupCoordinatorRecordSerde write: key and value, or no value. */
const observed: readonly (readonly [string, GroupRecord, string, string | null])[] = [
  [
    'an offset',
    offset(committed),
    '000100016700017400000001',
    '0004000000000000002a00000007066dc3a474610000018bcfe5687b01001000000000000000000000000000000074',
  ],
  [
    'an offset that chose when it expires',
    offset({ ...committed, leaderEpoch: -1, metadata: '', expireTimestamp: 1_700_000_009_999 }),
    '000100016700017400000001',
    '0001000000000000002a00000000018bcfe5687b0000018bcfe58f0f',
  ],
  [
    'an offset of a topic without a known id',
    offset(offsetValue({ offset: 42, metadata: '', commitTimestamp: 1_700_000_000_123 })),
    '000100016700017400000001',
    '0004000000000000002affffffff010000018bcfe5687b00',
  ],
  ['the end of an offset', offsetTombstone('g', 't', 1), '000100016700017400000001', null],
  [
    'a stable group',
    { type: 'group-metadata', groupId: 'g', value: stable },
    '0002000167',
    '00030008636f6e73756d657200000003000572616e676500036d2d310000018bcfe5687b0000000100036d2d3100036f6e6500016300092f31302e302e302e390000ea60000027100000000201020000000103',
  ],
  ['a new group', { type: 'group-metadata', groupId: 'g', value: empty }, '0002000167', '0003000000000000ffffffff0000018bcfe5687b00000000'],
  ['the end of a group', groupTombstone('g'), '0002000167', null],
]

describe('records of groups', () => {
  it.each(observed)('%s is written as Kafka writes it', (_name, record, key, value) => {
    const encoded = groupRecordCodec.encode(record)
    expect(encoded.key.toString('hex')).toBe(key)
    expect(encoded.value?.toString('hex') ?? null).toBe(value)
  })

  it.each(observed)('%s is read back', (_name, record, key, value) => {
    const decoded = groupRecordCodec.decode(Buffer.from(key, 'hex'), value === null ? null : Buffer.from(value, 'hex'))
    expect(groupRecordCodec.encode(decoded as GroupRecord)).toEqual(groupRecordCodec.encode(record))
  })

  it('of groups of another kind say that group and member exist', () => {
    const key = Buffer.concat([Buffer.from([0, 5]), encodeToBuffer(ConsumerGroupMemberMetadataKey, { groupId: 'g', memberId: 'm' }, 0)])
    expect(groupRecordCodec.decode(key, null)).toEqual({ type: 'other-group', kind: 'consumer', groupId: 'g', memberId: 'm', isTombstone: true })
  })

  it('of types to come are passed over', () => {
    expect(groupRecordCodec.decode(Buffer.from([0, 99, 1, 2, 3]), Buffer.from([1]))).toBeNull()
  })

  it('of versions to come are refused, since their group would be known in part', () => {
    expect(() => groupRecordCodec.decode(Buffer.from('000100016700017400000001', 'hex'), Buffer.from([0, 9, 0, 0]))).toThrow(DecodeError)
  })

  it('are values or DecodeErrors, whatever the bytes', () => {
    const key = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(fc.integer({ min: 0, max: 25 }), fc.uint8Array({ maxLength: 40 })).map(([type, rest]) => Uint8Array.from([0, type, ...rest])),
    )
    fc.assert(
      fc.property(key, fc.option(fc.uint8Array({ maxLength: 80 })), (keyBytes, valueBytes) => {
        try {
          groupRecordCodec.decode(Buffer.from(keyBytes), valueBytes === null ? null : Buffer.from(valueBytes))
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
