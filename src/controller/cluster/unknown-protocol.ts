import type { EndpointImage } from '../../metadata/image.ts'

/** PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL. Source: org.apache.kafka.common.security.auth.SecurityProtocol. */
const PROTOCOL_COUNT = 4

/** What is wrong with end points that no node could read in the metadata log; null where all are of protocols that there are. */
export function unknownProtocol(endpoints: readonly EndpointImage[]): string | null {
  const unknown = endpoints.find(({ securityProtocol }) => securityProtocol < 0 || securityProtocol >= PROTOCOL_COUNT)
  return unknown === undefined ? null : `Unknown security protocol ${unknown.securityProtocol} in listener ${unknown.name}`
}
