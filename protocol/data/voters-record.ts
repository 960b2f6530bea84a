import { array, int16, int32, message, object, string, struct, uint16, uuid, type Value } from '../schema/notation.ts'

const Endpoint = struct('Endpoint', {
  name: string('0+', { mapKey: true }),
  host: string('0+'),
  port: uint16('0+'),
})

const KRaftVersionFeature = struct('KRaftVersionFeature', {
  minSupportedVersion: int16('0+'),
  maxSupportedVersion: int16('0+'),
})

const Voter = struct('Voter', {
  voterId: int32('0+'),
  voterDirectoryId: uuid('0+'),
  endpoints: array(Endpoint, '0+'),
  kRaftVersionFeature: object(KRaftVersionFeature, '0+'),
})

export const VotersRecord = message({
  name: 'VotersRecord',
  kind: 'data',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16('0+'),
    voters: array(Voter, '0+'),
  },
})
export type VotersRecord = Value<typeof VotersRecord>
