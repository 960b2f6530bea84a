import { type ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import type { AnyApi } from '../../../protocol/schema/notation.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Timers } from '../../base/ports.ts'
import type { Intercept, Result } from '../../server/api-table.ts'
import type { RequestContext } from '../request-context.ts'
import type { Services } from '../services.ts'
import { type AnyMessage, errorResponse, topicErrorResponse } from './error-response.ts'
import { type FaultSpec, readFaultSpec } from './fault-spec.ts'
import { failFetchedTopic, fetchesTopic } from './fetch-fault.ts'
import { mergeResponses, splitByTopic } from './split-by-topic.ts'
import { isTopicNamed } from './topic-match.ts'

/** Faults at once, at most: each request of their APIs looks at them one by one. */
export const MAX_FAULTS = 100

const PRODUCE = 'Produce'
const FETCH = 'Fetch'
const METADATA = 'Metadata'

/** The APIs of a node, as far as faults need them. */
export interface FaultyApis {
  readonly apis: readonly AnyApi[]
  intercept(apiKey: number, intercept: Intercept<Services> | null): void
}

/** A fault that was asked for. */
export interface Fault {
  readonly id: number
  readonly spec: FaultSpec
  /** Requests that it met. */
  readonly hits: number
  readonly isOver: boolean
  /** Requests are served again, those too that it holds back at the moment. Ending it twice does nothing. */
  end(): void
}

interface ActiveFault extends Fault {
  hits: number
  /** Aborted when it was ended, and not when it has met as many requests as it was meant for. */
  readonly ended: AbortController
}

/**
 * Faults on demand: errors, delays and lost connections for chosen requests. A request meets the first of the faults that
 * are meant for it, in the order in which they were made, and no other. APIs without a fault are served as if there were none.
 */
export class Faults {
  readonly #apis: FaultyApis
  readonly #timers: Timers
  readonly #active = new Map<number, ActiveFault>()
  #lastId = 0

  constructor(apis: FaultyApis, timers: Timers) {
    this.#apis = apis
    this.#timers = timers
  }

  get active(): readonly Fault[] {
    return [...this.#active.values()]
  }

  /** Errors: FAULT_INVALID; TOO_MANY_FAULTS. */
  add(input: unknown): Fault {
    const spec = readFaultSpec(input, this.#apis.apis)
    if (this.#active.size >= MAX_FAULTS) {
      throw new OdradekError('TOO_MANY_FAULTS', `There are ${MAX_FAULTS} faults already: end some that are no longer needed.`)
    }
    const id = ++this.#lastId
    const active = this.#active
    const fault: ActiveFault = {
      id,
      spec,
      hits: 0,
      ended: new AbortController(),
      get isOver() {
        return !active.has(id)
      },
      end: () => {
        this.#retire(fault)
        fault.ended.abort()
      },
    }
    active.set(id, fault)
    this.#intercept(spec)
    return fault
  }

  endAll(): void {
    for (const fault of this.active) fault.end()
  }

  /** No further request meets it. */
  #retire({ id, spec }: Fault): void {
    if (this.#active.delete(id)) this.#intercept(spec)
  }

  /** Handlers without a fault are left alone. */
  #intercept({ apis }: FaultSpec): void {
    for (const api of apis) {
      const isFaulty = this.active.some(({ spec }) => spec.apis.includes(api))
      this.#apis.intercept(api.key, isFaulty ? (context, request, handle) => this.#meet(api, context, request as AnyMessage, handle) : null)
    }
  }

  #meet(api: AnyApi, context: RequestContext, request: AnyMessage, handle: (request: object) => Result): Result {
    const fault = this.#find(api, context, request)
    if (fault === undefined) return handle(request)
    fault.hits++
    if (fault.hits === fault.spec.times) this.#retire(fault)
    const met = { api, context, request, handle }
    return fault.spec.delayMs === undefined ? perform(fault.spec, met) : this.#performLater(fault, fault.spec.delayMs, met)
  }

  #find(api: AnyApi, context: RequestContext, request: AnyMessage): ActiveFault | undefined {
    for (const fault of this.#active.values()) if (isMeant(fault.spec, api, context, request)) return fault
    return undefined
  }

  /** Of a connection that closes meanwhile the request is never seen. */
  async #performLater({ spec, ended }: ActiveFault, delayMs: number, met: MetRequest): Promise<object | null> {
    const { closed } = met.context
    const hasPassed = await this.#timers.sleep(delayMs, AbortSignal.any([closed, ended.signal])).then(
      () => true,
      () => false,
    )
    if (closed.aborted) return null
    return hasPassed ? perform(spec, met) : met.handle(met.request)
  }
}

