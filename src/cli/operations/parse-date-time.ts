const FORM = /^(\d{4,})-(\d\d?)-(\d\d?)T(\d\d?):(\d\d?):(\d\d?)\.(\d{1,3})(Z|[+-]\d\d(?::?\d\d)?)?$/

/** The text is no time. */
export class DateTimeError extends Error {
  override readonly name = 'DateTimeError'
}

/**
 * Milliseconds since the epoch of `2026-01-31T13:45:00.000`, with a zone (`Z`, `+02`, `+0200`, `+02:00`) or in UTC.
 * Errors: `DateTimeError` with the text that Java's tools print. Source: org.apache.kafka.common.utils.Utils.getDateTime.
 */
export function parseDateTime(text: string): number {
  if (!text.includes('T')) throw new DateTimeError("java.text.ParseException: Error parsing timestamp. It does not contain a 'T' according to ISO8601 format")
  const match = FORM.exec(text)
  const timestamp = match === null ? Number.NaN : timestampOf(match)
  if (Number.isNaN(timestamp)) throw new DateTimeError(`java.text.ParseException: Unparseable date: "${zoned(text)}"`)
  return timestamp
}

function timestampOf([, ...parts]: RegExpExecArray): number {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, millisecond = 0] = parts.slice(0, 7).map(Number)
  const atUtc = new Date(Date.UTC(year, month - 1, day, hour, minute, second, millisecond))
  const isReal = atUtc.getUTCMonth() === month - 1 && atUtc.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return isReal ? atUtc.getTime() - zoneMs(parts[7] ?? 'Z') : Number.NaN
}

function zoneMs(zone: string): number {
  if (zone === 'Z') return 0
  const digits = zone.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0)
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

/** As Java has it before it gives up. */
function zoned(text: string): string {
  return /[+\-Z]/.test(text.slice(text.indexOf('T'))) ? text : `${text}Z`
}
