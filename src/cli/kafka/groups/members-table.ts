import type { TopicPartition } from '../../../base/topic-partition.ts'
import { grouped } from '../../operations/grouped.ts'
import type { GroupDescription, MemberDescription } from '../../operations/groups/describe-groups.ts'

const NONE = '-'

interface Column {
  readonly name: string
  /** As wide as its values, but at least this; null for the last, which is as wide as it is. */
  readonly minWidth: number | null
  readonly grows?: true
  cellOf(group: GroupDescription, member: MemberDescription): string
}

const GROUP: Column = { name: 'GROUP', minWidth: 15, grows: true, cellOf: ({ groupId }) => groupId }
const CONSUMER_ID: Column = { name: 'CONSUMER-ID', minWidth: 15, grows: true, cellOf: (_, { memberId }) => memberId }
const INSTANCE_ID: Column = { name: 'GROUP-INSTANCE-ID', minWidth: 17, grows: true, cellOf: (_, { instanceId }) => instanceId ?? '' }
const HOST: Column = { name: 'HOST', minWidth: 15, grows: true, cellOf: (_, { host }) => host }
const CLIENT_ID: Column = { name: 'CLIENT-ID', minWidth: 15, grows: true, cellOf: (_, { clientId }) => clientId }
const PARTITIONS: Column = { name: '#PARTITIONS', minWidth: 15, cellOf: (_, { assignment }) => String(assignment.length) }
const CURRENT_EPOCH: Column = { name: 'CURRENT-EPOCH', minWidth: 15, cellOf: (_, { epoch }) => String(epoch ?? NONE) }
const CURRENT: Column = { name: 'CURRENT-ASSIGNMENT', minWidth: 20, grows: true, cellOf: (_, { assignment }) => assignmentText(assignment) }
const TARGET_EPOCH: Column = { name: 'TARGET-EPOCH', minWidth: 15, cellOf: ({ targetAssignmentEpoch }) => String(targetAssignmentEpoch ?? NONE) }
const TARGET: Column = { name: 'TARGET-ASSIGNMENT', minWidth: 20, grows: true, cellOf: (_, { targetAssignment }) => assignmentText(targetAssignment) }
const UPGRADED: Column = { name: 'UPGRADED', minWidth: null, cellOf: (_, { isUpgraded }) => String(isUpgraded ?? NONE) }

/** `--describe --members`, with `--verbose` and without. */
export function membersTable(group: GroupDescription, verbose: boolean): string {
  const { members } = group
  const isMixed = members.some(({ isUpgraded }) => isUpgraded === true) && members.some(({ isUpgraded }) => isUpgraded === false)
  const withInstances = members.some(({ instanceId }) => instanceId !== null && instanceId !== '')
  const plain = [GROUP, CONSUMER_ID, ...(withInstances ? [INSTANCE_ID] : []), HOST, CLIENT_ID, PARTITIONS]
  const more = [CURRENT_EPOCH, CURRENT, TARGET_EPOCH, TARGET, ...(isMixed ? [UPGRADED] : [])]
  const left = part(plain, group)
  const right = verbose ? part(more, group) : left.map(() => '')
  return `\n${left.map((text, index) => `${text} ${right[index]}\n`).join('')}`
}

/** The head and the members. */
function part(columns: readonly Column[], group: GroupDescription): readonly string[] {
  const rows = [columns.map(({ name }) => name), ...group.members.map((member) => columns.map(({ cellOf }) => cellOf(group, member)))]
  const widths = columns.map(({ minWidth, grows }, index) =>
    grows === true ? Math.max(minWidth ?? 0, ...rows.slice(1).map((row) => row[index]?.length ?? 0)) : (minWidth ?? 0),
  )
  return rows.map((row) => row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' '))
}

/** `one:0,1;other:2`. */
function assignmentText(partitions: readonly TopicPartition[]): string {
  if (partitions.length === 0) return NONE
  const topics = [...grouped(partitions, ({ topic }) => topic)].map(([topic, some]) => {
    const numbers = some.map(({ partition }) => partition).toSorted((one, other) => one - other)
    return `${topic}:${numbers.join(',')}`
  })
  return topics.toSorted().join(';')
}
