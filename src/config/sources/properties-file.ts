/**
 * Java's properties syntax, in which Kafka's `server.properties` is written: comments with `#` or `!`; a name ends at the first
 * `=`, `:` or blank; a line that ends in an odd number of backslashes goes on in the next; `\t \n \r \f \uXXXX`, and a backslash
 * before anything else stands for that character. Of a name that comes twice, the last counts.
 * Source: the documentation of java.util.Properties#load.
 */
import { OdradekError } from '../../base/errors.ts'
import type { ConfigEntry } from './config-entry.ts'

/**
 * @param text as Java decodes it: ISO 8859-1
 * @param path for the entries' origin and for errors
 * Throws an `OdradekError` CONFIG_SYNTAX for a broken `\u` escape, the only text that is not allowed.
 */
export function parseProperties(text: string, path: string): ConfigEntry[] {
  const entries = new Map<string, ConfigEntry>()
  for (const { content, lineNumber } of logicalLines(text)) {
    const origin = `${path}:${lineNumber}`
    const { name, value } = splitLine(content)
    const key = unescaped(name, origin)
    entries.set(key, { name: key, text: unescaped(value, origin), origin })
  }
  return [...entries.values()]
}

interface LogicalLine {
  readonly content: string
  /** Of its first line, from 1. */
  readonly lineNumber: number
}

function* logicalLines(text: string): Generator<LogicalLine> {
  const lines = text.split(/\r\n|\r|\n/)
  let next = 0
  while (next < lines.length) {
    const lineNumber = next + 1
    let content = withoutIndent(lines[next++] ?? '')
    if (content === '' || content[0] === '#' || content[0] === '!') continue
    // A line that is a backslash alone leaves nothing to continue: the next line begins afresh.
    while (isContinued(content) && content !== '\\' && next < lines.length) content = content.slice(0, -1) + withoutIndent(lines[next++] ?? '')
    const endsFile = isContinued(content) && nothingFollows(lines, next)
    // Java takes such a line and a `\r\n` that ends the file for nothing at all, but leaves an empty name where it ends otherwise.
    if (content === '\\' && !(endsFile && !text.endsWith('\r\n'))) continue
    yield { content: endsFile ? content.slice(0, -1) : content, lineNumber }
  }
}

/** A newline at the very end begins no line. */
function nothingFollows(lines: readonly string[], next: number): boolean {
  return next === lines.length || (next === lines.length - 1 && lines[next] === '')
}

function withoutIndent(line: string): string {
  return line.replace(/^[ \t\f]+/, '')
}

function isContinued(line: string): boolean {
  let backslashes = 0
  while (line[line.length - 1 - backslashes] === '\\') backslashes++
  return backslashes % 2 === 1
}

function splitLine(line: string): { name: string; value: string } {
  const end = endOfName(line)
  const rest = line.slice(end)
  return { name: line.slice(0, end), value: rest.replace(/^[ \t\f]*[=:]?[ \t\f]*/, '') }
}

function endOfName(line: string): number {
  for (let position = 0; position < line.length; position++) {
    const character = line.charAt(position)
    if (character === '\\') position++
    else if ('=: \t\f'.includes(character)) return position
  }
  return line.length
}

const CONTROLS: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

function unescaped(text: string, origin: string): string {
  if (!text.includes('\\')) return text
  let result = ''
  for (let position = 0; position < text.length; position++) {
    const character = text.charAt(position)
    if (character !== '\\') {
      result += character
      continue
    }
    position++
    const escaped = text.charAt(position)
    if (escaped === 'u') {
      result += unicode(text.slice(position + 1, position + 5), origin)
      position += 4
    } else result += CONTROLS[escaped] ?? escaped
  }
  return result
}

function unicode(digits: string, origin: string): string {
  if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
    throw new OdradekError('CONFIG_SYNTAX', `${origin}: \\u must be followed by four hexadecimal digits; write a backslash as \\\\`, { fields: { origin } })
  }
  return String.fromCharCode(Number.parseInt(digits, 16))
}
