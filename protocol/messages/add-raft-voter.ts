import { api, array, bool, int16, int32, message, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

const Listener = struct('Listener', {
  name: string('0+', { mapKey: true }),
  host: string('0+'),
  port: uint16('0+'),
})

export const AddRaftVoterRequest = message({
  name: 'AddRaftVoterRequest',
  kind: 'request',
  key: 80,
  versions: '0-1',
  flexible: '0+',
  listeners: ['controller', 'broker'],
  fields: {
    clusterId: string('0+', { nullable: '0+' }),
    timeoutMs: int32('0+'),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
    listeners: array(Listener, '0+'),
    ackWhenCommitted: bool('1+', { default: true }),
  },
})
export type AddRaftVoterRequest = Value<typeof AddRaftVoterRequest>

export const AddRaftVoterResponse = message({
  name: 'AddRaftVoterResponse',
  kind: 'response',
  key: 80,
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', ignorable: true }),
  },
})
export type AddRaftVoterResponse = Value<typeof AddRaftVoterResponse>

/** API key 80. Source: the specifications of AddRaftVoterRequest and AddRaftVoterResponse in Apache Kafka 4.3.1. */
export const AddRaftVoterApi = api('AddRaftVoter', AddRaftVoterRequest, AddRaftVoterResponse)
