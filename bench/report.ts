import type { Figures } from './round.ts'

export interface Row {
  readonly figure: string
  readonly kafka: readonly number[]
  readonly odradek: readonly number[]
}

/** A round that failed has the figures up to there; where one side never came to a figure, its list is empty. */
export function rows(kafka: readonly Figures[], odradek: readonly Figures[]): readonly Row[] {
  const names = new Set([...kafka, ...odradek].flatMap((figures) => Object.keys(figures)))
  const valuesOf = (rounds: readonly Figures[], figure: string) => rounds.flatMap((figures) => (figures[figure] === undefined ? [] : [figures[figure]]))
  return [...names].map((figure) => ({ figure, kafka: valuesOf(kafka, figure), odradek: valuesOf(odradek, figure) }))
}

/** A Markdown table: medians, the spread of each in brackets, and the ratio of the medians with the spread over pairs of rounds. */
export function markdown(table: readonly Row[]): string {
  const lines = table.map(({ figure, kafka, odradek }) => `| ${figure} | ${cell(kafka)} | ${cell(odradek)} | ${ratio(kafka, odradek)} |`)
  return ['| figure | Apache Kafka | Odradek | ratio |', '| --- | --- | --- | --- |', ...lines].join('\n')
}

function ratio(kafka: readonly number[], odradek: readonly number[]): string {
  if (kafka.length === 0 || odradek.length === 0 || median(kafka) === 0) return '–'
  const medians = (median(odradek) / median(kafka)).toFixed(2)
  // Which rounds make a pair is known only when none is missing.
  return kafka.length === odradek.length ? `${medians} (${spread(odradek.map((value, round) => value / (kafka[round] as number)))})` : medians
}

function cell(values: readonly number[]): string {
  if (values.length === 0) return 'none'
  return `${round(median(values))} (${spread(values)})`
}

function spread(values: readonly number[]): string {
  return `${round(Math.min(...values))}–${round(Math.max(...values))}`
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
