import { OdradekError } from '../base/errors.ts'
import type { Endpoint } from '../base/ports.ts'
import type { Listener } from '../config/listeners.ts'
import type { NodeIdentity } from '../config/node-identity.ts'
import { formatHostPort } from '../config/values/host-port.ts'
import type { ListenerKind } from '../server/request-context.ts'
import type { ListenerSpec } from '../server/server.ts'
import { isLoopback } from '../server/told-addresses.ts'
import type { Logger } from '../telemetry/logger.ts'

/** An address as others are told it. */
export interface AdvertisedListener {
  readonly name: string
  readonly host: string
  readonly port: number
}

/**
 * What the server listens on.
 * Errors: CONFIG_UNSUPPORTED for a security protocol that is not served yet.
 */
export function listenerSpecs({ brokerListeners, controllerListeners, isBroker, isController }: NodeIdentity): readonly ListenerSpec[] {
  return [
    ...(isBroker ? brokerListeners : []).map((listener) => specOf(listener, 'broker')),
    ...(isController ? controllerListeners : []).map((listener) => specOf(listener, 'controller')),
  ]
}

/**
 * What others are told of listeners whose ports may have been free ones.
 * @param hostname stands for a listener on all addresses
 * @param portOf   the port in fact bound, by listener name
 */
export function toldAddresses(listeners: readonly Listener[], hostname: string, portOf: (name: string) => number | undefined): readonly AdvertisedListener[] {
  return listeners.map(({ name, host, port }) => ({ name, host: host === '' ? hostname : host, port: port === 0 ? (portOf(name) ?? 0) : port }))
}

/**
 * Says once that whoever can reach this node may do everything, where others than this machine can.
 * @param boundAt the address in fact bound, by listener name
 */
export function warnOfOpenListeners(listeners: readonly ListenerSpec[], boundAt: (name: string) => Endpoint | undefined, logger: Logger): void {
  const open = listeners.flatMap(({ name }) => {
    const at = boundAt(name)
    return at === undefined || isLoopback(at.host) ? [] : [`${name}://${formatHostPort(at.host, at.port)}`]
  })
  if (open.length === 0) return
  logger.warn('the node listens beyond this machine and asks nobody who they are: whoever reaches it may read, write and delete everything', {
    listeners: open,
    advice: 'keep these ports behind a firewall or in a private network, or let listeners name localhost',
  })
}

function specOf({ name, protocol, host, port }: Listener, kind: ListenerKind): ListenerSpec {
  if (protocol !== 'PLAINTEXT') {
    throw new OdradekError('CONFIG_UNSUPPORTED', `Listener ${name} asks for ${protocol}, and only PLAINTEXT is served.`, {
      fields: { listener: name, protocol },
    })
  }
  return { name, kind, securityProtocol: protocol, at: { host, port } }
}
