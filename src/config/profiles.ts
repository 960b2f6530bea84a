/** What is in force where nobody set anything: Kafka's own defaults, or values for trying things on one machine. */
import { OdradekError } from '../base/errors.ts'
import type { ConfigEntry } from './sources/config-entry.ts'
import { type LocalPorts, localPorts, localVoters, type StartedAs } from './started-as.ts'

export type ProfileName = 'dev' | 'kafka'

export function parseProfile(text: string, origin: string): ProfileName {
  if (text === 'dev' || text === 'kafka') return text
  throw new OdradekError('CONFIG_INVALID', `${origin}: there is no profile ${text}; it may be dev or kafka`)
}

/** Where a value is from that the dev profile gives. */
export const PROFILE_ORIGIN = 'profile dev'

const LOOPBACK = '127.0.0.1'
const CONTROLLER_LISTENER = 'CONTROLLER'
const INTERNAL_TOPIC_PARTITIONS = 5
const MOST_REPLICAS = 3

/**
 * The values of the dev profile that nobody else set. Listeners are seen to as a whole: where `listeners` was set without
 * one for the controller, the profile's is added, and for wildcard addresses each client is told what it can reach.
 *
 * @param given what the other sources set
 */
export function devProfile(given: ReadonlyMap<string, string>, startedAs: StartedAs): ConfigEntry[] {
  const values = new Map(Object.entries(devValues(given, startedAs)))
  const listeners = devListeners(given, values)
  for (const name of given.keys()) values.delete(name)
  // A static quorum was asked for: there is none to find.
  if (given.has('controller.quorum.voters')) for (const name of DYNAMIC_QUORUM) values.delete(name)
  if (listeners !== null) values.set('listeners', listeners)
  for (const [name, text] of ownPlaces(given, startedAs)) values.set(name, text)
  addNamesOf(values, given)
  if (!given.has('advertised.listeners')) addAdvertised(values, given)
  return [...values].map(([name, text]) => ({ name, text, origin: PROFILE_ORIGIN }))
}

const DYNAMIC_QUORUM = ['controller.quorum.bootstrap.servers', 'controller.quorum.auto.join.enable']

function devValues(given: ReadonlyMap<string, string>, startedAs: StartedAs): Record<string, string> {
  const { nodeNumber, freePorts } = startedAs
  const partitions = String(INTERNAL_TOPIC_PARTITIONS)
  const ports = portsBeside(given.get('listeners'), startedAs)
  const roles = splitList(given.get('process.roles') ?? rolesOf(startedAs))
  const isController = roles.includes('controller')
  const host = startedAs.places === undefined ? 'localhost' : LOOPBACK
  const brokerListener = `PLAINTEXT://${startedAs.everywhere ? '' : host}:${ports.clients}`
  // To a controller that is alone nobody comes from elsewhere.
  const controllerListener = `${CONTROLLER_LISTENER}://${startedAs.everywhere && startedAs.isOneOfMany ? '' : host}:${ports.controller}`
  return {
    'node.id': String(nodeNumber),
    'process.roles': rolesOf(startedAs),
    listeners: [...(roles.includes('broker') ? [brokerListener] : []), ...(isController ? [controllerListener] : [])].join(','),
    'controller.listener.names': CONTROLLER_LISTENER,
    ...quorumOf(startedAs, isController, ports),
    'log.dirs': `./odradek-data/node-${nodeNumber}`,
    ...replicationOf(startedAs),
    'offsets.topic.num.partitions': partitions,
    'transaction.state.log.num.partitions': partitions,
    'share.coordinator.state.topic.num.partitions': partitions,
    // A node that nobody uses writes nothing. The records only show observers of the metadata log how far behind they are.
    'metadata.max.idle.interval.ms': '0',
    'group.initial.rebalance.delay.ms': '0',
    'group.streams.initial.rebalance.delay.ms': '0',
    // A consumer that was killed and started again is not kept waiting by its former self.
    'odradek.member.connection.grace.ms': '1000',
    // A broker that was killed is replaced in what it led at once: its machine says that it is gone.
    'odradek.broker.connection.grace.ms': '300',
    // Clients that come all at once, as a test suite's do: those for whom there is no room try again after a second.
    'socket.listen.backlog.size': '1024',
    ...(freePorts || startedAs.places !== undefined || nodeNumber !== 1 ? { 'metrics.port': String(ports.metrics) } : {}),
  }
}

/** Of a node alone nobody needs to know where its controller listens: it gives way to listeners that somebody chose. */
function portsBeside(listeners: string | undefined, startedAs: StartedAs): LocalPorts {
  const ports = localPorts(startedAs)
  if (listeners === undefined || startedAs.isOneOfMany || startedAs.nodeCount !== null) return ports
  const taken = new Set(splitList(listeners).map((item) => Number(item.slice(item.lastIndexOf(':') + 1))))
  let { controller } = ports
  while (controller > 0 && taken.has(controller)) controller++
  return { ...ports, controller }
}

