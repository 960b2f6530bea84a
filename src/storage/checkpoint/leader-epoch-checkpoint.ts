import type { EpochEntry } from '../epoch/leader-epoch-cache.ts'
import { decodeCheckpoint, encodeCheckpoint, wholeNumber } from './checkpoint-lines.ts'

/** In a partition's directory: `epoch startOffset` a line. Source: `LeaderEpochCheckpointFile` of Kafka. */
export const LEADER_EPOCH_CHECKPOINT = 'leader-epoch-checkpoint'

export function encodeLeaderEpochs(entries: readonly EpochEntry[]): Buffer {
  return encodeCheckpoint(entries.map((entry) => `${entry.epoch} ${entry.startOffset}`))
}

export interface LeaderEpochs {
  readonly entries: readonly EpochEntry[]
  /** null for a well-formed file */
  readonly problem: string | null
}

/** Of a malformed file, the entries before the first fault. */
export function decodeLeaderEpochs(content: Buffer): LeaderEpochs {
  const { lines, problem } = decodeCheckpoint(content)
  const entries: EpochEntry[] = []
  for (const line of lines) {
    const entry = parseEntry(line, entries.at(-1))
    if (entry === null) return { entries, problem: `not an epoch and its start: '${line.slice(0, 80)}'` }
    entries.push(entry)
  }
  return { entries, problem }
}

function parseEntry(line: string, previous: EpochEntry | undefined): EpochEntry | null {
  const [epochText, offsetText, ...more] = line.split(' ')
  const epoch = wholeNumber(epochText ?? '')
  const startOffset = wholeNumber(offsetText ?? '')
  if (epoch === null || startOffset === null || more.length > 0 || epoch < 0 || epoch > 0x7fff_ffff || startOffset < 0) return null
  if (previous !== undefined && (epoch <= previous.epoch || startOffset < previous.startOffset)) return null
  return { epoch, startOffset }
}
