import type { ClientFacts } from '../observing/pushed/client-facts.ts'
import type { RequestContext } from './request-context.ts'

/** What ApiVersions did not tell. Source: org.apache.kafka.common.network.ClientInformation. */
const UNKNOWN = 'unknown'

/** Who asks, as subscriptions to metrics look at clients. */
export function clientFactsOf({ clientId, clientSoftware, clientSoftwareVersion, clientHost, remote, connectionId }: RequestContext): ClientFacts {
  return {
    clientId,
    softwareName: clientSoftware === '' ? UNKNOWN : clientSoftware,
    softwareVersion: clientSoftwareVersion === '' ? UNKNOWN : clientSoftwareVersion,
    sourceAddress: clientHost.slice(1),
    sourcePort: remote.port,
    connectionId,
  }
}
