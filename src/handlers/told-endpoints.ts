import type { BrokerView } from '../metadata/client-view.ts'
import type { NamedLeader, NamedLeaders } from '../replication/current-leader.ts'
import type { RequestContext } from './request-context.ts'

/** Where the leaders of a response are, as its client is told. */
export function toldEndpoints(context: RequestContext, endpoints: NamedLeaders): NamedLeader[] {
  return endpoints.all.map(({ nodeId, rack, ...endpoint }) => ({ nodeId, ...context.services.addresses.endpointFor(context, nodeId, endpoint), rack }))
}

/**
 * Brokers as the client is told of them when it asks where they are. Who is told of this one alone and does not come is
 * noticed; of several, a client may have no business with this one.
 */
export function toldBrokers(context: RequestContext, brokers: readonly BrokerView[]): BrokerView[] {
  const { addresses, lostClients, nodeId } = context.services
  const told = brokers.map((broker) => ({ ...broker, ...addresses.endpointFor(context, broker.id, { host: broker.host, port: broker.port }) }))
  const [only, ...others] = told
  if (only?.id === nodeId && others.length === 0) lostClients.asked(context, { host: only.host, port: only.port })
  return told
}
