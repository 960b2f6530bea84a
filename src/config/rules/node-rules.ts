/**
 * Which values fit together on a node, in the order in which Apache Kafka asks and with its messages
 * (kafka.server.KafkaConfig#validateValues). The first that does not fit throws CONFIG_INVALID.
 */

import { type Listener, parsePairs } from '../listeners.ts'
import type { NodeConfig } from '../node-config.ts'
import { type NodeIdentity, nodeIdentity } from '../node-identity.ts'
import { checkGroupRules } from './group-coordinator-rules.ts'
import { demand, refuse } from './refuse.ts'

const MIB = 1_048_576

/** Checks the values in force and gives what they say the node is. */
export function checkNodeRules(config: NodeConfig): NodeIdentity {
  checkGroupRules(config)
  const identity = nodeIdentity(config)
  if (config.get('node.id') !== config.get('broker.id')) refuse('You must set `node.id` to the same value as `broker.id`.')
  checkLogRules(config, identity)
  checkTimeRules(config)
  checkRoles(config, identity)
  checkAdvertised(config, identity)
  checkConnectionRules(config, identity)
  checkQuorumHosts(identity)
  return identity
}

function checkLogRules(config: NodeConfig, identity: NodeIdentity): void {
  const rollMs = config.get('log.roll.ms') ?? config.get('log.roll.hours') * 3_600_000
  demand(rollMs >= 1, () => 'log.roll.ms must be greater than or equal to 1')
  const jitterMs = config.get('log.roll.jitter.ms') ?? config.get('log.roll.jitter.hours') * 3_600_000
  demand(jitterMs >= 0, () => 'log.roll.jitter.ms must be greater than or equal to 0')
  demand(retentionMs(config) !== 0, () => 'log.retention.ms must be unlimited (-1) or, greater than or equal to 1')
  demand(identity.logDirs.length > 0, () => 'At least one log directory must be defined via log.dirs or log.dir.')
  const dedupeBytes = config.get('log.cleaner.dedupe.buffer.size')
  const threads = config.get('log.cleaner.threads')
  demand(threads === 0 || dedupeBytes / threads > MIB, () => 'log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.')
}

/** How long a log keeps records that its topic says nothing of; negative is for ever. */
export function retentionMs(config: NodeConfig): number {
  const minutes = config.get('log.retention.minutes')
  return config.get('log.retention.ms') ?? (minutes === null ? config.get('log.retention.hours') * 3_600_000 : minutes * 60_000)
}

function checkTimeRules(config: NodeConfig): void {
  const waitMs = config.get('replica.fetch.wait.max.ms')
  demand(
    waitMs <= config.get('replica.socket.timeout.ms'),
    () => 'replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent unnecessary socket timeouts',
  )
  demand(
    waitMs <= config.get('replica.lag.time.max.ms'),
    () => 'replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms to prevent frequent changes in ISR',
  )
}

function checkRoles(config: NodeConfig, identity: NodeIdentity): void {
  if (identity.quorumVoters.length === 0 && identity.quorumBootstrapServers.length === 0) refuse(NO_QUORUM)
  if (!identity.isController) checkBrokerOnly(config, identity)
  else if (!identity.isBroker) checkControllerOnly(config, identity)
  if (identity.isController) checkController(identity)
}

const NO_QUORUM =
  'If using process.roles, either controller.quorum.bootstrap.servers must contain the set of bootstrap controllers or controller.quorum.voters must contain a parseable set of controllers.'

function checkBrokerOnly(config: NodeConfig, identity: NodeIdentity): void {
  const { nodeId, quorumVoters, controllerListenerNames, controllerListeners, protocols } = identity
  const isVoter = quorumVoters.some(({ id }) => id === nodeId)
  demand(
    !isVoter,
    () => `If process.roles contains just the 'broker' role, the node id ${nodeId} must not be included in the set of voters ${voters(quorumVoters)}`,
  )
  demand(controllerListenerNames.length > 0, () => 'controller.listener.names must contain at least one value when running KRaft with just the broker role')
  demand(
    controllerListeners.length === 0,
    () => "controller.listener.names must not contain a value appearing in the 'listeners' configuration when running KRaft with just the broker role",
  )
  for (const name of controllerListenerNames) if (!protocols.has(name)) refuse(noProtocol(name))
  demand(
    !config.get('controller.quorum.auto.join.enable'),
    () => "controller.quorum.auto.join.enable is only supported when process.roles contains the 'controller' role.",
  )
}

function noProtocol(name: string): string {
  const when = 'if listener.security.protocol.map is non-empty, or if there are security protocols other than PLAINTEXT in use'
  return `Controller listener with name ${name} defined in controller.listener.names not found in listener.security.protocol.map  (an explicit security mapping for each controller listener is required ${when})`
}

function checkControllerOnly(config: NodeConfig, identity: NodeIdentity): void {
  demand(
    identity.advertisedControllerListeners.length === identity.listeners.length,
    () => 'The listeners config must only contain KRaft controller listeners from controller.listener.names when process.roles=controller',
  )
  if (config.get('inter.broker.listener.name') === null) return
  demand(
    !identity.controllerListenerNames.includes(identity.interBrokerListenerName),
    () => "controller.listener.names must not contain an explicitly set inter.broker.listener.name configuration value when process.roles=controller'",
  )
}

