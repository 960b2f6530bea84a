import { api, array, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const MemberIdentity = struct('MemberIdentity', {
  memberId: string('3+'),
  groupInstanceId: string('3+', { nullable: '3+', default: null }),
  reason: string('5+', { nullable: '5+', default: null, ignorable: true }),
})

export const LeaveGroupRequest = message({
  name: 'LeaveGroupRequest',
  kind: 'request',
  key: 13,
  versions: '0-5',
  flexible: '4+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    memberId: string('0-2'),
    members: array(MemberIdentity, '3+'),
  },
})
export type LeaveGroupRequest = Value<typeof LeaveGroupRequest>

const MemberResponse = struct('MemberResponse', {
  memberId: string('3+'),
  groupInstanceId: string('3+', { nullable: '3+' }),
  errorCode: int16('3+'),
})

export const LeaveGroupResponse = message({
  name: 'LeaveGroupResponse',
  kind: 'response',
  key: 13,
  versions: '0-5',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    members: array(MemberResponse, '3+'),
  },
})
export type LeaveGroupResponse = Value<typeof LeaveGroupResponse>

/** API key 13. Source: the specifications of LeaveGroupRequest and LeaveGroupResponse in Apache Kafka 4.3.1. */
export const LeaveGroupApi = api('LeaveGroup', LeaveGroupRequest, LeaveGroupResponse)
