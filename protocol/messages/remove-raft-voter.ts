import { api, int16, int32, message, string, uuid, type Value } from '../schema/notation.ts'

/** API key 81. Source: the specifications of RemoveRaftVoterRequest and RemoveRaftVoterResponse in Apache Kafka 4.3.1. */
export const RemoveRaftVoterRequest = message({
  name: 'RemoveRaftVoterRequest',
  kind: 'request',
  key: 81,
  versions: '0',
  flexible: '0+',
  listeners: ['controller', 'broker'],
  fields: {
    clusterId: string('0+', { nullable: '0+' }),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
  },
})
export type RemoveRaftVoterRequest = Value<typeof RemoveRaftVoterRequest>

export const RemoveRaftVoterResponse = message({
  name: 'RemoveRaftVoterResponse',
  kind: 'response',
  key: 81,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+', ignorable: true }),
  },
})
export type RemoveRaftVoterResponse = Value<typeof RemoveRaftVoterResponse>

/** API key 81. Source: the specifications of RemoveRaftVoterRequest and RemoveRaftVoterResponse in Apache Kafka 4.3.1. */
export const RemoveRaftVoterApi = api('RemoveRaftVoter', RemoveRaftVoterRequest, RemoveRaftVoterResponse)
