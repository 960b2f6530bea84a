import { NetworkError } from '../base/errors.ts'
import type { Endpoint, Listener, Network, Socket } from '../base/ports.ts'

const LOCALHOST = 'localhost'
const LOOPBACK_HOSTS = ['127.0.0.1', '::1']

/**
 * Opens the addresses behind one listener: for host `localhost` both loopback addresses under one port, since clients
 * try either family first; else the one given.
 *
 * @returns at least one; the first is the one to advertise
 * Errors: `NetworkError` of the first address.
 */
export async function bind(network: Network, at: Endpoint, backlog: number, onConnection: (socket: Socket) => void): Promise<readonly Listener[]> {
  const [first = at.host, ...others] = at.host === LOCALHOST ? LOOPBACK_HOSTS : [at.host]
  const main = await network.listen({ host: first, port: at.port, backlog }, onConnection)
  const all = [main]
  for (const host of others) {
    const more = await bindIfPossible(network, { host, port: main.local.port }, backlog, onConnection)
    if (more !== null) all.push(more)
  }
  return all
}

/** The second family is welcome, not needed: a machine may lack it, and a port that is free in one may be taken in the other. */
async function bindIfPossible(network: Network, at: Endpoint, backlog: number, onConnection: (socket: Socket) => void): Promise<Listener | null> {
  try {
    return await network.listen({ ...at, backlog }, onConnection)
  } catch (error) {
    if (error instanceof NetworkError) return null
    throw error
  }
}
