import type { AnyApi } from '../../../protocol/schema/notation.ts'
import { ERROR_LISTS, type ErrorList, ITSELF, LEFT_OUT } from './error-lists.ts'
import { type AnyMessage, fieldOf, listsOf } from './error-response.ts'

/** Whether a request's element, which names a topic by name or id, means the one in question. */
export type IsTopic = (named: { readonly name: unknown; readonly id: unknown }) => boolean

export interface SplitRequest {
  /** The request with nothing but the topic; null where it does not name it. */
  readonly matching: AnyMessage | null
  /** The request without the topic; null where that leaves none. */
  readonly rest: AnyMessage | null
}

/** Whether requests of this API name topics, in any version. */
export function namesTopics(api: AnyApi): boolean {
  return (ERROR_LISTS[api.name] ?? []).some(hasTopics)
}

/** Divides a request into what it asks of one topic and what it asks of others. */
export function splitByTopic(api: AnyApi, version: number, request: AnyMessage, isTopic: IsTopic): SplitRequest {
  const lists = listsOf(api, version).filter(hasTopics)
  const keep = (wanted: boolean) => {
    const kept = lists.map((list) => [list.from, keptElements(list, request, isTopic, wanted)] as const)
    return kept.some(([, elements]) => elements.length > 0) ? { ...request, ...Object.fromEntries(kept) } : null
  }
  return { matching: keep(true), rest: keep(false) }
}

/** One response of two, which answer the parts of one request. What stands outside of lists is of `served`. */
export function mergeResponses(api: AnyApi, version: number, served: AnyMessage, failed: AnyMessage): AnyMessage {
  const merged = listsOf(api, version)
    .filter(hasTopics)
    .map((list) => [fieldOf(list), mergeElements(visible(list), elements(served, fieldOf(list)), elements(failed, fieldOf(list)))])
  return { ...served, ...Object.fromEntries(merged) }
}

function hasTopics({ topic, inner }: ErrorList): boolean {
  return topic !== undefined || (inner !== undefined && hasTopics(inner))
}

function keptElements(list: ErrorList, holder: AnyMessage, isTopic: IsTopic, wanted: boolean): readonly unknown[] {
  const { topic, inner } = list
  if (topic !== undefined) return elements(holder, list.from).filter((named) => isTopic(topicOf(topic, named)) === wanted)
  if (inner === undefined) return []
  return elements(holder, list.from).flatMap((named) => {
    const kept = keptElements(inner, named as AnyMessage, isTopic, wanted)
    // What names no topic at all (all topics of a group) belongs to the rest.
    const isKept = kept.length > 0 || (!wanted && elements(named as AnyMessage, inner.from).length === 0)
    return isKept ? [{ ...(named as AnyMessage), [inner.from]: (named as AnyMessage)[inner.from] === null ? null : kept }] : []
  })
}

function topicOf({ name, id }: NonNullable<ErrorList['topic']>, named: unknown): Parameters<IsTopic>[0] {
  if (name === ITSELF) return { name: named, id: undefined }
  const fields = named as AnyMessage
  return { name: name === undefined ? undefined : fields[name], id: id === undefined ? undefined : fields[id] }
}

/** Elements above the topics that both responses have (a group) become one; topics are in one of the two. */
function mergeElements(list: ErrorList, served: readonly unknown[], failed: readonly unknown[]): readonly unknown[] {
  const { topic, inner } = list
  if (topic !== undefined || inner === undefined) return [...served, ...failed]
  const isSame = (a: unknown, b: unknown) => Object.keys(list.keys).every((key) => (a as AnyMessage)[key] === (b as AnyMessage)[key])
  const merged = served.map((one) => {
    const other = failed.find((candidate) => isSame(one, candidate))
    if (other === undefined) return one
    return { ...(one as AnyMessage), [inner.to]: mergeElements(inner, elements(one as AnyMessage, inner.to), elements(other as AnyMessage, inner.to)) }
  })
  return [...merged, ...failed.filter((candidate) => !served.some((one) => isSame(one, candidate)))]
}

function visible(list: ErrorList): ErrorList {
  return list.to === LEFT_OUT && list.inner !== undefined ? list.inner : list
}

function elements(holder: AnyMessage, field: string): readonly unknown[] {
  return (holder[field] ?? []) as readonly unknown[]
}