function checkController({ nodeId, quorumVoters, advertisedControllerListeners, controllerListenerNames, listeners }: NodeIdentity): void {
  const isVoter = quorumVoters.length === 0 || quorumVoters.some(({ id }) => id === nodeId)
  demand(isVoter, () => `If process.roles contains the 'controller' role, the node id ${nodeId} must be included in the set of voters ${voters(quorumVoters)}`)
  demand(
    advertisedControllerListeners.length > 0,
    () => "controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role",
  )
  const names = new Set(listeners.map(({ name }) => name))
  demand(
    controllerListenerNames.every((name) => names.has(name)),
    () => "controller.listener.names must only contain values appearing in the 'listeners' configuration when running the KRaft controller role",
  )
}

function voters(list: NodeIdentity['quorumVoters']): string {
  return `controller.quorum.voters=Set(${list.map(({ id }) => id).join(', ')})`
}

function checkAdvertised(config: NodeConfig, identity: NodeIdentity): void {
  if (identity.isBroker) checkAdvertisedNames(config, identity)
  const told = [...identity.advertisedBrokerListeners, ...identity.advertisedControllerListeners]
  demand(
    told.every(({ host }) => host !== '0.0.0.0'),
    () => 'advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.',
  )
}

function checkAdvertisedNames(config: NodeConfig, identity: NodeIdentity): void {
  const advertised = namesOf(identity.advertisedBrokerListeners)
  const listening = namesOf(identity.listeners)
  const missing = 'There must be at least one broker advertised listener. Perhaps all listeners appear in controller.listener.names?'
  demand(advertised.length > 0, () => missing, config.get('advertised.listeners') === null ? 'listeners' : 'advertised.listeners')
  demand(advertised.includes(identity.interBrokerListenerName), () => {
    const options = `The valid options based on currently configured listeners are ${advertised.join(',')}`
    return `inter.broker.listener.name must be a listener name defined in advertised.listeners. ${options}`
  })
  demand(
    advertised.every((name) => listening.includes(name)),
    () => {
      const options = `The valid options based on the current configuration are ${listening.join(',')}`
      return `advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. Found ${advertised.join(',')}. ${options}`
    },
  )
  checkCordonedLogDirs(config, identity)
}

function namesOf(listeners: readonly Listener[]): string[] {
  return listeners.map(({ name }) => name)
}

function checkCordonedLogDirs(config: NodeConfig, { logDirs }: NodeIdentity): void {
  const cordoned = config.get('cordoned.log.dirs')
  if (cordoned.includes('*')) {
    demand(cordoned.length === 1, () => 'When cordoned.log.dirs is set to *, it must not contain other values')
    return
  }
  const missing = cordoned.filter((directory) => !logDirs.includes(directory))
  demand(missing.length === 0, () => `All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : ${missing.join(', ')}`)
}

function checkConnectionRules(config: NodeConfig, identity: NodeIdentity): void {
  const usesSasl = identity.interBrokerProtocol.startsWith('SASL_')
  const mechanisms = config.getForListener(identity.interBrokerListenerName, 'sasl.enabled.mechanisms')
  demand(
    !usesSasl || mechanisms.includes(config.get('sasl.mechanism.inter.broker.protocol')),
    () => 'sasl.mechanism.inter.broker.protocol must be included in sasl.enabled.mechanisms when SASL is used for inter-broker communication',
  )
  const queuedBytes = config.get('queued.max.request.bytes')
  demand(
    queuedBytes <= 0 || queuedBytes >= config.get('socket.request.max.bytes'),
    () => 'queued.max.request.bytes must be larger or equal to socket.request.max.bytes',
  )
  checkConnectionLimits(config)
  const idleMs = config.get('connections.max.idle.ms')
  const delayMs = config.get('connection.failed.authentication.delay.ms')
  demand(idleMs < 0 || delayMs < idleMs, () => {
    return `connection.failed.authentication.delay.ms=${delayMs} should always be less than connections.max.idle.ms=${idleMs} to prevent failed authentication responses from timing out`
  })
}

function checkConnectionLimits(config: NodeConfig): void {
  const name = 'max.connections.per.ip.overrides'
  const overrides = parsePairs(name, config.get(name))
  demand(
    config.get('max.connections.per.ip') !== 0 || overrides.length > 0,
    () => 'max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.',
  )
  const bad = overrides.map(([address]) => address).filter((address) => !/^[0-9a-zA-Z\-%._:]*$/.test(address))
  if (bad.length > 0) refuse(`max.connections.per.ip.overrides contains invalid addresses : ${bad.join(',')}`)
}

/** Kafka says this a little later, when it starts its quorum. */
function checkQuorumHosts({ quorumVoters, quorumBootstrapServers }: NodeIdentity): void {
  const everywhere = [...quorumVoters, ...quorumBootstrapServers].find(({ host }) => host === '0.0.0.0')
  if (everywhere !== undefined) refuse(`Host string (${everywhere.host}) is not routeable`)
}
