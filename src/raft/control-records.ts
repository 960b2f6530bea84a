import { KRaftVersionRecord } from '../../protocol/data/kraft-version-record.ts'
import { LeaderChangeMessage } from '../../protocol/data/leader-change-message.ts'
import { SnapshotFooterRecord } from '../../protocol/data/snapshot-footer-record.ts'
import { SnapshotHeaderRecord } from '../../protocol/data/snapshot-header-record.ts'
import { VotersRecord } from '../../protocol/data/voters-record.ts'
import { DecodeError } from '../../protocol/errors.ts'
import { decodeFrom, encodeToBuffer } from '../../protocol/schema/codec.ts'
import { recordOfVoters, type VoterSet, votersOfRecord } from './voter-set.ts'

/** What the raft layer itself writes between the records of the state machine: batches with the control flag. */
export type ControlRecord =
  | { readonly type: 'leader-change'; readonly leaderId: number; readonly voterIds: readonly number[]; readonly grantingVoterIds: readonly number[] }
  | { readonly type: 'snapshot-header'; readonly lastContainedLogTimestampMs: number }
  | { readonly type: 'snapshot-footer' }
  | { readonly type: 'kraft-version'; readonly kraftVersion: number }
  | { readonly type: 'voters'; readonly voters: VoterSet }
  /** A type of other layers or later versions: read over. */
  | { readonly type: 'other'; readonly code: number }

/** Source: org.apache.kafka.common.record.ControlRecordType. */
const codes = { 'leader-change': 2, 'snapshot-header': 3, 'snapshot-footer': 4, 'kraft-version': 5, voters: 6 } as const

const KEY_BYTES = 4

/** The key and value of the log record. */
export function encodeControlRecord(record: Exclude<ControlRecord, { type: 'other' }>): { readonly key: Buffer; readonly value: Buffer } {
  const key = Buffer.alloc(KEY_BYTES)
  key.writeInt16BE(codes[record.type], 2)
  return { key, value: encodeValue(record) }
}

/** Errors: `DecodeError` when the bytes are not what their key announces. */
export function decodeControlRecord(key: Buffer | null, value: Buffer | null): ControlRecord {
  if (key === null || key.length < KEY_BYTES || value === null) throw new DecodeError('control record without key or value')
  const code = key.readInt16BE(2)
  switch (code) {
    case codes['leader-change']:
      return leaderChange(decodeFrom(LeaderChangeMessage, value, versionOf(value)))
    case codes['snapshot-header']:
      return { type: 'snapshot-header', lastContainedLogTimestampMs: decodeFrom(SnapshotHeaderRecord, value, 0).lastContainedLogTimestamp }
    case codes['snapshot-footer']:
      decodeFrom(SnapshotFooterRecord, value, 0)
      return { type: 'snapshot-footer' }
    case codes['kraft-version']:
      return { type: 'kraft-version', kraftVersion: decodeFrom(KRaftVersionRecord, value, 0).kRaftVersion }
    case codes.voters:
      return { type: 'voters', voters: votersOfRecord(decodeFrom(VotersRecord, value, 0)) }
    default:
      return { type: 'other', code }
  }
}

function encodeValue(record: Exclude<ControlRecord, { type: 'other' }>): Buffer {
  switch (record.type) {
    case 'leader-change': {
      const voters = record.voterIds.map((voterId) => ({ voterId }))
      const grantingVoters = record.grantingVoterIds.map((voterId) => ({ voterId }))
      return encodeToBuffer(LeaderChangeMessage, { version: 0, leaderId: record.leaderId, voters, grantingVoters }, 0)
    }
    case 'snapshot-header':
      return encodeToBuffer(SnapshotHeaderRecord, { version: 0, lastContainedLogTimestamp: record.lastContainedLogTimestampMs }, 0)
    case 'snapshot-footer':
      return encodeToBuffer(SnapshotFooterRecord, { version: 0 }, 0)
    case 'kraft-version':
      return encodeToBuffer(KRaftVersionRecord, { version: 0, kRaftVersion: record.kraftVersion }, 0)
    case 'voters':
      return encodeToBuffer(VotersRecord, recordOfVoters(record.voters), 0)
  }
}

/** Each value begins with the version in which it is written. */
function versionOf(value: Buffer): number {
  return value.length < 2 ? 0 : value.readInt16BE(0)
}

function leaderChange(message: LeaderChangeMessage): ControlRecord {
  const ids = (voters: LeaderChangeMessage['voters']) => voters.map((voter) => voter.voterId)
  return { type: 'leader-change', leaderId: message.leaderId, voterIds: ids(message.voters), grantingVoterIds: ids(message.grantingVoters) }
}
