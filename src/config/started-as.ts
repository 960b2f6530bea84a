import { OdradekError } from '../base/errors.ts'

/** What a command line says of a node that the dev profile makes ports, directories and replication of. */
export interface StartedAs {
  /** NODE-ID, or N of the Nth node of `--nodes`; 1 for a node alone. */
  readonly nodeNumber: number
  /** How many nodes are started together on this machine by `--nodes`; null for a node that is started by itself. */
  readonly nodeCount: number | null
  /** PORT: where clients connect, to the first of several; 9091 + NODE-ID where not given. The controller is 10,000 above. */
  readonly clientPort: number | null
  /** Others may join this node, or it joins others: a NODE-ID was given. */
  readonly isOneOfMany: boolean
  /** Take free ports: for a node in a test's own process. */
  readonly freePorts: boolean
  /** Listen on all addresses where nobody says otherwise (`ODRADEK_LISTEN`). */
  readonly everywhere: boolean
  /** Where each of several nodes in one process listens, on 127.0.0.1, in their order; its voters are told by address. */
  readonly places?: readonly LocalPorts[]
}

export const ALONE: StartedAs = { nodeNumber: 1, nodeCount: null, clientPort: null, isOneOfMany: false, freePorts: false, everywhere: false }

const BROKER_PORT = 9091
const CONTROLLER_ABOVE = 10_000
const METRICS_PORT = 9403
const HIGHEST_PORT = 65_535

/** Nodes of a local cluster that vote on its metadata: a fifth and more would only make each change slower. */
export const MOST_LOCAL_VOTERS = 5

export interface LocalPorts {
  readonly clients: number
  readonly controller: number
  readonly metrics: number
}

/** 0, for a free one, where the node takes free ports; metrics are then served nowhere. */
export function localPorts({ nodeNumber, nodeCount, clientPort, freePorts, places }: StartedAs): LocalPorts {
  const place = places?.[nodeNumber - 1]
  if (place !== undefined) return place
  if (freePorts) return { clients: 0, controller: 0, metrics: 0 }
  const first = clientPort ?? BROKER_PORT + (nodeCount === null ? nodeNumber : 1)
  const clients = nodeCount === null ? first : first + nodeNumber - 1
  return { clients, controller: clients + CONTROLLER_ABOVE, metrics: METRICS_PORT + nodeNumber }
}

/** Of a local cluster: all that vote on its metadata. */
export function localVoters(nodeCount: number): readonly number[] {
  return Array.from({ length: Math.min(nodeCount, MOST_LOCAL_VOTERS) }, (_, index) => index + 1)
}

interface Written {
  readonly text: string
  readonly origin: string
}

/** What each node of `--nodes` must have for itself. */
const OWN = [
  'node.id',
  'broker.id',
  'process.roles',
  'listeners',
  'advertised.listeners',
  'controller.listener.names',
  'controller.quorum.voters',
  'controller.quorum.bootstrap.servers',
  'odradek.control.clock',
]

/**
 * Refuses settings that say otherwise than the command line.
 * Errors: CONFIG_INVALID that names the setting, where it was written, and what to leave out.
 */
export function checkStartedAs(given: ReadonlyMap<string, Written>, startedAs: StartedAs, profile: 'dev' | 'kafka'): void {
  const { nodeNumber, nodeCount, clientPort, isOneOfMany } = startedAs
  if (profile === 'kafka' && nodeCount !== null) {
    refuse('--nodes belongs to the profile dev, which gives each node its ports and its directory: start the nodes one by one, each with a file of its own.')
  }
  if (nodeCount !== null) for (const name of OWN) refuseOwn(name, given.get(name))
  checkPorts(startedAs)
  if (profile === 'kafka' && (isOneOfMany || clientPort !== null))
    refuse('NODE-ID and PORT belong to the profile dev: with that of Kafka set node.id and listeners, and give --join alone where the node is to join others.')
  for (const name of ['node.id', 'broker.id']) {
    const other = given.get(name)
    if (isOneOfMany && other !== undefined && other.text.trim() !== String(nodeNumber))
      refuse(`${other.origin}: ${name}=${other.text}, and the command line says node ${nodeNumber}.`)
  }
  const listeners = given.get('listeners')
  if (listeners !== undefined && clientPort !== null)
    refuse(`${listeners.origin}: listeners=${listeners.text}, and the command line says port ${clientPort}: leave one out.`)
}

function refuseOwn(name: string, written: Written | undefined): void {
  if (written === undefined) return
  const instead = 'leave it out, or start the nodes one by one: odradek start 1 9092, then odradek start 2 9093 --join localhost:9092.'
  refuse(`${written.origin}: ${name}=${written.text} cannot be that of all nodes of --nodes: ${instead}`)
}

function checkPorts(startedAs: StartedAs): void {
  const { controller, clients } = localPorts(startedAs)
  if (controller <= HIGHEST_PORT) return
  refuse(
    `Node ${startedAs.nodeNumber} would have its controller at port ${clients} + ${CONTROLLER_ABOVE}: give a PORT of at most ${HIGHEST_PORT - CONTROLLER_ABOVE}.`,
  )
}

function refuse(message: string): never {
  throw new OdradekError('CONFIG_INVALID', message)
}
