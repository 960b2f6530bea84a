/**
 * Kafka's small text files: a line with the version, a line with the count of entries, a line an entry.
 * Source: `CheckpointFile` of Kafka.
 */
const VERSION = 0

export function encodeCheckpoint(lines: readonly string[]): Buffer {
  return Buffer.from(`${VERSION}\n${lines.length}\n${lines.map((line) => `${line}\n`).join('')}`)
}

export interface CheckpointLines {
  readonly lines: readonly string[]
  /** What is wrong with the file, for the log; null for a well-formed one. */
  readonly problem: string | null
}

/** The entries of a file; of a malformed one those before the first fault. An empty file has none: Kafka makes it so, before it writes the first. */
export function decodeCheckpoint(content: Buffer): CheckpointLines {
  if (content.length === 0) return { lines: [], problem: null }
  const [version, count, ...rest] = content.toString('utf8').split('\n')
  if (version !== String(VERSION)) return { lines: [], problem: 'unknown version' }
  const expected = wholeNumber(count ?? '')
  if (expected === null) return { lines: [], problem: 'no count of entries' }
  const present = rest.at(-1) === '' ? rest.slice(0, -1) : rest
  if (present.length === expected) return { lines: present, problem: null }
  return { lines: present.slice(0, expected), problem: `${expected} entries announced, ${present.length} found` }
}

/** A whole number of decimal digits within ±2^53, else null. */
export function wholeNumber(text: string): number | null {
  if (!/^-?[0-9]{1,16}$/.test(text)) return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}
