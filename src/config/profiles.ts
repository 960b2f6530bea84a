/** What is in force where nobody set anything: Kafka's own defaults, or values for trying things on one machine. */
import { OdradekError } from '../base/errors.ts'
import type { ConfigEntry } from './sources/config-entry.ts'

export type ProfileName = 'dev' | 'kafka'

export interface ProfileOptions {
  /** N of `--nodes`: 1 for a node alone. Ports and the data directory follow from it. */
  readonly nodeNumber: number
  /** How many nodes are started together on this machine. */
  readonly nodeCount: number
  /** Take free ports: for nodes in a test's own process. */
  readonly freePorts: boolean
}

export function parseProfile(text: string, origin: string): ProfileName {
  if (text === 'dev' || text === 'kafka') return text
  throw new OdradekError('CONFIG_INVALID', `${origin}: there is no profile ${text}; it may be dev or kafka`)
}

/** Where a value is from that the dev profile gives. */
export const PROFILE_ORIGIN = 'profile dev'

const BROKER_PORT = 9091
const CONTROLLER_PORT = 19_091
const CONTROLLER_LISTENER = 'CONTROLLER'
const INTERNAL_TOPIC_PARTITIONS = 5

/**
 * The values of the dev profile that nobody else set. Listeners are seen to as a whole: where `listeners` was set without
 * one for the controller, the profile's is added, and for wildcard addresses each client is told what it can reach.
 *
 * @param given what the other sources set
 */
export function devProfile(given: ReadonlyMap<string, string>, options: ProfileOptions): ConfigEntry[] {
  const values = new Map(Object.entries(devValues(given, options)))
  const listeners = devListeners(given, values)
  for (const name of given.keys()) values.delete(name)
  // A static quorum was asked for: there is none to find.
  if (given.has('controller.quorum.voters')) values.delete('controller.quorum.bootstrap.servers')
  if (listeners !== null) values.set('listeners', listeners)
  addNamesOf(values, given)
  if (!given.has('advertised.listeners')) addAdvertised(values, given)
  return [...values].map(([name, text]) => ({ name, text, origin: PROFILE_ORIGIN }))
}

function devValues(given: ReadonlyMap<string, string>, { nodeNumber, nodeCount, freePorts }: ProfileOptions): Record<string, string> {
  const replicas = String(Math.min(3, nodeCount))
  const minIsr = String(Math.min(2, nodeCount))
  const partitions = String(INTERNAL_TOPIC_PARTITIONS)
  const roles = splitList(given.get('process.roles') ?? 'broker,controller')
  const brokerListener = `PLAINTEXT://localhost:${freePorts ? 0 : BROKER_PORT + nodeNumber}`
  const controllerListener = `${CONTROLLER_LISTENER}://localhost:${freePorts ? 0 : CONTROLLER_PORT + nodeNumber}`
  return {
    'node.id': String(nodeNumber),
    'process.roles': 'broker,controller',
    listeners: [...(roles.includes('broker') ? [brokerListener] : []), ...(roles.includes('controller') ? [controllerListener] : [])].join(','),
    'controller.listener.names': CONTROLLER_LISTENER,
    'controller.quorum.bootstrap.servers': `localhost:${freePorts ? 0 : CONTROLLER_PORT + 1}`,
    'log.dirs': `./odradek-data/node-${nodeNumber}`,
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': partitions,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minIsr,
    'transaction.state.log.num.partitions': partitions,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minIsr,
    'share.coordinator.state.topic.num.partitions': partitions,
    // A node that nobody uses writes nothing. The records only show observers of the metadata log how far behind they are.
    'metadata.max.idle.interval.ms': '0',
    'group.initial.rebalance.delay.ms': '0',
    'group.streams.initial.rebalance.delay.ms': '0',
    // A consumer that was killed and started again is not kept waiting by its former self.
    'odradek.member.connection.grace.ms': '1000',
    // Clients that come all at once, as a test suite's do: those for whom there is no room try again after a second.
    'socket.listen.backlog.size': '1024',
    ...(freePorts ? { 'metrics.port': '0' } : {}),
  }
}

/** `listeners` as somebody set it, with the profile's listener for the controller where it has none; null to leave it as it is. */
function devListeners(given: ReadonlyMap<string, string>, values: ReadonlyMap<string, string>): string | null {
  const set = given.get('listeners')
  const own = values.get('listeners') ?? ''
  if (set === undefined || given.has('controller.listener.names') || given.has('process.roles')) return null
  const hasController = splitList(set).some((item) => item.toUpperCase().startsWith(`${CONTROLLER_LISTENER}://`))
  return hasController ? null : [...splitList(set), ...splitList(own).slice(1)].join(',')
}

/**
 * What goes with the names of listeners that somebody chose: that the profile's listener for the controller is not secured,
 * whatever those are, and which of theirs is for brokers where none is called PLAINTEXT.
 */
function addNamesOf(values: Map<string, string>, given: ReadonlyMap<string, string>): void {
  const names = splitList(values.get('listeners') ?? given.get('listeners') ?? '').map((item) => item.slice(0, item.indexOf(':')).toUpperCase())
  if (values.has('controller.listener.names') && !given.has('listener.security.protocol.map') && names.some((name) => SECURED.has(name))) {
    const map = [...SECURED, 'PLAINTEXT'].map((name) => `${name}:${name}`)
    values.set('listener.security.protocol.map', [...map, `${CONTROLLER_LISTENER}:PLAINTEXT`].join(','))
  }
  const [first, ...others] = names.filter((name) => name !== CONTROLLER_LISTENER)
  const isChosen = given.has('inter.broker.listener.name') || given.has('security.inter.broker.protocol') || given.has('controller.listener.names')
  if (first !== undefined && ![first, ...others].includes('PLAINTEXT') && !isChosen) values.set('inter.broker.listener.name', first)
}

const SECURED: ReadonlySet<string> = new Set(['SSL', 'SASL_PLAINTEXT', 'SASL_SSL'])

/** A listener on all addresses tells each client what it can reach: no host is advertised, as `NodeIdentity.toldByClient` wants it. */
function addAdvertised(values: Map<string, string>, given: ReadonlyMap<string, string>): void {
  const controllers = splitList(given.get('controller.listener.names') ?? CONTROLLER_LISTENER)
  const items = splitList(values.get('listeners') ?? given.get('listeners') ?? '')
  const told = items.filter((item) => !controllers.includes(item.slice(0, item.indexOf(':')).toUpperCase()))
  if (told.some((item) => WILDCARD.test(item))) values.set('advertised.listeners', told.map((item) => item.replace(WILDCARD, '://:')).join(','))
}

const WILDCARD = /:\/\/(?:0\.0\.0\.0|\[?::\]?|):/

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}
