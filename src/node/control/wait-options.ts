import { OdradekError } from '../../base/errors.ts'
import { shown } from '../../base/shown.ts'
import type { WaitLimits } from './waits.ts'

/** What a group is awaited to be; what is not given may be anything. */
export interface GroupExpectation {
  readonly groupId: string
  readonly stable?: boolean
  readonly lag?: number
  readonly members?: number
}

export interface RecordsExpectation {
  readonly topic: string
  readonly count: number
  readonly partition?: number
}

const LONGEST_WAIT_MS = 24 * 60 * 60 * 1000
const MOST_PARTITIONS = 2 ** 31 - 1
const LIMITS = ['timeoutMs', 'signal']

/** Errors: WAIT_INVALID with a sentence. */
export function readGroupExpectation(groupId: unknown, options: unknown): GroupExpectation & WaitLimits {
  const fields = fieldsOf(options, ['stable', 'lag', 'members', ...LIMITS])
  const stable = fields.stable
  if (stable !== undefined && stable !== true) throw invalid(`stable is true where it is given, not ${shown(stable)}.`)
  const lag = wholeOf(fields, 'lag', Number.MAX_SAFE_INTEGER)
  const members = wholeOf(fields, 'members', MOST_PARTITIONS)
  if (stable === undefined && lag === undefined && members === undefined) throw invalid('Nothing is awaited of the group: give stable, lag or members.')
  return {
    groupId: textOf(groupId, 'The group'),
    ...(stable === undefined ? {} : { stable }),
    ...(lag === undefined ? {} : { lag }),
    ...(members === undefined ? {} : { members }),
    ...limitsOf(fields),
  }
}

/** Errors: WAIT_INVALID with a sentence. */
export function readRecordsExpectation(topic: unknown, count: unknown, options: unknown): RecordsExpectation & WaitLimits {
  const fields = fieldsOf(options, ['partition', ...LIMITS])
  const partition = wholeOf(fields, 'partition', MOST_PARTITIONS)
  const wanted = wholeOf({ count }, 'count', Number.MAX_SAFE_INTEGER)
  if (wanted === undefined) throw invalid('count is missing: how many records are awaited.')
  return { topic: textOf(topic, 'The topic'), count: wanted, ...(partition === undefined ? {} : { partition }), ...limitsOf(fields) }
}

/** Of a wait that has no other options. Errors: WAIT_INVALID with a sentence. */
export function readLimits(options: unknown): WaitLimits {
  return limitsOf(fieldsOf(options, LIMITS))
}

/** Milliseconds by which a clock is moved. Errors: ADVANCE_INVALID. */
export function readAdvance(ms: unknown): number {
  if (typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 && ms <= Number.MAX_SAFE_INTEGER / 1000) return ms
  throw new OdradekError('ADVANCE_INVALID', `A clock is moved by milliseconds from 0 on, and never back: not by ${shown(ms)}.`)
}

function limitsOf(fields: Readonly<Record<string, unknown>>): WaitLimits {
  const timeoutMs = wholeOf(fields, 'timeoutMs', LONGEST_WAIT_MS)
  const { signal } = fields
  if (signal !== undefined && !isSignal(signal)) throw invalid('signal is an AbortSignal.')
  return { ...(timeoutMs === undefined ? {} : { timeoutMs }), ...(signal === undefined ? {} : { signal }) }
}

/** By its form: test environments such as jsdom have a class of their own. */
function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, addEventListener, removeEventListener } = value as Partial<AbortSignal>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function' && typeof removeEventListener === 'function'
}

function fieldsOf(options: unknown, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) throw invalid('The options of a wait are an object.')
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown !== undefined) throw invalid(`A wait has no option ${unknown}; it has ${known.join(', ')}.`)
  return options as Readonly<Record<string, unknown>>
}

function textOf(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw invalid(`${what} is a name, not ${shown(value)}.`)
}

function wholeOf(fields: Readonly<Record<string, unknown>>, name: string, most: number): number | undefined {
  const value = fields[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value
  throw invalid(`${name} is a whole number from 0 to ${most}, not ${shown(value)}.`)
}

function invalid(message: string): OdradekError {
  return new OdradekError('WAIT_INVALID', message)
}
