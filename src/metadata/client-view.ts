import { ErrorCode } from '../../protocol/error-codes.ts'
import { type BrokerRegistration, type EndpointImage, endpointOf, type MetadataImage, type PartitionImage } from './image.ts'
import { hasOnlineDirectory } from './online-directory.ts'

/** A broker as clients of one listener see it. */
export interface BrokerView {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly rack: string | null
  readonly isFenced: boolean
}

/** A partition as clients of one listener see it. */
export interface PartitionView {
  /** -1 when no leader can be reached on the listener. */
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly offlineReplicas: readonly number[]
}

/** Every registered broker that has the listener, by id. */
export function brokersOn(image: MetadataImage, listenerName: string): BrokerView[] {
  const views: BrokerView[] = []
  for (const broker of image.cluster.brokers.values()) {
    const endpoint = endpointOf(broker, listenerName)
    if (endpoint !== undefined) views.push(viewOf(broker, endpoint))
  }
  return views.sort((a, b) => a.id - b.id)
}

/** The brokers to which clients of the listener may turn. */
export function aliveBrokersOn(image: MetadataImage, listenerName: string): BrokerView[] {
  return brokersOn(image, listenerName).filter((broker) => !broker.isFenced)
}

/**
 * The id of a broker that is told as the controller's: clients send it what only the controller decides, and any broker
 * passes that on. -1 when none is alive. Source: KIP-590.
 */
export function controllerIdForClients(image: MetadataImage, choose: (count: number) => number): number {
  const alive = [...image.cluster.brokers.values()].filter((broker) => !broker.fenced).map((broker) => broker.id)
  return alive.length === 0 ? -1 : (alive.sort((a, b) => a - b)[choose(alive.length)] as number)
}

/** The partition as clients of one listener see it: a leader without that listener is none (-1). */
export function partitionView(image: MetadataImage, partition: PartitionImage, listenerName: string): PartitionView {
  const leader = image.cluster.brokers.get(partition.leader)
  const isReachable = leader !== undefined && endpointOf(leader, listenerName) !== undefined
  return {
    leaderId: isReachable ? partition.leader : -1,
    leaderEpoch: partition.leaderEpoch,
    offlineReplicas: partition.replicas.filter((id, index) => isOffline(image.cluster.brokers.get(id), partition.directories[index], listenerName)),
  }
}

/** Those of `brokerIds` that are alive and have the listener. */
export function aliveOn(image: MetadataImage, brokerIds: readonly number[], listenerName: string): readonly number[] {
  const isAlive = (id: number) => {
    const broker = image.cluster.brokers.get(id)
    return broker !== undefined && !broker.fenced && endpointOf(broker, listenerName) !== undefined
  }
  return brokerIds.every(isAlive) ? brokerIds : brokerIds.filter(isAlive)
}

/** Why no leader is told: none is known, or it has not the listener on which the question came. */
export function noLeaderError(image: MetadataImage, partition: PartitionImage, options: { readonly listenerErrors: boolean }): number {
  if (!image.cluster.brokers.has(partition.leader)) return ErrorCode.LEADER_NOT_AVAILABLE
  return options.listenerErrors ? ErrorCode.LISTENER_NOT_FOUND : ErrorCode.LEADER_NOT_AVAILABLE
}

function isOffline(broker: BrokerRegistration | undefined, directory: string | undefined, listenerName: string): boolean {
  return broker === undefined || broker.fenced || endpointOf(broker, listenerName) === undefined || !hasOnlineDirectory(broker, directory)
}

function viewOf(broker: BrokerRegistration, endpoint: EndpointImage): BrokerView {
  return { id: broker.id, host: endpoint.host, port: endpoint.port, rack: broker.rack, isFenced: broker.fenced }
}
