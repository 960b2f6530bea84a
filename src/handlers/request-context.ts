import type { Endpoint } from '../base/ports.ts'
import type { ListenerKind } from './define-handler.ts'
import type { Services } from './services.ts'

/** What a handler knows beside the request itself. One for each request. */
export interface RequestContext {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  readonly clientId: string | null
  /** The name of the listener on which the request came, as in `listeners`. */
  readonly listenerName: string
  readonly listenerKind: ListenerKind
  /** Numbers connections from 1 in the order in which they were accepted; never reused while the node runs. */
  readonly connectionId: number
  /** As Kafka prints it in DescribeGroups: `/127.0.0.1`. */
  readonly clientHost: string
  readonly remote: Endpoint
  /** `User:ANONYMOUS` until security exists. */
  readonly principal: string
  /** Aborted when the connection closes: long waits end. */
  readonly closed: AbortSignal
  readonly services: Services
}
