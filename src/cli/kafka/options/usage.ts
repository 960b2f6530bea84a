import type { KafkaProgram } from '../kafka-program.ts'
import { defaultOptions, type OptionSpec } from './option-table.ts'

const INDENT = '  '
const MAX_LEFT = 36

/** What a program of Kafka's name understands, in lines for a reader. */
export function usageOf({ name, options, examples = [] }: KafkaProgram): string {
  const rows = Object.entries({ ...options, ...defaultOptions }).map(([option, spec]) => [leftOf(option, spec), spec.does] as const)
  const width = Math.min(MAX_LEFT, Math.max(...rows.map(([left]) => left.length)))
  const lines = rows.map(([left, right]) => `${INDENT}${left.padEnd(width)}${INDENT}${right}`)
  const shown = examples.length === 0 ? [] : ['', 'Examples:', ...examples.map((example) => `${INDENT}${name} ${example}`)]
  return [`Usage: ${name} OPTIONS`, '', ...lines, ...shown, ''].join('\n')
}

function leftOf(name: string, { value, valueIsOptional }: OptionSpec): string {
  if (value === undefined) return `--${name}`
  return valueIsOptional === true ? `--${name} [${value}]` : `--${name} ${value}`
}
