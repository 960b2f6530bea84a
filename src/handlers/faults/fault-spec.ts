import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { AnyApi } from '../../../protocol/schema/notation.ts'
import { OdradekError } from '../../base/errors.ts'
import { shown } from '../../base/shown.ts'
import { nearestName } from '../../config/sources/nearest-name.ts'
import { namesTopics } from './split-by-topic.ts'

/** What is done to which requests. At least one of `error`, `delayMs` and `drop` is there. */
export interface FaultSpec {
  /** Kafka's names of the APIs; all APIs where not given. */
  readonly apis: readonly AnyApi[]
  /** Requests that name this topic; an `error` is told of this topic alone, and the others are served. */
  readonly topic?: string
  readonly clientId?: string
  readonly errorCode?: ErrorCode
  readonly delayMs?: number
  /** Closes the connection without an answer: `before` the request was handled, or `after`. */
  readonly drop?: 'before' | 'after'
  /** Requests that it meets before it is over. */
  readonly times?: number
}

const FIELDS = ['api', 'topic', 'clientId', 'error', 'delayMs', 'drop', 'times']
const LONGEST_DELAY_MS = 24 * 60 * 60 * 1000
const MOST_TIMES = 1_000_000_000

/**
 * Reads a fault as a caller wrote it.
 * @param served the APIs of this node
 * Errors: FAULT_INVALID with a sentence that says what is wrong; nothing has changed then.
 */
export function readFaultSpec(input: unknown, served: readonly AnyApi[]): FaultSpec {
  const fields = fieldsOf(input)
  const error = textOf(fields, 'error')
  const apis = apisOf(fields.api, served)
  const topic = textOf(fields, 'topic')
  if (topic === '') throw invalid('No topic has an empty name; leave topic out for all topics.')
  const clientId = textOf(fields, 'clientId')
  const delayMs = wholeOf(fields, 'delayMs', 0, LONGEST_DELAY_MS)
  const times = wholeOf(fields, 'times', 1, MOST_TIMES)
  const drop = dropOf(fields.drop)
  if (error === undefined && delayMs === undefined && drop === undefined) throw invalid('A fault does nothing without one of error, delayMs and drop.')
  if (error !== undefined && drop !== undefined) throw invalid('A request is either answered with an error or dropped: a fault has error or drop, not both.')
  return {
    apis: topic === undefined ? apis : apisWithTopics(apis, fields.api !== undefined),
    ...(topic === undefined ? {} : { topic }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(error === undefined ? {} : { errorCode: errorCodeOf(error) }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(drop === undefined ? {} : { drop }),
    ...(times === undefined ? {} : { times }),
  }
}

function fieldsOf(input: unknown): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw invalid('A fault is an object.')
  for (const name of Object.keys(input)) if (!FIELDS.includes(name)) throw invalid(`A fault has no ${name}; it has ${FIELDS.join(', ')}.${meant(name, FIELDS)}`)
  return input as Readonly<Record<string, unknown>>
}

function apisOf(value: unknown, served: readonly AnyApi[]): readonly AnyApi[] {
  if (value === undefined) return served
  const names = Array.isArray(value) ? value : [value]
  if (names.length === 0) throw invalid('The list of api is empty; leave api out for all APIs.')
  return names.map((name) => {
    const api = served.find((candidate) => candidate.name === name)
    if (api !== undefined) return api
    const text = typeof name === 'string' ? name : shown(name)
    const known = served.map((candidate) => candidate.name)
    throw invalid(`This node serves no API ${text}.${meant(text, known)} It serves ${known.join(', ')}.`)
  })
}

function apisWithTopics(apis: readonly AnyApi[], isNamed: boolean): readonly AnyApi[] {
  const withTopics = apis.filter(namesTopics)
  const without = apis.find((api) => !namesTopics(api))
  if (isNamed && without !== undefined) throw invalid(`Requests of ${without.name} name no topics: leave topic out.`)
  return withTopics
}

function errorCodeOf(name: string): ErrorCode {
  const code = (ErrorCode as Readonly<Record<string, ErrorCode>>)[name]
  if (code === undefined || !Object.hasOwn(ErrorCode, name)) throw invalid(`Kafka has no error ${name}.${meant(name, Object.keys(ErrorCode))}`)
  if (code === ErrorCode.NONE) throw invalid('NONE is no error.')
  return code
}

function dropOf(value: unknown): FaultSpec['drop'] {
  if (value === undefined || value === 'before' || value === 'after') return value
  throw invalid(`drop is before or after (the request was handled), not ${shown(value)}.`)
}

function textOf(fields: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || typeof value === 'string') return value
  throw invalid(`${name} is a text, not ${shown(value)}.`)
}

function wholeOf(fields: Readonly<Record<string, unknown>>, name: string, least: number, most: number): number | undefined {
  const value = fields[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  throw invalid(`${name} is a whole number from ${least} to ${most}, not ${shown(value)}.`)
}

function meant(name: string, candidates: Iterable<string>): string {
  const nearest = nearestName(name, candidates)
  return nearest === null ? '' : ` Did you mean ${nearest}?`
}

function invalid(message: string): OdradekError {
  return new OdradekError('FAULT_INVALID', message)
}
