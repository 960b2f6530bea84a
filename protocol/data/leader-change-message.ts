import { array, int16, int32, message, struct, uuid, type Value } from '../schema/notation.ts'

const Voter = struct('Voter', {
  voterId: int32('0+'),
  voterDirectoryId: uuid('1+'),
})

export const LeaderChangeMessage = message({
  name: 'LeaderChangeMessage',
  kind: 'data',
  versions: '0-1',
  flexible: '0+',
  fields: {
    version: int16('0+'),
    leaderId: int32('0+'),
    voters: array(Voter, '0+'),
    grantingVoters: array(Voter, '0+'),
  },
})
export type LeaderChangeMessage = Value<typeof LeaderChangeMessage>
