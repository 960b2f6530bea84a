import type { Endpoint } from '../base/ports.ts'
import { parseHostPort } from '../config/values/host-port.ts'
import { isIpv6 } from '../config/values/ip-address.ts'
import { UsageError } from './usage-error.ts'

const KAFKA_PORT = 9092
const HIGHEST_PORT = 65_535

/** What somebody wrote as HOST:PORT; port 9092 where only a host is given. Errors: `UsageError`. */
export function endpointOf(text: string): Endpoint {
  const endpoint = parseHostPort(text) ?? parseHostPort(`${text}:${KAFKA_PORT}`)
  if (
    endpoint === null ||
    endpoint.host === '' ||
    (endpoint.host.includes(':') && !isIpv6(endpoint.host)) ||
    endpoint.port === 0 ||
    endpoint.port > HIGHEST_PORT
  ) {
    throw new UsageError(`\`${text}\` is no HOST:PORT, such as \`localhost:${KAFKA_PORT}\`.`)
  }
  return { host: endpoint.host, port: endpoint.port }
}