interface MetRequest {
  readonly api: AnyApi
  readonly context: RequestContext
  readonly request: AnyMessage
  readonly handle: (request: object) => Result
}

function isMeant(spec: FaultSpec, api: AnyApi, context: RequestContext, request: AnyMessage): boolean {
  if (!spec.apis.includes(api)) return false
  if (spec.clientId !== undefined && spec.clientId !== context.clientId) return false
  if (spec.topic === undefined) return true
  if (api.name === FETCH) return fetchesTopic(context, request, spec.topic)
  return splitByTopic(api, context.apiVersion, request, isTopicNamed(context, spec.topic)).matching !== null
}

function perform(spec: FaultSpec, met: MetRequest): Result {
  const { errorCode, drop, topic } = spec
  if (drop === 'before') return dropped(met.context)
  if (drop === 'after') return then(met.handle(met.request), () => dropped(met.context))
  if (errorCode === undefined) return met.handle(met.request)
  if (topic === undefined) return failed(met, errorCode)
  if (met.api.name === FETCH) return failFetchedTopic(met, topic, errorCode)
  return failedTopic(met, topic, errorCode)
}

function dropped(context: RequestContext): null {
  context.closeConnection('a fault that was asked for drops this request', true)
  return null
}

function failed({ api, context, request }: MetRequest, errorCode: ErrorCode): object | null {
  if (isUnanswered(api, request)) return closed(context, errorCode)
  return errorResponse({ api, version: context.apiVersion, errorCode }, request)
}

/** The topic fails, and the handler serves the others. */
function failedTopic({ api, context, request, handle }: MetRequest, topic: string, errorCode: ErrorCode): Result {
  const version = context.apiVersion
  const { matching, rest } = splitByTopic(api, version, request, isTopicNamed(context, topic))
  const failure = topicErrorResponse({ api, version, errorCode }, matching ?? request)
  const serve = rest ?? emptyOf(api, version, request)
  const isSilent = isUnanswered(api, request)
  if (serve === null) return isSilent ? closed(context, errorCode) : failure
  return then(handle(serve), (served) => {
    if (isSilent) return closed(context, errorCode)
    return served === null ? null : mergeResponses(api, version, served as AnyMessage, failure)
  })
}

/** What Metadata tells beside topics (the brokers) is told with every topic failing too. Version 0 has no way to ask for no topic. */
function emptyOf(api: AnyApi, version: number, request: AnyMessage): AnyMessage | null {
  return api.name === METADATA && version > 0 ? { ...request, topics: [] } : null
}

function isUnanswered(api: AnyApi, request: AnyMessage): boolean {
  return api.name === PRODUCE && request.acks === 0
}

/** A producer with acks=0 learns of a failure by the end of its connection, as from Kafka. */
function closed(context: RequestContext, errorCode: ErrorCode): null {
  context.closeConnection(`a produce with acks=0 failed by a fault that was asked for: ${errorName(errorCode)}`, true)
  return null
}

function then(result: Result, next: (value: object | null) => object | null): Result {
  return result instanceof Promise ? result.then(next) : next(result)
}
