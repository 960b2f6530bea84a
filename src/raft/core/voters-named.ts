import type { ControlRecord } from '../control-records.ts'
import type { VoterEntry } from './effects.ts'

/**
 * The voters that control records name, in order. A record of the level alone keeps the voters before it.
 *
 * @param before what held before these records; null when nothing named voters
 */
export function votersNamed(baseOffset: number, control: readonly ControlRecord[], before: Omit<VoterEntry, 'offset'> | null): readonly VoterEntry[] {
  const entries: VoterEntry[] = []
  let kraftVersion = before?.kraftVersion ?? 0
  for (const [index, record] of control.entries()) {
    const offset = baseOffset + index
    const voters = entries.at(-1)?.voters ?? before?.voters
    if (record.type === 'kraft-version') kraftVersion = record.kraftVersion
    if (record.type === 'voters') entries.push({ offset, voters: record.voters, kraftVersion })
    else if (record.type === 'kraft-version' && voters !== undefined) entries.push({ offset, voters, kraftVersion })
  }
  return entries
}
