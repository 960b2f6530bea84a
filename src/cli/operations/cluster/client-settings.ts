import type { Endpoint } from '../../../base/ports.ts'
import type { ClientSecurity } from './client-security.ts'

/** How a command asks a cluster. */
export interface ClientSettings {
  /** Where to ask first; at least one. */
  readonly bootstrap: readonly Endpoint[]
  /** The addresses are those of controllers. */
  readonly asksControllers?: boolean
  readonly clientId: string
  /** For connecting, and for each response, in milliseconds. */
  readonly requestTimeoutMs: number
  /** How long an operation is tried again, in milliseconds. */
  readonly apiTimeoutMs: number
  /** How connections are secured. */
  readonly security: ClientSecurity
  /** Before the first further try, in milliseconds; doubled up to a second with each. */
  readonly retryBackoffMs: number
}

/** As Kafka's admin client has them. Source: AdminClientConfig. */
export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000
export const DEFAULT_API_TIMEOUT_MS = 60_000
export const DEFAULT_RETRY_BACKOFF_MS = 100
