import { array, bytes, message, string, struct, type Value } from '../schema/notation.ts'

const TopicPartition = struct('TopicPartition', {
  topic: string('0+', { mapKey: true }),
  partitions: array('int32', '0+'),
})

export const ConsumerProtocolAssignment = message({
  name: 'ConsumerProtocolAssignment',
  kind: 'data',
  versions: '0-3',
  flexible: 'none',
  fields: {
    assignedPartitions: array(TopicPartition, '0+'),
    userData: bytes('0+', { nullable: '0+', default: null }),
  },
})
export type ConsumerProtocolAssignment = Value<typeof ConsumerProtocolAssignment>
