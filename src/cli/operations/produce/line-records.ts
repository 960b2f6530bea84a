import type { OutgoingRecord } from './outgoing-record.ts'

/** How a line becomes a record, by Kafka's names of the properties. Source: org.apache.kafka.tools.LineMessageReader of 4.3.1. */
export interface LineFormat {
  readonly parsesKey: boolean
  readonly keySeparator: string
  readonly parsesHeaders: boolean
  readonly headersDelimiter: string
  readonly headersSeparator: string
  readonly headersKeySeparator: string
  readonly ignoresErrors: boolean
  /** What stands for null; null for nothing. */
  readonly nullMarker: string | null
}

/** A line is not what the format says. */
export class LineError extends Error {
  override readonly name = 'LineError'
}

const KNOWN = ['key.separator', 'headers.delimiter', 'headers.separator', 'headers.key.separator'] as const

/** Errors: `LineError` for properties that cannot be told apart in a line. */
export function lineFormat(properties: ReadonlyMap<string, string>): LineFormat {
  const isTrue = (name: string) => properties.get(name)?.trim().toLowerCase() === 'true'
  const format = {
    parsesKey: isTrue('parse.key'),
    keySeparator: properties.get('key.separator') ?? '\t',
    parsesHeaders: isTrue('parse.headers'),
    headersDelimiter: properties.get('headers.delimiter') ?? '\t',
    headersSeparator: properties.get('headers.separator') ?? ',',
    headersKeySeparator: properties.get('headers.key.separator') ?? ':',
    ignoresErrors: isTrue('ignore.error'),
    nullMarker: properties.get('null.marker') ?? null,
  }
  checkDistinct(format)
  return format
}

function checkDistinct({ keySeparator, headersDelimiter, headersSeparator, headersKeySeparator, nullMarker }: LineFormat): void {
  const refuse = (one: string, other: string) => {
    throw new LineError(`${one} and ${other} may not be equal`)
  }
  if (headersDelimiter === headersSeparator) refuse('headers.delimiter', 'headers.separator')
  if (headersDelimiter === headersKeySeparator) refuse('headers.delimiter', 'headers.key.separator')
  if (headersSeparator === headersKeySeparator) refuse('headers.separator', 'headers.key.separator')
  const separators = [keySeparator, headersDelimiter, headersSeparator, headersKeySeparator]
  const same = separators.indexOf(nullMarker ?? '')
  if (nullMarker !== null && same >= 0) refuse('null.marker', KNOWN[same] ?? '')
}

/**
 * @param lineNumber from 1, for errors
 * Errors: `LineError` for a part that is not there, unless they are ignored.
 */
export function lineRecord(line: string, lineNumber: number, format: LineFormat): OutgoingRecord {
  const headers = format.parsesHeaders ? upTo(line, 0, format.headersDelimiter, () => noPart('headers delimiter', line, lineNumber, format)) : null
  const keyStart = headers === null ? 0 : headers.length + format.headersDelimiter.length
  const key = format.parsesKey ? upTo(line, keyStart, format.keySeparator, () => noPart('key separator', line, lineNumber, format)) : null
  const value = line.slice(key === null ? keyStart : keyStart + key.length + format.keySeparator.length)
  return {
    key: bytesOf(key, format),
    value: bytesOf(value, format),
    headers: headers === null || headers === format.nullMarker ? [] : headersOf(headers, lineNumber, format),
  }
}

function upTo(line: string, start: number, end: string, otherwise: () => null): string | null {
  const index = line.indexOf(end, start)
  return index < 0 ? otherwise() : line.slice(start, index)
}

function noPart(what: string, line: string, lineNumber: number, { ignoresErrors }: LineFormat): null {
  if (ignoresErrors) return null
  throw new LineError(`No ${what} found on line number ${lineNumber}: '${line}'`)
}

function bytesOf(text: string | null, { nullMarker }: LineFormat): Buffer | null {
  return text === null || text === nullMarker ? null : Buffer.from(text)
}

function headersOf(text: string, lineNumber: number, format: LineFormat) {
  return text.split(format.headersSeparator).map((pair) => {
    const index = pair.indexOf(format.headersKeySeparator)
    if (index < 0) {
      if (format.ignoresErrors) return { key: pair, value: null }
      throw new LineError(`No header key separator found in pair '${pair}' on line number ${lineNumber}`)
    }
    const key = pair.slice(0, index)
    if (key === format.nullMarker) throw new LineError(`Header keys should not be equal to the null marker '${format.nullMarker}' as they can't be null`)
    return { key, value: bytesOf(pair.slice(index + format.headersKeySeparator.length), format) }
  })
}
