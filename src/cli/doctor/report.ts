import { NetworkError, type OdradekError } from '../../base/errors.ts'
import type { Endpoint } from '../../base/ports.ts'
import { formatHostPort } from '../../config/values/host-port.ts'
import { isLoopback } from '../../server/told-addresses.ts'
import { errorFacts } from '../admin/print.ts'
import type { Diagnosis, ToldBroker, Visit } from './diagnose.ts'

/** What was found, as JSON: each thing that is wrong with the same advice as `report` gives. */
export function reportFacts({ asked, first, told, isHealthy }: Diagnosis) {
  if (first.kind === 'fails') return { asked, isHealthy, answer: null, error: errorFacts(first.error), advice: adviceOnFirst(first.error), brokers: [] }
  const { remoteHost, apiCount, metadataVersion, clusterId } = first
  const brokers = told.map(({ broker, visit }) => brokerFacts(asked, broker, visit, clusterId))
  return { asked, isHealthy, answer: { remoteHost, apiCount, metadataVersion, clusterId }, error: null, advice: told.length === 0 ? STARTING : null, brokers }
}

function brokerFacts(asked: Endpoint, broker: ToldBroker, visit: Visit, clusterId: string | null) {
  const { nodeId, host, port } = broker
  const who = { nodeId, host, port }
  if (visit.kind === 'fails')
    return { ...who, isReached: false, remoteHost: null, clusterId: null, error: errorFacts(visit.error), advice: adviceOn(visit.error, asked, broker) }
  const advice = visit.clusterId === clusterId ? null : adviceOnStranger(broker)
  return { ...who, isReached: true, remoteHost: visit.remoteHost, clusterId: visit.clusterId, error: null, advice }
}

/** What was found, in lines for a reader, each thing that is wrong followed by one sentence of advice. */
export function report({ asked, first, told, isHealthy }: Diagnosis): string {
  if (first.kind === 'fails')
    return lines([`${addressOf(asked)} does not answer as a Kafka broker.`, `  ${first.error.message}`, `  ${adviceOnFirst(first.error)}`])
  const { remoteHost, apiCount, metadataVersion, clusterId } = first
  const level = metadataVersion === null ? '' : `, metadata.version ${metadataVersion}`
  return lines([
    `${addressOf(asked)} answers (at ${remoteHost}): a Kafka broker with ${apiCount} APIs${level}, cluster ${clusterId ?? 'without an id'}.`,
    told.length === 0 ? `It tells of no broker. ${STARTING}` : 'A client here is told of:',
    ...told.flatMap(({ broker, visit }) => findings(asked, broker, visit, clusterId)),
    ...(isHealthy ? ['Clients here reach every broker.'] : []),
  ])
}

function findings(asked: Endpoint, broker: ToldBroker, visit: Visit, clusterId: string | null): string[] {
  const who = `  broker ${broker.nodeId} at ${addressOf(broker)}`
  if (visit.kind === 'fails') return [`${who}: not reached. ${visit.error.message}`, `    ${adviceOn(visit.error, asked, broker)}`]
  if (visit.clusterId === clusterId) return [`${who}: reached (at ${visit.remoteHost}).`]
  return [`${who}: another Kafka answers there, of cluster ${visit.clusterId ?? 'without an id'}.`, `    ${adviceOnStranger(broker)}`]
}

const STARTING = 'It may be starting: try again in a moment.'

function adviceOnStranger({ nodeId }: ToldBroker): string {
  return `Set advertised.listeners of broker ${nodeId} to an address that leads to it from here; what this one leads to is somebody else.`
}

function adviceOnFirst(error: OdradekError): string {
  // Controllers speak the protocol, and serve no Metadata.
  if (error.code === 'CLIENT_VERSION') return 'It may be the listener of a controller: clients use the port of a listener of brokers.'
  if (!(error instanceof NetworkError)) return SPEAKS_OTHERWISE
  switch (error.reason) {
    case 'not-found':
      return 'Check the name; inside a container or a pod use the name that its network gives the broker.'
    case 'refused':
      return 'Start the broker, or use the port that it listens on; in a container it must listen beyond localhost (listeners=PLAINTEXT://0.0.0.0:9092), and the port must be published.'
    case 'timed-out':
    case 'unreachable':
      return 'Check the address and the firewalls on the way.'
    default:
      return SPEAKS_OTHERWISE
  }
}

const SPEAKS_OTHERWISE = 'What listens there may want TLS or SASL, which this command does not speak, or may be no Kafka broker.'

function adviceOn(error: OdradekError, asked: Endpoint, { nodeId, host, port }: ToldBroker): string {
  const setting = `Set advertised.listeners of broker ${nodeId}`
  if (!(error instanceof NetworkError))
    return error.code === 'CLIENT_TIMEOUT' ? `${setting} to an address to which no firewall bars the way from here.` : SPEAKS_OTHERWISE
  switch (error.reason) {
    case 'not-found':
      return `${setting} to a name that can be resolved here, such as ${asked.host}, or make ${host} known to this machine.`
    case 'refused':
      if (isLoopback(host) && !isLoopback(asked.host))
        return `${setting} to the address by which you reached it, ${addressOf(asked)}: ${host} leads each client to its own machine.`
      if (host === asked.host) return `${setting} to port ${asked.port}, or publish its port ${port} under the same number.`
      return `${setting} to an address and port that lead to it from here, such as ${addressOf(asked)}.`
    default:
      return `${setting} to an address that can be reached from here, such as ${addressOf(asked)}.`
  }
}

function addressOf({ host, port }: Endpoint): string {
  return formatHostPort(host, port)
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('')
}
