import { type Channel, channel } from 'node:diagnostics_channel'

/**
 * The diagnostics channels, all in this file. What happens is published here once, by the part to which it happens;
 * metrics, tests and users subscribe. Publishing to a channel that nobody listens to costs a few nanoseconds.
 */

/** A listener could not accept a connection: `{ listener: Endpoint, error: Error }`. */
export const acceptFailed: Channel = channel('odradek:network:accept-failed')

/** A channel whose events are all of one form. Several nodes may live in one process: every event names its node. */
interface TypedChannel<Event> extends Channel {
  publish(event: Event): void
}

/** What happened to one connection of a listener. */
export interface ConnectionEvent {
  readonly nodeId: number
  readonly connectionId: number
  readonly listenerName: string
  readonly remote: { readonly host: string; readonly port: number }
}

/** One request that has been served. */
export interface RequestEvent {
  readonly nodeId: number
  readonly connectionId: number
  readonly listenerName: string
  readonly api: string
  readonly apiVersion: number
  readonly clientId: string
  /** From the moment the whole request was there until its reply was made. */
  readonly durationMs: number
  readonly requestBytes: number
  /** 0 for a request without a reply. */
  readonly replyBytes: number
}

export const connectionOpened: TypedChannel<ConnectionEvent> = channel('odradek:server:connection-opened')
export const connectionClosed: TypedChannel<ConnectionEvent> = channel('odradek:server:connection-closed')
export const requestDone: TypedChannel<RequestEvent> = channel('odradek:server:request-done')
