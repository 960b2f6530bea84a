const DURATION = /^([-+]?)P(?:([-+]?[0-9]+)D)?(T(?:([-+]?[0-9]+)H)?(?:([-+]?[0-9]+)M)?(?:([-+]?[0-9]+)(?:[.,]([0-9]{0,9}))?S)?)?$/i

/** Milliseconds of an ISO 8601 duration as Java's `Duration.parse` reads it; null when it is none. A fraction of one is cut off. */
export function parseDurationMs(text: string): number | null {
  const match = DURATION.exec(text)
  if (match === null) return null
  const [, sign, days, time, hours, minutes, seconds, fraction] = match
  if (time?.toUpperCase() === 'T' || [days, hours, minutes, seconds].every((part) => part === undefined)) return null
  const wholeSeconds = Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3_600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0)
  const fractionMs = Math.trunc(Number(`0.${fraction ?? ''}0`) * 1_000) * (seconds?.startsWith('-') ? -1 : 1)
  return (wholeSeconds * 1_000 + fractionMs) * (sign === '-' ? -1 : 1)
}
