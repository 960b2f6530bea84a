import { api, array, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

/** API key 10. Source: the specifications of FindCoordinatorRequest and FindCoordinatorResponse in Apache Kafka 4.3.1. */
export const FindCoordinatorRequest = message({
  name: 'FindCoordinatorRequest',
  kind: 'request',
  key: 10,
  versions: '0-6',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    key: string('0-3'),
    keyType: int8('1+', { default: 0 }),
    coordinatorKeys: array('string', '4+'),
  },
})
export type FindCoordinatorRequest = Value<typeof FindCoordinatorRequest>

const Coordinator = struct('Coordinator', {
  key: string('4+'),
  nodeId: int32('4+'),
  host: string('4+'),
  port: int32('4+'),
  errorCode: int16('4+'),
  errorMessage: string('4+', { nullable: '4+', ignorable: true }),
})

export const FindCoordinatorResponse = message({
  name: 'FindCoordinatorResponse',
  kind: 'response',
  key: 10,
  versions: '0-6',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32('1+', { ignorable: true }),
    errorCode: int16('0-3'),
    errorMessage: string('1-3', { nullable: '1-3', ignorable: true }),
    nodeId: int32('0-3'),
    host: string('0-3'),
    port: int32('0-3'),
    coordinators: array(Coordinator, '4+'),
  },
})
export type FindCoordinatorResponse = Value<typeof FindCoordinatorResponse>

/** API key 10. Source: the specifications of FindCoordinatorRequest and FindCoordinatorResponse in Apache Kafka 4.3.1. */
export const FindCoordinatorApi = api('FindCoordinator', FindCoordinatorRequest, FindCoordinatorResponse)
