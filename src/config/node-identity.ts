/** What a node is by its configuration: its roles, its addresses, its directories, the controllers it knows. */

import { type Listener, parseListeners, parseProtocol, type SecurityProtocol, securityProtocols } from './listeners.ts'
import type { NodeConfig } from './node-config.ts'
import { PROFILE_ORIGIN } from './profiles.ts'
import { refuse } from './rules/refuse.ts'
import { type HostPort, parseHostPort } from './values/host-port.ts'

export interface QuorumVoter extends HostPort {
  readonly id: number
}

export interface NodeIdentity {
  readonly nodeId: number
  readonly isBroker: boolean
  readonly isController: boolean
  /** Everything this node listens on. */
  readonly listeners: readonly Listener[]
  /** Names of controllers' listeners, in the order in which they are tried; the node need not have them itself. */
  readonly controllerListenerNames: readonly string[]
  readonly brokerListeners: readonly Listener[]
  readonly controllerListeners: readonly Listener[]
  /** What clients and brokers are told of this broker; none without the broker role. */
  readonly advertisedBrokerListeners: readonly Listener[]
  /** Names of brokers' listeners on all addresses for which nobody said what clients are told: each is told what it can reach. */
  readonly toldByClient: ReadonlySet<string>
  /** What nodes are told of this controller. */
  readonly advertisedControllerListeners: readonly Listener[]
  readonly interBrokerListenerName: string
  readonly interBrokerProtocol: SecurityProtocol
  /** The protocol of every listener name, also of those that other nodes have. */
  readonly protocols: ReadonlyMap<string, SecurityProtocol>
  readonly logDirs: readonly string[]
  readonly metadataLogDir: string
  /** Of a static quorum; empty for a dynamic one. */
  readonly quorumVoters: readonly QuorumVoter[]
  readonly quorumBootstrapServers: readonly HostPort[]
  /** Somebody, and not a profile, named controllers besides this one: their quorum has the metadata log, too. */
  readonly isOneOfMany: boolean
}

/** Reads it from the values in force. Throws CONFIG_INVALID where Kafka could not; `checkNodeRules` judges the whole. */
export function nodeIdentity(config: NodeConfig): NodeIdentity {
  const protocols = securityProtocols(config)
  const listeners = parseListeners({ setting: 'listeners', items: config.get('listeners') }, protocols)
  const controllerListenerNames = config.get('controller.listener.names')
  const isControllers = ({ name }: Listener) => controllerListenerNames.includes(name)
  const advertised = advertisedListeners(config, protocols)
  const controllerListeners = listeners.filter(isControllers)
  const advertisedBrokerListeners = (advertised ?? listeners).filter((listener) => !isControllers(listener))
  const roles = config.get('process.roles')
  const logDirs = config.get('log.dirs') ?? config.get('log.dir')
  const quorumVoters = config.get('controller.quorum.voters').map(parseVoter)
  const quorumBootstrapServers = config.get('controller.quorum.bootstrap.servers').flatMap((text) => parseHostPort(text) ?? [])
  const self = quorumVoters.find(({ id }) => id === config.get('node.id'))
  const advertisedControllerListeners = controllerListenerNames.flatMap((name, index) => {
    return advertisedController(name, advertised ?? [], controllerListeners, index === 0 ? self : undefined)
  })
  return {
    nodeId: config.get('node.id'),
    isBroker: roles.includes('broker'),
    isController: roles.includes('controller'),
    listeners,
    controllerListenerNames,
    brokerListeners: listeners.filter((listener) => !isControllers(listener)),
    controllerListeners,
    advertisedBrokerListeners,
    toldByClient: new Set(isGiven(config, 'advertised.listeners') ? [] : advertisedBrokerListeners.filter(({ host }) => host === '').map(({ name }) => name)),
    advertisedControllerListeners,
    ...interBroker(config, protocols),
    protocols,
    logDirs,
    metadataLogDir: config.get('metadata.log.dir') ?? logDirs[0] ?? '',
    quorumVoters,
    quorumBootstrapServers,
    isOneOfMany:
      quorumVoters.length > 1 || (isGiven(config, 'controller.quorum.bootstrap.servers') && namesOthers(quorumBootstrapServers, advertisedControllerListeners)),
  }
}

/** By somebody, and not by a profile. */
function isGiven(config: NodeConfig, name: 'advertised.listeners' | 'controller.quorum.bootstrap.servers'): boolean {
  const given = config.given(name)
  return given !== undefined && given.origin !== PROFILE_ORIGIN
}

/** One name alone with the port of this controller is its own: a machine has many. */
function namesOthers(servers: readonly HostPort[], own: readonly Listener[]): boolean {
  return servers.some(({ host, port }) => !own.some((listener) => listener.port === port && (listener.host === host || servers.length === 1)))
}

function advertisedListeners(config: NodeConfig, protocols: ReadonlyMap<string, SecurityProtocol>): Listener[] | null {
  const items = config.get('advertised.listeners')
  return items === null ? null : parseListeners({ setting: 'advertised.listeners', items }, protocols)
}

/**
 * An address that listens everywhere is none to tell: for the first name, the address by which the other voters know this
 * one stands for it, else the machine's name.
 */
function advertisedController(name: string, advertised: readonly Listener[], own: readonly Listener[], self: QuorumVoter | undefined): Listener[] {
  const isNamed = (listener: Listener) => listener.name === name.toUpperCase()
  const told = advertised.find(isNamed)
  if (told !== undefined) return [told]
  const found = own.find(isNamed)
  if (found === undefined) return []
  if (found.host !== '' && found.host !== '0.0.0.0') return [found]
  return [{ ...found, host: self?.host ?? '', port: self?.port ?? found.port }]
}

function interBroker(
  config: NodeConfig,
  protocols: ReadonlyMap<string, SecurityProtocol>,
): Pick<NodeIdentity, 'interBrokerListenerName' | 'interBrokerProtocol'> {
  const name = config.get('inter.broker.listener.name')?.toUpperCase() ?? null
  if (name === null) {
    const protocol = parseProtocol(config.get('security.inter.broker.protocol'), 'security.inter.broker.protocol')
    return { interBrokerListenerName: protocol, interBrokerProtocol: protocol }
  }
  if (config.isGiven('security.inter.broker.protocol')) refuse('Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.')
  const protocol = protocols.get(name)
  if (protocol === undefined) refuse(`Listener with name ${name} defined in inter.broker.listener.name not found in listener.security.protocol.map.`)
  return { interBrokerListenerName: name, interBrokerProtocol: protocol }
}

function parseVoter(entry: string): QuorumVoter {
  const [id = '', address = ''] = entry.split('@')
  const endpoint = parseHostPort(address)
  return endpoint === null ? refuse(`Invalid configuration value for controller.quorum.voters: ${entry}`) : { id: Number(id), ...endpoint }
}
