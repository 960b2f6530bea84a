import { api, int16, int32, message, string, type Value } from '../schema/notation.ts'

/** API key 12. Source: the specifications of HeartbeatRequest and HeartbeatResponse in Apache Kafka 4.3.1. */
export const HeartbeatRequest = message({
  name: 'HeartbeatRequest',
  kind: 'request',
  key: 12,
  versions: '0-4',
  flexible: '4+',
  listeners: ['broker'],
  fields: {
    groupId: string('0+'),
    generationId: int32('0+'),
    memberId: string('0+'),
    groupInstanceId: string('3+', { nullable: '3+', default: null }),
  },
})
export type HeartbeatRequest = Value<typeof HeartbeatRequest>

export const HeartbeatResponse = message({
  name: 'HeartbeatResponse',
  kind: 'response',
  key: 12,
  versions: '0-4',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0+'),
  },
})
export type HeartbeatResponse = Value<typeof HeartbeatResponse>

/** API key 12. Source: the specifications of HeartbeatRequest and HeartbeatResponse in Apache Kafka 4.3.1. */
export const HeartbeatApi = api('Heartbeat', HeartbeatRequest, HeartbeatResponse)
