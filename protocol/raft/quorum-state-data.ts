import { array, int32, int64, message, string, struct, uuid, type Value } from '../schema/notation.ts'

/** QuorumStateData. Source: its specification in Apache Kafka 4.3.1. */
const Voter = struct('Voter', {
  voterId: int32('0'),
})

export const QuorumStateData = message({
  name: 'QuorumStateData',
  kind: 'data',
  versions: '0-1',
  flexible: '0+',
  fields: {
    clusterId: string('0'),
    leaderId: int32('0+', { default: -1 }),
    leaderEpoch: int32('0+', { default: -1 }),
    votedId: int32('0+', { default: -1 }),
    votedDirectoryId: uuid('1+'),
    appliedOffset: int64('0'),
    currentVoters: array(Voter, '0', { nullable: '0' }),
  },
})
export type QuorumStateData = Value<typeof QuorumStateData>
