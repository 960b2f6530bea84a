import { METADATA_TOPIC } from '../../../../protocol/internal-topics.ts'
import { ApiVersionsApi } from '../../../../protocol/messages/api-versions.ts'
import { DescribeClusterApi } from '../../../../protocol/messages/describe-cluster.ts'
import { DescribeQuorumApi } from '../../../../protocol/messages/describe-quorum.ts'
import { UnregisterBrokerApi } from '../../../../protocol/messages/unregister-broker.ts'
import { type Uuid, ZERO_UUID } from '../../../../protocol/uuid.ts'
import { SOFTWARE_NAME } from '../../../base/software-name.ts'
import { formatHostPort } from '../../../config/values/host-port.ts'
import { check } from '../kafka-error.ts'
import type { ClusterClient } from './cluster-client.ts'

export interface ClusterDescription {
  readonly clusterId: string
  /** Who takes requests for the controller. */
  readonly controllerId: number
  /** By id. */
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number; readonly rack: string | null; readonly isFenced: boolean }[]
}

/** With brokers that are fenced, where the cluster tells of them (KIP-1073). */
export function describeCluster(client: ClusterClient): Promise<ClusterDescription> {
  return client.retry('describeCluster', async () => {
    const answer = await client.ask(DescribeClusterApi, (version) => ({
      includeClusterAuthorizedOperations: false,
      ...(version < 2 ? {} : { includeFencedBrokers: true }),
    }))
    check(answer.errorCode, answer.errorMessage)
    const brokers = answer.brokers.map(({ brokerId, host, port, rack, isFenced }) => ({ id: brokerId, host, port, rack, isFenced }))
    return { clusterId: answer.clusterId, controllerId: answer.controllerId, brokers: brokers.toSorted((one, other) => one.id - other.id) }
  })
}

export interface Feature {
  readonly name: string
  /** What the broker that was asked can do. */
  readonly min: number
  readonly max: number
  /** What the cluster does; 0 where it does not. */
  readonly level: number
}

/** By name. Source: KIP-584. */
export function describeFeatures(client: ClusterClient): Promise<readonly Feature[]> {
  return client.retry('describeFeatures', async () => {
    const answer = await client.ask(ApiVersionsApi, { clientSoftwareName: SOFTWARE_NAME, clientSoftwareVersion: '1' })
    check(answer.errorCode)
    const levels = new Map(answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]))
    return answer.supportedFeatures
      .map(({ name, minVersion, maxVersion }) => ({ name, min: minVersion, max: maxVersion, level: levels.get(name) ?? 0 }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  })
}

/** Forgets a broker that will not come back. Errors: BROKER_ID_NOT_REGISTERED and others, as the controller answers. */
export async function unregisterBroker(client: ClusterClient, brokerId: number): Promise<void> {
  await client.retry('unregisterBroker', async () => {
    const answer = await client.askController(UnregisterBrokerApi, { brokerId })
    check(answer.errorCode, answer.errorMessage)
  })
}

export interface QuorumReplica {
  readonly id: number
  /** Of the directory with its metadata log; null where it is not told: of a quorum without directories, by brokers before 3.9. */
  readonly directoryId: Uuid | null
  /** Where it is reached, as `NAME://HOST:PORT`; told of voters, by brokers from 3.9 on. */
  readonly listeners: readonly string[]
  readonly isVoter: boolean
  readonly logEndOffset: number
  /** Milliseconds since the epoch; null where it is not known. */
  readonly lastFetchMs: number | null
  readonly lastCaughtUpMs: number | null
}

export interface QuorumDescription {
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  /** Voters first, each part by id. */
  readonly replicas: readonly QuorumReplica[]
}

/** The quorum that keeps the metadata log. Source: KIP-595, KIP-836. */
export function describeQuorum(client: ClusterClient): Promise<QuorumDescription> {
  return client.retry('describeMetadataQuorum', async () => {
    const answer = await client.askController(DescribeQuorumApi, { topics: [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }] })
    check(answer.errorCode, answer.errorMessage)
    const partition = answer.topics[0]?.partitions[0]
    check(partition?.errorCode ?? -1, partition?.errorMessage)
    const { leaderId = -1, leaderEpoch = -1, highWatermark = -1, currentVoters = [], observers = [] } = partition ?? {}
    const listeners = new Map(answer.nodes.map((node) => [node.nodeId, node.listeners.map(listenerText)]))
    const replicas = [
      ...currentVoters.map((one) => ({ ...replicaOf(one), isVoter: true, listeners: listeners.get(one.replicaId) ?? [] })),
      ...observers.map((one) => ({ ...replicaOf(one), isVoter: false, listeners: [] })),
    ]
    return {
      leaderId,
      leaderEpoch,
      highWatermark,
      replicas: replicas.toSorted((one, other) => Number(other.isVoter) - Number(one.isVoter) || one.id - other.id),
    }
  })
}

interface WireReplica {
  readonly replicaId: number
  readonly replicaDirectoryId: Uuid
  readonly logEndOffset: number
  readonly lastFetchTimestamp: number
  readonly lastCaughtUpTimestamp: number
}

function listenerText({ name, host, port }: { readonly name: string; readonly host: string; readonly port: number }): string {
  return `${name}://${formatHostPort(host, port)}`
}

function replicaOf(replica: WireReplica): Omit<QuorumReplica, 'isVoter' | 'listeners'> {
  const { replicaId, replicaDirectoryId, logEndOffset, lastFetchTimestamp, lastCaughtUpTimestamp } = replica
  const known = (timestamp: number) => (timestamp < 0 ? null : timestamp)
  const directoryId = replicaDirectoryId === ZERO_UUID ? null : replicaDirectoryId
  return { id: replicaId, directoryId, logEndOffset, lastFetchMs: known(lastFetchTimestamp), lastCaughtUpMs: known(lastCaughtUpTimestamp) }
}
