import type { NodeConfig } from './node-config.ts'
import { refuse } from './rules/refuse.ts'
import { isIpAddress, isIpv4 } from './values/ip-address.ts'

export type SecurityProtocol = 'PLAINTEXT' | 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL'

const SECURITY_PROTOCOLS: ReadonlySet<string> = new Set(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'])

/** An address that a node listens on, or tells others. */
export interface Listener {
  /** In capitals, as Kafka normalises it. */
  readonly name: string
  readonly protocol: SecurityProtocol
  /** A name or an address without brackets; '' for all addresses, or, told to others, the machine's own name. */
  readonly host: string
  /** 0 for a free one. */
  readonly port: number
}

/** The value of a setting that is a list of `NAME://host:port`. */
export interface ListenerItems {
  readonly setting: 'listeners' | 'advertised.listeners'
  readonly items: readonly string[]
}

/** Throws CONFIG_INVALID with Kafka's message, and the setting in the field `name`. Advertised listeners may share ports. */
export function parseListeners(written: ListenerItems, protocols: ReadonlyMap<string, SecurityProtocol>): Listener[] {
  const listeners = written.items.map((item) => parseListener(item, written, protocols))
  checkNames(listeners, written)
  if (written.setting === 'listeners') checkPorts(listeners, written)
  return listeners
}

function parseListener(item: string, written: ListenerItems, protocols: ReadonlyMap<string, SecurityProtocol>): Listener {
  const match = /^(.*):\/\/\[?([0-9a-zA-Z\-%._:]*)\]?:(-?[0-9]+)$/.exec(item)
  if (match === null) return creationError(written, `Unable to parse ${item} to a broker endpoint`)
  const name = (match[1] ?? '').toUpperCase()
  const protocol = protocols.get(name)
  if (protocol === undefined) return creationError(written, `No security protocol defined for listener ${name}`)
  const port = Number(match[3])
  if (port < -1 || port > 65_535) return creationError(written, `port out of range:${port}`)
  return { name, protocol, host: match[2] ?? '', port }
}

function checkNames(listeners: readonly Listener[], written: ListenerItems): void {
  const names = new Set(listeners.map(({ name }) => name))
  if (names.size < listeners.length) creationError(written, `Each listener must have a different name, listeners: ${javaList(written.items)}`)
}

/** A port may serve two listeners where one has an IPv4 address and the other an IPv6 address (KIP-797). */
function checkPorts(listeners: readonly Listener[], written: ListenerItems): void {
  for (const port of new Set(listeners.map((listener) => listener.port))) {
    const sharing = listeners.filter((listener) => listener.port === port)
    if (port !== 0 && sharing.length > 1) checkSharedPort(port, sharing, written)
  }
}

function checkSharedPort(port: number, sharing: readonly Listener[], written: ListenerItems): void {
  const [first, second, ...more] = sharing.filter(({ host }) => isIpAddress(host))
  const others = sharing.filter(({ host }) => !isIpAddress(host))
  const all = `listeners: ${javaList(written.items)}`
  if (others.length > 1) creationError(written, `Each listener must have a different port, ${all}`)
  if (first === undefined) return
  if (second === undefined || more.length > 0) {
    creationError(
      written,
      `Each listener must have a different port unless exactly one listener has an IPv4 address and the other IPv6 address, ${all}, port: ${port}`,
    )
  }
  if (isIpv4(first.host) === isIpv4(second.host) || others.length > 0) {
    creationError(written, `If you have two listeners on the same port then one needs to be IPv4 and the other IPv6, ${all}, port: ${port}`)
  }
}

function javaList(items: readonly string[]): string {
  return `[${items.join(', ')}]`
}

function creationError({ setting, items }: ListenerItems, why: string): never {
  return refuse(`Error creating broker listeners from '${javaList(items)}': ${why}`, setting)
}

/**
 * The security protocol of each listener name. Where nobody wrote a map, controllers' listeners are PLAINTEXT,
 * unless some listener's name says that TLS or SASL is in use.
 */
export function securityProtocols(config: NodeConfig): Map<string, SecurityProtocol> {
  const name = 'listener.security.protocol.map'
  const protocols = new Map<string, SecurityProtocol>()
  for (const [listener, protocol] of parsePairs(name, config.get(name))) protocols.set(listener.toUpperCase(), parseProtocol(protocol, name))
  if (config.inForce(name).source !== 'default') return protocols
  const controllers = config.get('controller.listener.names')
  const names = [...controllers, ...config.get('listeners').map(listenerNameOf)]
  if (names.some((listener) => listener !== 'PLAINTEXT' && SECURITY_PROTOCOLS.has(listener))) return protocols
  for (const controller of controllers) if (controller !== 'PLAINTEXT') protocols.set(controller, 'PLAINTEXT')
  return protocols
}

export function parseProtocol(text: string, name: string): SecurityProtocol {
  return isSecurityProtocol(text) ? text : refuse(`Invalid security protocol \`${text}\` defined in ${name}`)
}

function isSecurityProtocol(text: string): text is SecurityProtocol {
  return SECURITY_PROTOCOLS.has(text)
}

function listenerNameOf(item: string): string {
  const end = item.indexOf(':')
  return end < 0 ? refuse(`Unable to parse a listener name from ${item}`, 'listeners') : item.slice(0, end).toUpperCase()
}

/** `key:value` items, where the key may hold colons; nothing for an empty text. */
export function parsePairs(name: string, text: string): [string, string][] {
  if (text === '') return []
  return text.split(/\s*,\s*/).map((item) => {
    const colon = item.lastIndexOf(':')
    if (colon < 0) return refuse(`Error parsing configuration property '${name}': ${item}`)
    return [item.slice(0, colon).trim(), item.slice(colon + 1).trim()]
  })
}
