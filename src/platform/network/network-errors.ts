import { NetworkError, type NetworkErrorReason } from '../../base/errors.ts'
import type { Endpoint } from '../../base/ports.ts'

const NOT_TRUSTED = 'its certificate is signed by none that is trusted here. Give the right one as ssl.truststore.location'

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
  EPROTO: ['tls', 'what listens there does not speak TLS, or no version of it that is allowed here'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'its certificate is for another name. Ask by that name, or have a certificate made for this one'],
  CERT_HAS_EXPIRED: ['tls', 'its certificate has expired'],
  CERT_NOT_YET_VALID: ['tls', 'its certificate is not valid yet. Check the clock of this machine'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', NOT_TRUSTED],
  UNABLE_TO_GET_ISSUER_CERT: ['tls', NOT_TRUSTED],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', NOT_TRUSTED],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', NOT_TRUSTED],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', NOT_TRUSTED],
  EPERM: ['permission', 'this is not permitted. Check the firewall of this machine'],
}

/**
 * @param attempted what was tried, as the start of a sentence: `Connecting to`, `Listening on`
 * @param cause     what Node reported
 */
export function toNetworkError(attempted: string, endpoint: Endpoint, cause: unknown): NetworkError {
  const failure = firstFailure(cause)
  const code = failure.code ?? 'unknown error'
  const [reason, text] = EXPLANATIONS[code] ?? ([code.startsWith('ERR_SSL_') ? 'tls' : 'other', `the system says: ${failure.message}`] as const)
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
