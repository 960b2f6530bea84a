import { array, bytes, int32, message, string, struct, type Value } from '../schema/notation.ts'

const TopicPartition = struct('TopicPartition', {
  topic: string('1+', { mapKey: true }),
  partitions: array('int32', '1+'),
})

export const ConsumerProtocolSubscription = message({
  name: 'ConsumerProtocolSubscription',
  kind: 'data',
  versions: '0-3',
  flexible: 'none',
  fields: {
    topics: array('string', '0+'),
    userData: bytes('0+', { nullable: '0+', default: null }),
    ownedPartitions: array(TopicPartition, '1+', { ignorable: true }),
    generationId: int32('2+', { default: -1, ignorable: true }),
    rackId: string('3+', { nullable: '3+', default: null, ignorable: true }),
  },
})
export type ConsumerProtocolSubscription = Value<typeof ConsumerProtocolSubscription>
