import type { Figures } from './round.ts'

export interface Row {
  readonly figure: string
  readonly kafka: readonly number[]
  readonly odradek: readonly number[]
}

export function rows(kafka: readonly Figures[], odradek: readonly Figures[]): readonly Row[] {
  const names = Object.keys(kafka[0] ?? odradek[0] ?? {})
  return names.map((figure) => ({ figure, kafka: kafka.map((round) => round[figure] as number), odradek: odradek.map((round) => round[figure] as number) }))
}

/** A Markdown table: medians, the spread of each in brackets, and the ratio of the medians with the spread over pairs of rounds. */
export function markdown(table: readonly Row[]): string {
  const lines = table.map(({ figure, kafka, odradek }) => {
    const ratios = odradek.map((value, round) => value / (kafka[round] as number))
    return `| ${figure} | ${cell(kafka)} | ${cell(odradek)} | ${(median(odradek) / median(kafka)).toFixed(2)} (${spread(ratios)}) |`
  })
  return ['| figure | Apache Kafka | Odradek | ratio |', '| --- | --- | --- | --- |', ...lines].join('\n')
}

function cell(values: readonly number[]): string {
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
