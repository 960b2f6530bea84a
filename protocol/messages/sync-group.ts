import { api, array, bytes, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const SyncGroupRequestAssignment = struct('SyncGroupRequestAssignment', {
  memberId: string('0+'),
  assignment: bytes('0+'),
})

export const SyncGroupRequest = message({
  name: 'SyncGroupRequest',
  kind: 'request',
  key: 14,
  versions: '0-5',
  flexible: '4+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    generationId: int32('0+'),
    memberId: string('0+'),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
    protocolType: string('5+', { nullable: '5+', default: null, ignorable: true }),
    protocolName: string('5+', { nullable: '5+', default: null, ignorable: true }),
    assignments: array(SyncGroupRequestAssignment, '0+'),
  },
})
export type SyncGroupRequest = Value<typeof SyncGroupRequest>

export const SyncGroupResponse = message({
  name: 'SyncGroupResponse',
  kind: 'response',
  key: 14,
  versions: '0-5',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
    protocolType: string('5+', { nullable: '5+', default: null, ignorable: true }),
    protocolName: string('5+', { nullable: '5+', default: null, ignorable: true }),
    assignment: bytes('0+'),
  },
})
export type SyncGroupResponse = Value<typeof SyncGroupResponse>

/** API key 14. Source: the specifications of SyncGroupRequest and SyncGroupResponse in Apache Kafka 4.3.1. */
export const SyncGroupApi = api('SyncGroup', SyncGroupRequest, SyncGroupResponse)
