import { parseDurationMs } from '../../../config/values/duration.ts'
import { DateTimeError, parseDateTime } from '../parse-date-time.ts'
import type { ResetTo } from './reset-offsets.ts'

/** Where to go on, as one word says it; null for what says nothing. */
export function resetTarget(text: string, nowMs: number): ResetTo | null {
  if (text === 'earliest' || text === 'latest' || text === 'current') return { kind: text }
  if (/^[0-9]{1,15}$/.test(text)) return { kind: 'offset', offset: Number(text) }
  if (/^[+-][0-9]{1,15}$/.test(text)) return { kind: 'shift', by: Number(text) }
  const durationMs = parseDurationMs(text)
  if (durationMs !== null) return { kind: 'time', timestampMs: nowMs - durationMs }
  try {
    return { kind: 'time', timestampMs: parseDateTime(text) }
  } catch (error) {
    if (error instanceof DateTimeError) return null
    throw error
  }
}
