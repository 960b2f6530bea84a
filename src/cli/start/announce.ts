import type { LoadedConfig } from '../../config/load-config.ts'
import { formatHostPort } from '../../config/values/host-port.ts'
import type { RunningNode } from '../../node/running-node.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { version } from '../version.ts'

/** Where clients of a node connect, as this machine takes it; others too where each is told what it can reach. */
export function advertisedOf(node: RunningNode): string[] {
  return node.listeners.flatMap(toldText)
}

function toldText({ told, isToldByClient }: RunningNode['listeners'][number]): string[] {
  if (told === null) return []
  return isToldByClient
    ? [formatHostPort('localhost', told.port), `to other machines the address they came to, port ${told.port}`]
    : [formatHostPort(told.host, told.port)]
}

/** What Apache Kafka's log says at that moment, in the days of ZooKeeper and since: scripts and test containers wait for a line that holds it. */
function inKafkasWords(nodeId: number): string {
  return `[KafkaServer id=${nodeId}] started (kafka.server.KafkaServer). Kafka Server started (kafka.server.KafkaRaftServer). Transitioning from RECOVERY to RUNNING.`
}

/** What whoever reads the log wants to know first: who this is, where it listens, and what becomes of the data. */
export function announce(logger: Logger, { config, identity, profile }: LoadedConfig, node: RunningNode, isEphemeral: boolean): void {
  const { nodeId, clusterId } = node
  const listeners = node.listeners.map(({ name, at }) => `${name}://${formatHostPort(at.host, at.port)}`)
  const metrics = node.metricsAt === null ? null : `http://${formatHostPort(node.metricsAt.host, node.metricsAt.port)}/metrics`
  const control = node.controlAt === null ? {} : { control: `http://${formatHostPort(node.controlAt.host, node.controlAt.port)}` }
  logger.info('odradek is ready', { version: version(), nodeId, clusterId, profile, listeners, advertised: advertisedOf(node), metrics, ...control })
  const flushesEachWrite = config.get('log.flush.interval.messages') === 1
  logger.info('as Apache Kafka would say it', { words: inKafkasWords(nodeId) })
  logger.info(isEphemeral ? 'nothing is kept: the data go with the node' : 'data are kept', {
    directories: identity.logDirs,
    flush: flushesEachWrite ? 'each write, before it is acknowledged' : 'by the system, as in Kafka: set log.flush.interval.messages=1 for each write',
  })
}
