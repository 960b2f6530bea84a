import type { Endpoint } from '../base/ports.ts'

/** Where a client comes from, and to what. A request's context is one. */
export interface ClientEnds {
  readonly listenerName: string
  readonly remote: Endpoint
  readonly local: Endpoint
}

/** What clients are told of where brokers listen. */
export interface ToldAddresses {
  /** @param endpoint of the broker `nodeId` on the client's listener, as it is registered */
  endpointFor(client: ClientEnds, nodeId: number, endpoint: Endpoint): Endpoint
}

/** Everyone is told the same. */
export const asRegistered: ToldAddresses = { endpointFor: (_client, _nodeId, endpoint) => endpoint }

export interface AddressesByClientOptions {
  readonly nodeId: number
  /** Listeners on all addresses for which nobody said what clients are told. */
  readonly listenerNames: ReadonlySet<string>
  /** Default gateways of this machine, as `Endpoint.host` has them. */
  readonly gateways: ReadonlySet<string>
}

/** Each client is told of this node by a host that it can reach; of other nodes, and where an address was set, as registered. */
export function addressesByClient({ nodeId, listenerNames, gateways }: AddressesByClientOptions): ToldAddresses {
  if (listenerNames.size === 0) return asRegistered
  return {
    endpointFor(client, id, endpoint) {
      if (id !== nodeId || !listenerNames.has(client.listenerName)) return endpoint
      return { host: reachableHost(client, gateways) ?? endpoint.host, port: endpoint.port }
    },
  }
}

const LOCALHOST = 'localhost'

/**
 * The host by which a client reaches this machine: `localhost` from the machine itself, and from a default gateway, since
 * so a container sees those who come through a published port of its host; for all others the address to which they came.
 * null where that address means something else on their side. See docs/decisions/told-addresses.md.
 */
export function reachableHost({ remote, local }: Pick<ClientEnds, 'remote' | 'local'>, gateways: ReadonlySet<string>): string | null {
  if (isLoopback(remote.host) || gateways.has(remote.host)) return LOCALHOST
  return isLinkLocal(local.host) ? null : local.host
}

export function isLoopback(host: string): boolean {
  return host === LOCALHOST || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** Such an IPv6 address holds on one network card, which has another name on each machine. */
function isLinkLocal(host: string): boolean {
  return /^fe[89ab][0-9a-f]:/i.test(host)
}
