import { array, bytes, int32, int64, message, string, struct, type Value } from '../../schema/notation.ts'

/** GroupMetadataKey and GroupMetadataValue (record type 2). Source: their specification in Apache Kafka 4.3.1. */
export const GroupMetadataKey = message({
  name: 'GroupMetadataKey',
  kind: 'coordinator-key',
  key: 2,
  versions: '0',
  flexible: 'none',
  fields: {
    group: string('0'),
  },
})
export type GroupMetadataKey = Value<typeof GroupMetadataKey>

const MemberMetadata = struct('MemberMetadata', {
  memberId: string('0+'),
  groupInstanceId: string('3+', { nullable: '3+', default: null, ignorable: true }),
  clientId: string('0+'),
  clientHost: string('0+'),
  rebalanceTimeout: int32('1+', { default: -1, ignorable: true }),
  sessionTimeout: int32('0+'),
  subscription: bytes('0+'),
  assignment: bytes('0+'),
})

export const GroupMetadataValue = message({
  name: 'GroupMetadataValue',
  kind: 'coordinator-value',
  key: 2,
  versions: '0-4',
  flexible: '4+',
  fields: {
    protocolType: string('0+'),
    generation: int32('0+'),
    protocol: string('0+', { nullable: '0+' }),
    leader: string('0+', { nullable: '0+' }),
    currentStateTimestamp: int64('2+', { default: -1, ignorable: true }),
    members: array(MemberMetadata, '0+'),
  },
})
export type GroupMetadataValue = Value<typeof GroupMetadataValue>
