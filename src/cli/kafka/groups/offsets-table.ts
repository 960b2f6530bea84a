import type { PartitionLag } from '../../operations/groups/group-lag.ts'

const MIN_WIDTH = 15
const NONE = '-'
const HEAD = ['GROUP', 'TOPIC', 'PARTITION', 'LEADER-EPOCH', 'CURRENT-OFFSET', 'LOG-END-OFFSET', 'LAG', 'CONSUMER-ID', 'HOST', 'CLIENT-ID']

/** `--describe`, with `--verbose` and without. Each line begins with its end, as in Kafka's tool. */
export function offsetsTable(groupId: string, partitions: readonly PartitionLag[], verbose: boolean): string {
  const rows = partitions.map((one) => rowOf(groupId, one))
  const widths = HEAD.map((_, column) => widthOf(rows, column))
  const line = (row: readonly string[]) =>
    `\n${row
      .map((cell, column) => (column === HEAD.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .filter((_, column) => verbose || HEAD[column] !== 'LEADER-EPOCH')
      .join(' ')}`
  return `${[HEAD, ...rows].map(line).join('')}\n`
}

function rowOf(groupId: string, { topic, partition, leaderEpoch, offset, logEndOffset, lag, member }: PartitionLag): readonly string[] {
  const numbers = [leaderEpoch, offset, logEndOffset, lag].map((number) => String(number ?? NONE))
  return [groupId, topic, String(partition), ...numbers, member?.memberId ?? NONE, member?.host ?? NONE, member?.clientId ?? NONE]
}

/** Names make their columns wider; numbers do not. */
function widthOf(rows: readonly (readonly string[])[], column: number): number {
  if (HEAD[column] === 'PARTITION') return 10
  const grows = ['GROUP', 'TOPIC', 'CONSUMER-ID', 'HOST'].includes(HEAD[column] ?? '')
  return grows ? Math.max(MIN_WIDTH, ...rows.map((row) => row[column]?.length ?? 0)) : MIN_WIDTH
}
