import type { Endpoint } from '../base/ports.ts'

/** Which of a node's roles a listener serves, as in the `listeners` of Kafka's message specifications. */
export type ListenerKind = 'broker' | 'controller'

/**
 * What is known about one request beside the request itself. `Services` is what the node's handlers call.
 * Lives as long as its request is served; nothing may keep it longer.
 */
export interface RequestContext<Services> {
  readonly apiKey: number
  readonly apiVersion: number
  readonly correlationId: number
  /** Empty when the client gave none, as in Kafka. */
  readonly clientId: string
  /** What ApiVersions called the client's software on this connection (KIP-511); empty where it did not. The handler of ApiVersions sets it. */
  clientSoftware: string
  /** As ApiVersions called it, as `clientSoftware`. */
  clientSoftwareVersion: string
  /** The name of the listener on which the request came, as in `listeners`. */
  readonly listenerName: string
  readonly listenerKind: ListenerKind
  /** Numbers connections from 1 in the order in which they were accepted; never reused while the node runs. */
  readonly connectionId: number
  /** As Kafka prints it in DescribeGroups: `/127.0.0.1`. */
  readonly clientHost: string
  readonly remote: Endpoint
  /** The address of this machine to which the client came. */
  readonly local: Endpoint
  /** `User:ANONYMOUS` until security exists. */
  readonly principal: string
  /** Aborted when the connection closes: long waits end. Made at the first use, so handlers that never wait pay nothing. */
  readonly closed: AbortSignal
  readonly services: Services
  /**
   * Calls `callback` once, when the system has taken the reply to this request, or never will: the memory of its bytes may
   * be used again. To be asked for before the handler answers, or its promise resolves.
   */
  whenSent(callback: () => void): void
  /**
   * Closes the connection instead of answering, for the cases where Kafka does (Produce with acks=0 that failed). What
   * the handler returns afterwards is dropped.
   * @param why      stands in the log line
   * @param isWanted somebody asked for just this (a fault of a test): there is no line
   */
  closeConnection(why: string, isWanted?: boolean): void
}
