import type { GroupDescription } from '../../operations/groups/describe-groups.ts'

const NONE = '-'

/** `--describe --state`, with `--verbose` and without. */
export function stateTable(group: GroupDescription, verbose: boolean): string {
  const { groupId, coordinator, assignor, state, groupEpoch, targetAssignmentEpoch, members } = group
  const where = `${coordinator.host}:${coordinator.port}  (${coordinator.id})`
  const widths = [Math.max(15, groupId.length), Math.max(25, where.length), 20, 20, ...(verbose ? [15, 25] : []), 0]
  const line = (cells: readonly string[]) => `\n${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' ')}`
  const epochs = verbose ? [String(groupEpoch ?? NONE), String(targetAssignmentEpoch ?? NONE)] : []
  const head = ['GROUP', 'COORDINATOR (ID)', 'ASSIGNMENT-STRATEGY', 'STATE', ...(verbose ? ['GROUP-EPOCH', 'TARGET-ASSIGNMENT-EPOCH'] : []), '#MEMBERS']
  return `${line(head)}${line([groupId, where, assignor === '' ? NONE : assignor, state, ...epochs, String(members.length)])}\n`
}
