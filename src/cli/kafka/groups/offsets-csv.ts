import type { OffsetToCommit } from '../../operations/groups/group-offsets.ts'

/** A line of `--export`: with the group where there are several. Topics and groups are quoted where CSV wants it. */
export function csvLine(group: string | null, { topic, partition, offset }: OffsetToCommit): string {
  return `${[...(group === null ? [] : [quoted(group)]), quoted(topic), partition, offset].join(',')}\n`
}

/**
 * What a file of `--export` says, by group.
 * @param onlyGroup that lines without a group are about
 * Errors: a sentence that names the line.
 */
export function csvPlan(text: string, onlyGroup: string | null): ReadonlyMap<string, readonly OffsetToCommit[]> {
  const plan = new Map<string, OffsetToCommit[]>()
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '') continue
    const fields = fieldsOf(line)
    const [offset = '', partition = '', topic, group = onlyGroup] = fields.toReversed()
    if (topic === undefined || group === null || fields.length > 4 || !isNumber(partition) || !isNumber(offset))
      throw new Error(`Line ${index + 1} is not [GROUP,]TOPIC,PARTITION,OFFSET: ${line}`)
    plan.set(group, [...(plan.get(group) ?? []), { topic, partition: Number(partition), offset: Number(offset) }])
  }
  return plan
}

function isNumber(text: string): boolean {
  return /^[0-9]{1,15}$/.test(text)
}

function quoted(text: string): string {
  return /[",\n\r ]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function fieldsOf(line: string): string[] {
  const fields = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)]
  return fields.map(([, inQuotes, plain = '']) => (inQuotes === undefined ? plain.trim() : inQuotes.replaceAll('""', '"')))
}
