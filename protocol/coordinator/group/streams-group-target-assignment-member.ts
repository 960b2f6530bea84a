import { array, message, string, struct, type Value } from '../../schema/notation.ts'

/** StreamsGroupTargetAssignmentMemberKey and StreamsGroupTargetAssignmentMemberValue (record type 21). Source: their specification in Apache Kafka 4.3.1. */
export const StreamsGroupTargetAssignmentMemberKey = message({
  name: 'StreamsGroupTargetAssignmentMemberKey',
  kind: 'coordinator-key',
  key: 21,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
})
export type StreamsGroupTargetAssignmentMemberKey = Value<typeof StreamsGroupTargetAssignmentMemberKey>

const TaskIds = struct('TaskIds', {
  subtopologyId: string('0+'),
  partitions: array('int32', '0+'),
})

export const StreamsGroupTargetAssignmentMemberValue = message({
  name: 'StreamsGroupTargetAssignmentMemberValue',
  kind: 'coordinator-value',
  key: 21,
  versions: '0',
  flexible: '0+',
  fields: {
    activeTasks: array(TaskIds, '0+'),
    standbyTasks: array(TaskIds, '0+'),
    warmupTasks: array(TaskIds, '0+'),
  },
})
export type StreamsGroupTargetAssignmentMemberValue = Value<typeof StreamsGroupTargetAssignmentMemberValue>
