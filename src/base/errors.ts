/**
 * A failure with a stable code that a caller can act on. `message` says what was attempted, on what, and what to do.
 * Errors that are part of the protocol are values (error codes), never thrown as this.
 */
export class OdradekError extends Error {
  readonly code: string
  readonly fields: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, options: { readonly cause?: unknown; readonly fields?: Readonly<Record<string, unknown>> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'OdradekError'
    this.code = code
    this.fields = options.fields ?? {}
  }
}

export type DiskErrorReason = 'not-found' | 'exists' | 'no-space' | 'permission' | 'read-only' | 'too-many-files' | 'locked' | 'closed' | 'io'

/** What the Disk port throws, and nothing else. */
export class DiskError extends OdradekError {
  readonly reason: DiskErrorReason
  readonly path: string

  constructor(reason: DiskErrorReason, path: string, message: string, cause?: unknown) {
    super(`DISK_${reason.toUpperCase().replaceAll('-', '_')}`, message, { cause, fields: { path } })
    this.name = 'DiskError'
    this.reason = reason
    this.path = path
  }
}

export type NetworkErrorReason =
  | 'refused'
  | 'reset'
  | 'unreachable'
  | 'address-in-use'
  | 'address-not-available'
  | 'timed-out'
  | 'not-found'
  | 'permission'
  | 'tls'
  | 'other'

/** As `Endpoint` of the ports, which the package does not show. */
interface Address {
  readonly host: string
  readonly port: number
}

/** What the Network port throws, and nothing else. */
export class NetworkError extends OdradekError {
  readonly reason: NetworkErrorReason
  readonly endpoint: Address

  constructor(reason: NetworkErrorReason, endpoint: Address, message: string, cause?: unknown) {
    super(`NETWORK_${reason.toUpperCase().replaceAll('-', '_')}`, message, { cause, fields: { host: endpoint.host, port: endpoint.port } })
    this.name = 'NetworkError'
    this.reason = reason
    this.endpoint = endpoint
  }
}
