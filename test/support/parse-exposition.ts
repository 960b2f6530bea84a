/** One family of series. */
export interface ParsedFamily {
  readonly type: string
  readonly help: string
  readonly samples: readonly ParsedSample[]
}

export interface ParsedSample {
  /** With `_bucket`, `_sum` or `_count` of a histogram. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const HELP = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/
const TYPE = /^# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.+)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y
const NUMBER = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]Inf|NaN)$/i
const HISTOGRAM_SUFFIX = /_(bucket|sum|count)$/

/**
 * Reads the text format of Prometheus (0.0.4) and is stricter than Prometheus: each family has one HELP and one TYPE, which stand before
 * all its series, which stand together; no series twice; buckets of a histogram grow to `+Inf`, which is its count.
 * Throws an `Error` that names the line.
 */
export function parseExposition(text: string): ReadonlyMap<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('the text does not end in a line feed')
  const families = new Map<string, ParsedFamily & { readonly samples: ParsedSample[] }>()
  const seen = new Set<string>()
  let help: { readonly name: string; readonly text: string } | null = null
  let open = ''
  for (const [index, line] of text.slice(0, -1).split('\n').entries()) {
    const fail = (why: string): never => {
      throw new Error(`line ${index + 1}: ${why}: ${line}`)
    }
    if (line === '') continue
    const [, helped, helpText] = HELP.exec(line) ?? []
    const [, typed, type] = TYPE.exec(line) ?? []
    if (helped !== undefined && helpText !== undefined) {
      if (families.has(helped)) fail('a family twice')
      help = { name: helped, text: helpText }
    } else if (typed !== undefined && type !== undefined) {
      if (help?.name !== typed) fail('TYPE without its HELP before it')
      families.set(typed, { type, help: help?.text ?? '', samples: [] })
      open = typed
    } else {
      const sample = parseSample(line) ?? fail('not a sample')
      const family = families.get(open)
      const base = family?.type === 'histogram' || family?.type === 'summary' ? sample.name.replace(HISTOGRAM_SUFFIX, '') : sample.name
      if (family === undefined || base !== open) fail(`a series outside of its family ${open}`)
      const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`
      if (seen.has(key)) fail('a series twice')
      seen.add(key)
      family?.samples.push(sample)
    }
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family)
  return families
}

function parseSample(line: string): ParsedSample | null {
  const [, name, inside = '', value] = SAMPLE.exec(line) ?? []
  const labels = parseLabels(inside)
  if (name === undefined || value === undefined || labels === null || !NUMBER.test(value)) return null
  return { name, labels, value: value.endsWith('Inf') ? Number(`${value.startsWith('-') ? '-' : ''}Infinity`) : Number(value) }
}

function parseLabels(inside: string): Record<string, string> | null {
  const labels: Record<string, string> = {}
  let at = 0
  while (at < inside.length) {
    LABEL.lastIndex = at
    const [whole, name, value] = LABEL.exec(inside) ?? []
    if (whole === undefined || name === undefined || value === undefined || Object.hasOwn(labels, name)) return null
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
    at += whole.length
  }
  return labels
}

function checkHistogram(name: string, { samples }: ParsedFamily): void {
  const bySeries = new Map<string, { last: number; count: number | null }>()
  for (const sample of samples) {
    const { le, ...rest } = sample.labels
    const key = JSON.stringify(rest)
    const series = bySeries.get(key) ?? { last: 0, count: null }
    bySeries.set(key, series)
    if (le !== undefined && sample.value < series.last) throw new Error(`${name}: bucket ${le} of ${key} is smaller than the one before`)
    if (le !== undefined) series.last = sample.value
    if (sample.name === `${name}_count`) series.count = sample.value
  }
  for (const [key, { last, count }] of bySeries) if (last !== count) throw new Error(`${name}: the buckets of ${key} end at ${last}, and its count is ${count}`)
}
