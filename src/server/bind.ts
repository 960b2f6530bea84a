import { NetworkError } from '../base/errors.ts'
import type { Endpoint, Listener, Network, Socket } from '../base/ports.ts'

const LOCALHOST = 'localhost'
const LOOPBACK_HOSTS = ['127.0.0.1', '::1']
/** All addresses of both families, or of IPv4 where the machine has no IPv6. */
const ANY_HOSTS = ['::', '0.0.0.0']

/**
 * Opens the addresses behind one listener: for host `localhost` both loopback addresses under one port, since clients
 * try either family first; for an empty host all addresses; else the one given.
 *
 * @returns at least one; the first is the one to advertise
 * Errors: `NetworkError` that says which address and why.
 */
export async function bind(network: Network, at: Endpoint, backlog: number, onConnection: (socket: Socket) => void): Promise<readonly Listener[]> {
  const listen = (host: string, port: number) => network.listen({ host, port, backlog }, onConnection)
  if (at.host === LOCALHOST) return bindLoopback(at.port, listen)
  if (at.host === '') return [await bindAny(at.port, listen)]
  return [await listen(at.host, at.port)]
}

type Listen = (host: string, port: number) => Promise<Listener>

/** The second family is welcome, not needed: a machine may lack it, and a port that is free in one may be taken in the other. */
async function bindLoopback(port: number, listen: Listen): Promise<readonly Listener[]> {
  const [first, second] = LOOPBACK_HOSTS as [string, string]
  const main = await listen(first, port)
  const more = await listen(second, main.local.port).catch(nullIfUnusable)
  return more === null ? [main] : [main, more]
}

async function bindAny(port: number, listen: Listen): Promise<Listener> {
  const [both, ipv4] = ANY_HOSTS as [string, string]
  const listener = await listen(both, port).catch((error) => {
    if (error instanceof NetworkError && error.reason === 'address-in-use') throw error
    return nullIfUnusable(error)
  })
  return listener ?? (await listen(ipv4, port))
}

function nullIfUnusable(error: unknown): null {
  if (error instanceof NetworkError) return null
  throw error
}
