import { array, int8, int32, message, uuid, type Value } from '../schema/notation.ts'

/** PartitionChangeRecord (record type 5). Source: its specification in Apache Kafka 4.3.1. */
export const PartitionChangeRecord = message({
  name: 'PartitionChangeRecord',
  kind: 'metadata',
  key: 5,
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32('0+', { default: -1 }),
    topicId: uuid('0+'),
    isr: array('int32', '0+', { nullable: '0+', default: null, tag: 0, tagged: '0+' }),
    leader: int32('0+', { default: -2, tag: 1, tagged: '0+' }),
    replicas: array('int32', '0+', { nullable: '0+', default: null, tag: 2, tagged: '0+' }),
    removingReplicas: array('int32', '0+', { nullable: '0+', default: null, tag: 3, tagged: '0+' }),
    addingReplicas: array('int32', '0+', { nullable: '0+', default: null, tag: 4, tagged: '0+' }),
    leaderRecoveryState: int8('0+', { default: -1, tag: 5, tagged: '0+' }),
    directories: array('uuid', '1+', { nullable: '1+', default: null, tag: 8, tagged: '1+' }),
    eligibleLeaderReplicas: array('int32', '2+', { nullable: '2+', default: null, tag: 6, tagged: '2+' }),
    lastKnownElr: array('int32', '2+', { nullable: '2+', default: null, tag: 7, tagged: '2+' }),
  },
})
export type PartitionChangeRecord = Value<typeof PartitionChangeRecord>
