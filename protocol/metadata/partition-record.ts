import { array, int8, int32, message, uuid, type Value } from '../schema/notation.ts'

/** PartitionRecord (record type 3). Source: its specification in Apache Kafka 4.3.1. */
export const PartitionRecord = message({
  name: 'PartitionRecord',
  kind: 'metadata',
  key: 3,
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32('0+', { default: -1 }),
    topicId: uuid('0+'),
    replicas: array('int32', '0+'),
    isr: array('int32', '0+'),
    removingReplicas: array('int32', '0+'),
    addingReplicas: array('int32', '0+'),
    leader: int32('0+', { default: -1 }),
    leaderRecoveryState: int8('0+', { default: 0, tag: 0, tagged: '0+' }),
    leaderEpoch: int32('0+', { default: -1 }),
    partitionEpoch: int32('0+', { default: -1 }),
    directories: array('uuid', '1+'),
    eligibleLeaderReplicas: array('int32', '2+', { nullable: '2+', default: null, tag: 1, tagged: '2+' }),
    lastKnownElr: array('int32', '2+', { nullable: '2+', default: null, tag: 2, tagged: '2+' }),
  },
})
export type PartitionRecord = Value<typeof PartitionRecord>
