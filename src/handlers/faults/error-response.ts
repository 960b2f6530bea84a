import { type ErrorCode, errorMessage } from '../../../protocol/error-codes.ts'
import { defaultValue } from '../../../protocol/schema/defaults.ts'
import type { AnyApi, Fields, Struct } from '../../../protocol/schema/notation.ts'
import { includesVersion } from '../../../protocol/schema/versions.ts'
import { ERROR_KEYS, ERROR_LISTS, ERROR_VALUES, type ErrorList, ITSELF, LEFT_OUT } from './error-lists.ts'

/** A message whose API is not known here: its fields by name. */
export type AnyMessage = Readonly<Record<string, unknown>>

export interface ErrorResponseOptions {
  readonly api: AnyApi
  readonly version: number
  readonly errorCode: ErrorCode
}

/**
 * A response that says `errorCode` in every place where Kafka says it when a whole request fails: for the response, and
 * for each topic, partition, group or resource that the request names.
 */
export function errorResponse({ api, version, errorCode }: ErrorResponseOptions, request: AnyMessage): AnyMessage {
  const lists = listsOf(api, version).filter(({ whole }) => whole === undefined || includesVersion(whole, version))
  const at: Place = { version, errorCode, isWhole: true }
  return {
    ...filled(api.response.fields, at, ERROR_VALUES[api.name]),
    ...Object.fromEntries((ERROR_KEYS[api.name] ?? []).map((name) => [name, request[name]])),
    ...Object.fromEntries(lists.map((list) => [fieldOf(list), elementsOf(api.response.fields, list, request, at)])),
  }
}

/** A response to a part of a request, of which every topic fails; nothing is said of the rest. */
export function topicErrorResponse({ api, version, errorCode }: ErrorResponseOptions, request: AnyMessage): AnyMessage {
  const at: Place = { version, errorCode, isWhole: false }
  const lists = listsOf(api, version)
  return {
    ...withoutError(api.response.fields),
    ...Object.fromEntries(lists.map((list) => [fieldOf(list), elementsOf(api.response.fields, list, request, at)])),
  }
}

/** The lists that this version of the request has. */
export function listsOf(api: AnyApi, version: number): readonly ErrorList[] {
  return (ERROR_LISTS[api.name] ?? []).filter(({ from }) => includesVersion((api.request.fields as Fields)[from]?.versions, version))
}

/** The field of the response into which the outermost elements go. */
export function fieldOf(list: ErrorList): string {
  return list.to === LEFT_OUT && list.inner !== undefined ? fieldOf(list.inner) : list.to
}

interface Place {
  readonly version: number
  readonly errorCode: ErrorCode
  /** The whole request failed; else the topics did, and what is above them did not. */
  readonly isWhole: boolean
}

function elementsOf(fields: Fields, list: ErrorList, request: AnyMessage, at: Place): readonly AnyMessage[] {
  const named = (request[list.from] ?? []) as readonly unknown[]
  if (list.to === LEFT_OUT) return named.flatMap((one) => (list.inner === undefined ? [] : elementsOf(fields, list.inner, one as AnyMessage, at)))
  const { element } = (fields[list.to] as Fields[string]).type as { readonly element: Struct<Fields> }
  return named.map((one) => elementOf(element, list, one, at))
}

function elementOf({ fields }: Struct<Fields>, list: ErrorList, named: unknown, at: Place): AnyMessage {
  const { inner } = list
  // What is inside a topic fails with it.
  const below = list.topic === undefined ? at : { ...at, isWhole: true }
  const fails = list.fails && (at.isWhole || list.topic !== undefined)
  const element = fails ? filled(fields, at, list.values) : withoutError(fields)
  const keys = Object.entries(list.keys).map(([to, from]) => [to, keyOf(from === ITSELF ? named : (named as AnyMessage)[from], list.unnamed)])
  const isTold = inner !== undefined && !(at.isWhole && inner.whole !== undefined && !includesVersion(inner.whole, at.version))
  return {
    ...element,
    ...Object.fromEntries(keys),
    ...(isTold ? { [inner.to]: elementsOf(fields, inner, named as AnyMessage, below) } : {}),
  }
}

/** What named the element in the request. */
function keyOf(named: unknown, unnamed: string | undefined): unknown {
  return named === null && unnamed !== undefined ? unnamed : named
}

/** Defaults, with the error and `values` in those fields of this version that can say them. */
function filled(fields: Fields, { version, errorCode }: Place, values: AnyMessage = {}): AnyMessage {
  const said: AnyMessage = { errorCode, errorMessage: errorMessage(errorCode), ...values }
  const canSay = (name: string, { versions, options }: Fields[string]) =>
    name in said && includesVersion(versions, version) && (said[name] !== null || includesVersion(options.nullable, version))
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, canSay(name, field) ? said[name] : standard(field)]))
}

function withoutError(fields: Fields): AnyMessage {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, standard(field)]))
}

function standard({ type, options }: Fields[string]): unknown {
  return defaultValue({ type, explicitDefault: options.default })
}
