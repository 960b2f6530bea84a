import { OdradekError } from '../base/errors.ts'
import type { Endpoint } from '../base/ports.ts'
import type { NodeConfig } from '../config/node-config.ts'
import type { ListenerKind } from '../server/request-context.ts'

/** One entry of `listeners`, with what the other settings say about it. */
export interface NodeListener {
  readonly name: string
  readonly kind: ListenerKind
  readonly securityProtocol: 'PLAINTEXT'
  /** Port 0 takes a free one; an empty host takes all addresses. */
  readonly at: Endpoint
  /** What clients are told; port 0 stands for the port in fact bound. */
  readonly advertised: Endpoint
}

/**
 * The listeners of this node, in the order of `listeners`. Those of the controller are left out where the node is a
 * broker alone, and the others where it is a controller alone.
 *
 * @param hostname what to advertise for a listener on all addresses that is not in `advertised.listeners`
 * Errors: CONFIG_INVALID, and CONFIG_UNSUPPORTED for a security protocol that is not served yet.
 */
export function listenersOf(config: NodeConfig, hostname: string): readonly NodeListener[] {
  const roles = config.get('process.roles')
  const controllerNames = upperCase(config.get('controller.listener.names'))
  const protocols = protocolMap(config.get('listener.security.protocol.map'))
  const advertised = new Map((config.get('advertised.listeners') ?? []).map(parseListener))
  return config
    .get('listeners')
    .map(parseListener)
    .map(([name, at]): NodeListener => {
      const kind = controllerNames.includes(name) ? 'controller' : 'broker'
      const own = { host: at.host === '' ? hostname : at.host, port: at.port }
      return { name, kind, securityProtocol: plaintextOnly(name, protocols.get(name)), at, advertised: advertised.get(name) ?? own }
    })
    .filter(({ kind }) => roles.includes(kind))
}

function upperCase(names: readonly string[]): readonly string[] {
  return names.map((name) => name.trim().toUpperCase())
}

/** `NAME://host:port`, IPv6 addresses in brackets, names in any case. */
function parseListener(text: string): readonly [string, Endpoint] {
  const match = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)$/.exec(text.trim())
  if (match === null) throw new OdradekError('CONFIG_INVALID', `\`${text}\` is not a listener: it must be NAME://host:port.`)
  const [, name = '', host = '', port] = match
  return [name.toUpperCase(), { host, port: Number(port) }]
}

function protocolMap(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split(',').map((entry) => {
      const [name = '', protocol = ''] = entry.split(':')
      return [name.trim().toUpperCase(), protocol.trim().toUpperCase()]
    }),
  )
}

function plaintextOnly(name: string, protocol: string | undefined): 'PLAINTEXT' {
  if (protocol === 'PLAINTEXT') return protocol
  if (protocol === undefined) throw new OdradekError('CONFIG_INVALID', `Listener ${name} is missing in listener.security.protocol.map.`)
  throw new OdradekError('CONFIG_UNSUPPORTED', `Listener ${name} asks for ${protocol}, and only PLAINTEXT is served.`, { fields: { listener: name, protocol } })
}
