/** Colours for terminals, by the level's name as pino writes it. */
const COLOURS: Readonly<Record<string, string>> = { error: '\u001b[31m', warn: '\u001b[33m', info: '\u001b[32m', debug: '\u001b[36m' }
const DIM = '\u001b[2m'
const PLAIN = '\u001b[0m'

/** Stand in front or are the message; the rest follows as `name=value`. */
const LEADING = new Set(['level', 'time', 'component', 'msg', 'error'])

export interface ReadableOptions {
  readonly colours: boolean
}

/**
 * One line of the JSON log as a person at a terminal wants it: `12:00:01.234 info  storage  opened the log  directory=/data`.
 * An error's stack follows on lines of its own.
 *
 * @param line what pino wrote: one JSON object
 */
export function readableLine(line: string, options: ReadableOptions): string {
  const entry = JSON.parse(line) as Record<string, unknown>
  const paint = (code: string | undefined, text: string) => (options.colours && code !== undefined ? code + text + PLAIN : text)
  const level = String(entry.level)
  const fields = Object.entries(entry).filter(([name]) => !LEADING.has(name))
  const parts = [
    paint(DIM, timeOfDay(String(entry.time))),
    paint(COLOURS[level], level.padEnd(5)),
    paint(DIM, String(entry.component ?? '').padEnd(12)),
    String(entry.msg),
    ...fields.map(([name, value]) => `${paint(DIM, `${name}=`)}${shown(value)}`),
  ]
  return `${parts.join(' ')}\n${errorLines(entry.error)}`
}

function timeOfDay(iso: string): string {
  return iso.slice(11, 23)
}

function shown(value: unknown): string {
  return typeof value === 'string' && !/[\s"=]/.test(value) && value !== '' ? value : JSON.stringify(value)
}

function errorLines(error: unknown): string {
  if (typeof error !== 'object' || error === null) return error === undefined ? '' : `    ${String(error)}\n`
  const { stack, message } = error as { readonly stack?: string; readonly message?: string }
  return `    ${(stack ?? message ?? JSON.stringify(error)).replaceAll('\n', '\n    ')}\n`
}
