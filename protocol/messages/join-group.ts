import { api, array, bool, bytes, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const JoinGroupRequestProtocol = struct('JoinGroupRequestProtocol', {
  name: string('0+', { mapKey: true }),
  metadata: bytes('0+'),
})

export const JoinGroupRequest = message({
  name: 'JoinGroupRequest',
  kind: 'request',
  key: 11,
  versions: '0-9',
  flexible: '6+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    sessionTimeoutMs: int32('0+'),
    rebalanceTimeoutMs: int32('1+', { default: -1, ignorable: true }),
    memberId: string('0+'),
    groupInstanceId: string('5+', { nullable: '5+', default: null }),
    protocolType: string('0+'),
    protocols: array(JoinGroupRequestProtocol, '0+'),
    reason: string('8+', { nullable: '8+', default: null, ignorable: true }),
  },
})
export type JoinGroupRequest = Value<typeof JoinGroupRequest>

const JoinGroupResponseMember = struct('JoinGroupResponseMember', {
  memberId: string('0+'),
  groupInstanceId: string('5+', { nullable: '5+', default: null, ignorable: true }),
  metadata: bytes('0+'),
})

export const JoinGroupResponse = message({
  name: 'JoinGroupResponse',
  kind: 'response',
  key: 11,
  versions: '0-9',
  flexible: '6+',
  fields: {
    throttleTimeMs: int32('2+', { ignorable: true }),
    errorCode: int16('0+'),
    generationId: int32('0+', { default: -1 }),
    protocolType: string('7+', { nullable: '7+', default: null, ignorable: true }),
    protocolName: string('0+', { nullable: '7+' }),
    leader: string('0+'),
    skipAssignment: bool('9+', { default: false }),
    memberId: string('0+'),
    members: array(JoinGroupResponseMember, '0+'),
  },
})
export type JoinGroupResponse = Value<typeof JoinGroupResponse>

/** API key 11. Source: the specifications of JoinGroupRequest and JoinGroupResponse in Apache Kafka 4.3.1. */
export const JoinGroupApi = api('JoinGroup', JoinGroupRequest, JoinGroupResponse)