function rolesOf({ nodeNumber, nodeCount }: StartedAs): string {
  return nodeCount !== null && !localVoters(nodeCount).includes(nodeNumber) ? 'broker' : 'broker,controller'
}

/** Nodes in one process take other ports each time: their voters are told where they are, and not what they found in their logs. */
function quorumOf(startedAs: StartedAs, isController: boolean, ports: LocalPorts): Record<string, string> {
  const { nodeCount, isOneOfMany, places } = startedAs
  if (places !== undefined) {
    const voters = localVoters(places.length).map((nodeNumber) => `${nodeNumber}@${LOOPBACK}:${localPorts({ ...startedAs, nodeNumber }).controller}`)
    return { 'controller.quorum.voters': voters.join(',') }
  }
  // A node that comes later, or back with an empty directory, becomes a voter by itself.
  const joins = (isOneOfMany || nodeCount !== null) && isController
  return { 'controller.quorum.bootstrap.servers': bootstrapServers(startedAs, ports), ...(joins ? { 'controller.quorum.auto.join.enable': 'true' } : {}) }
}

/** Of a local cluster all voters, so that any of them finds the others; of a node that may be joined its own. */
function bootstrapServers(startedAs: StartedAs, { controller }: LocalPorts): string {
  const { nodeCount } = startedAs
  if (nodeCount === null) return `localhost:${controller}`
  return localVoters(nodeCount)
    .map((nodeNumber) => `localhost:${localPorts({ ...startedAs, nodeNumber }).controller}`)
    .join(',')
}

/**
 * As many replicas as there are nodes, up to 3, and writes with acks=all that two of them have: both survive any one node.
 * A node that others may join cannot know their number. It asks for 3, and gets as many as there are brokers.
 */
function replicationOf({ nodeCount, isOneOfMany }: StartedAs): Record<string, string> {
  const most = isOneOfMany ? MOST_REPLICAS : (nodeCount ?? 1)
  const replicas = String(Math.min(MOST_REPLICAS, most))
  const minIsr = String(Math.min(2, most))
  return {
    ...(most > 1 ? { 'min.insync.replicas': minIsr } : {}),
    ...(isOneOfMany ? { 'odradek.replication.factor.capped': 'true' } : {}),
    'default.replication.factor': replicas,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': minIsr,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': minIsr,
  }
}

const DIRECTORIES = ['log.dirs', 'log.dir', 'metadata.log.dir']
const HTTP_PORTS = ['metrics.port', 'odradek.control.port']

/** Of nodes that are started together with the same settings each has its own directory below the one that was named, and its own ports from the one that was named on. */
function ownPlaces(given: ReadonlyMap<string, string>, { nodeNumber, nodeCount }: StartedAs): [string, string][] {
  if (nodeCount === null) return []
  const directories = DIRECTORIES.flatMap((name): [string, string][] => {
    const text = given.get(name)
    return text === undefined
      ? []
      : [
          [
            name,
            splitList(text)
              .map((path) => `${path.replace(/\/+$/, '')}/node-${nodeNumber}`)
              .join(','),
          ],
        ]
  })
  const ports = HTTP_PORTS.flatMap((name): [string, string][] => {
    const port = Number(given.get(name) ?? 0)
    return Number.isInteger(port) && port > 0 ? [[name, String(port + nodeNumber - 1)]] : []
  })
  return [...directories, ...ports]
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
  const map = protocolsWithController(names, given.get('listener.security.protocol.map'))
  if (values.has('controller.listener.names') && map !== null) values.set('listener.security.protocol.map', map)
  const [first, ...others] = names.filter((name) => name !== CONTROLLER_LISTENER)
  const isChosen = given.has('inter.broker.listener.name') || given.has('security.inter.broker.protocol') || given.has('controller.listener.names')
  if (first !== undefined && ![first, ...others].includes('PLAINTEXT') && !isChosen) values.set('inter.broker.listener.name', first)
}

/** The map of listeners to protocols where the profile's listener for the controller would have none otherwise; null where it has one. */
function protocolsWithController(names: readonly string[], given: string | undefined): string | null {
  const own = `${CONTROLLER_LISTENER}:PLAINTEXT`
  if (given !== undefined) {
    const items = splitList(given)
    return items.some((item) => item.toUpperCase().startsWith(`${CONTROLLER_LISTENER}:`)) ? null : [...items, own].join(',')
  }
  if (!names.some((name) => SECURED.has(name))) return null
  return [...[...SECURED, 'PLAINTEXT'].map((name) => `${name}:${name}`), own].join(',')
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
