import { array, int8, int32, message, string, struct, type Value } from '../../schema/notation.ts'

/** StreamsGroupCurrentMemberAssignmentKey and StreamsGroupCurrentMemberAssignmentValue (record type 22). Source: their specification in Apache Kafka 4.3.1. */
export const StreamsGroupCurrentMemberAssignmentKey = message({
  name: 'StreamsGroupCurrentMemberAssignmentKey',
  kind: 'coordinator-key',
  key: 22,
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string('0'),
    memberId: string('0'),
  },
})
export type StreamsGroupCurrentMemberAssignmentKey = Value<typeof StreamsGroupCurrentMemberAssignmentKey>

const TaskIds = struct('TaskIds', {
  subtopologyId: string('0+'),
  partitions: array('int32', '0+'),
  assignmentEpochs: array('int32', '0+', { nullable: '0+', tag: 0, tagged: '0+' }),
})

export const StreamsGroupCurrentMemberAssignmentValue = message({
  name: 'StreamsGroupCurrentMemberAssignmentValue',
  kind: 'coordinator-value',
  key: 22,
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32('0+'),
    previousMemberEpoch: int32('0+'),
    state: int8('0+'),
    activeTasks: array(TaskIds, '0+'),
    standbyTasks: array(TaskIds, '0+'),
    warmupTasks: array(TaskIds, '0+'),
    activeTasksPendingRevocation: array(TaskIds, '0+'),
    standbyTasksPendingRevocation: array(TaskIds, '0+'),
    warmupTasksPendingRevocation: array(TaskIds, '0+'),
  },
})
export type StreamsGroupCurrentMemberAssignmentValue = Value<typeof StreamsGroupCurrentMemberAssignmentValue>
