import { api, array, int16, int32, message, object, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

const Listener = struct('Listener', {
  name: string('0+', { mapKey: true }),
  host: string('0+'),
  port: uint16('0+'),
})

const KRaftVersionFeature = struct('KRaftVersionFeature', {
  minSupportedVersion: int16('0+'),
  maxSupportedVersion: int16('0+'),
})

export const UpdateRaftVoterRequest = message({
  name: 'UpdateRaftVoterRequest',
  kind: 'request',
  key: 82,
  versions: '0',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    clusterId: string('0+', { nullable: '0+' }),
    currentLeaderEpoch: int32('0+'),
    voterId: int32('0+'),
    voterDirectoryId: uuid('0+'),
    listeners: array(Listener, '0+'),
    kRaftVersionFeature: object(KRaftVersionFeature, '0+'),
  },
})
export type UpdateRaftVoterRequest = Value<typeof UpdateRaftVoterRequest>

const CurrentLeader = struct('CurrentLeader', {
  leaderId: int32('0+', { default: -1 }),
  leaderEpoch: int32('0+', { default: -1 }),
  host: string('0+'),
  port: int32('0+'),
})

export const UpdateRaftVoterResponse = message({
  name: 'UpdateRaftVoterResponse',
  kind: 'response',
  key: 82,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    currentLeader: object(CurrentLeader, '0+', { tag: 0, tagged: '0+' }),
  },
})
export type UpdateRaftVoterResponse = Value<typeof UpdateRaftVoterResponse>

/** API key 82. Source: the specifications of UpdateRaftVoterRequest and UpdateRaftVoterResponse in Apache Kafka 4.3.1. */
export const UpdateRaftVoterApi = api('UpdateRaftVoter', UpdateRaftVoterRequest, UpdateRaftVoterResponse)
