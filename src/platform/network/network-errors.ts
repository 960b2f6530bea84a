import { NetworkError, type NetworkErrorReason } from '../../base/errors.ts'
import type { Endpoint } from '../../base/ports.ts'

const EXPLANATIONS: Readonly<Record<string, readonly [NetworkErrorReason, string]>> = {
  ECONNREFUSED: ['refused', 'nothing listens there. Check the address, and that the node there is running'],
  ECONNRESET: ['reset', 'the other side cut the connection'],
  EPIPE: ['reset', 'the other side had closed the connection'],
  ECONNABORTED: ['reset', 'the connection was cut'],
  EHOSTUNREACH: ['unreachable', 'there is no way to that host. Check the network and its firewalls'],
  ENETUNREACH: ['unreachable', 'there is no way to that network. Check the address and the routes'],
  EHOSTDOWN: ['unreachable', 'that host is down'],
  EADDRINUSE: ['address-in-use', 'another program listens there. Stop it, or choose another port'],
  EADDRNOTAVAIL: ['address-not-available', 'this machine does not have that address. Listen on one that it has'],
  ETIMEDOUT: ['timed-out', 'the other side does not answer. Check the address and the firewalls between'],
  ENOTFOUND: ['not-found', 'no address is known for that name. Check the name and the DNS'],
  EAI_AGAIN: ['not-found', 'the name could not be looked up for now. Check the DNS'],
  EAI_NODATA: ['not-found', 'the name has no address. Check the name and the DNS'],
  EACCES: ['permission', 'this user may not use that port. Choose one above 1023'],
  EPERM: ['permission', 'this is not permitted. Check the firewall of this machine'],
}

/**
 * @param attempted what was tried, as the start of a sentence: `Connecting to`, `Listening on`
 * @param cause     what Node reported
 */
export function toNetworkError(attempted: string, endpoint: Endpoint, cause: unknown): NetworkError {
  const failure = firstFailure(cause)
  const code = failure.code ?? 'unknown error'
  const [reason, text] = EXPLANATIONS[code] ?? (['other', `the system says: ${failure.message}`] as const)
  return new NetworkError(reason, endpoint, `${attempted} ${formatEndpoint(endpoint)} failed: ${text} (${code})`, cause)
}

/** Connecting to a name with several addresses fails with all their errors; the first speaks for them. */
function firstFailure(cause: unknown): NodeJS.ErrnoException {
  const first = cause instanceof AggregateError ? cause.errors[0] : undefined
  return (first ?? cause) as NodeJS.ErrnoException
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatEndpoint(endpoint: Endpoint): string {
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`
}
