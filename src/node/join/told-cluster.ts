import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { DescribeClusterApi, type DescribeClusterResponse } from '../../../protocol/messages/describe-cluster.ts'
import { DescribeQuorumApi, type DescribeQuorumResponse } from '../../../protocol/messages/describe-quorum.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Endpoint } from '../../base/ports.ts'
import type { BrokerConnectionOptions } from '../../client/broker-connection.ts'
import { KafkaClient } from '../../client/kafka-client.ts'
import { formatHostPort } from '../../config/values/host-port.ts'

/** A cluster as one of its nodes tells of it. */
export interface ToldCluster {
  readonly clusterId: string
  /** Also those that are down; none where a controller was asked. */
  readonly brokers: readonly ToldBroker[]
  readonly voters: readonly ToldVoter[]
}

export interface ToldBroker extends Endpoint {
  readonly id: number
  readonly isFenced: boolean
}

export interface ToldVoter {
  readonly id: number
  readonly directoryId: Uuid
  readonly listeners: readonly (Endpoint & { readonly name: string })[]
}

const BROKERS = 1
const CONTROLLERS = 2
const FIRST_VERSION_WITH_FENCED = 2

/**
 * Asks a node which cluster it is of, at a listener for clients or one of controllers.
 * Errors: those of `BrokerConnection`; CLUSTER_UNSETTLED where the cluster answers and cannot say it now, as while it has no active controller.
 */
export async function describeCluster(endpoint: Endpoint, options: BrokerConnectionOptions): Promise<ToldCluster> {
  await using client = await KafkaClient.open(endpoint, options)
  const cluster = await askCluster(client, endpoint)
  const brokers = cluster.endpointType === BROKERS ? cluster.brokers.map(({ brokerId, host, port, isFenced }) => ({ id: brokerId, host, port, isFenced })) : []
  return { clusterId: cluster.clusterId, brokers, voters: await askVoters(client, endpoint) }
}

/** Which cluster a controller is of. Errors: as of `describeCluster`. */
export async function clusterIdAt(endpoint: Endpoint, options: BrokerConnectionOptions): Promise<string> {
  await using client = await KafkaClient.open(endpoint, options)
  return (await askCluster(client, endpoint)).clusterId
}

async function askCluster(client: KafkaClient, endpoint: Endpoint): Promise<DescribeClusterResponse> {
  const tellsFenced = (client.versionOf(DescribeClusterApi) ?? 0) >= FIRST_VERSION_WITH_FENCED
  const asBroker = await client.send(DescribeClusterApi, {
    includeClusterAuthorizedOperations: false,
    endpointType: BROKERS,
    includeFencedBrokers: tellsFenced,
  })
  if (asBroker.errorCode !== ErrorCode.MISMATCHED_ENDPOINT_TYPE) return accepted(asBroker, endpoint)
  return accepted(await client.send(DescribeClusterApi, { includeClusterAuthorizedOperations: false, endpointType: CONTROLLERS }), endpoint)
}

async function askVoters(client: KafkaClient, endpoint: Endpoint): Promise<readonly ToldVoter[]> {
  const response = await client.send(DescribeQuorumApi, { topics: [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }] })
  const partition = accepted(response, endpoint).topics[0]?.partitions[0]
  if (partition === undefined) throw unsettled(endpoint, 'it does not tell of its controllers')
  if (partition.errorCode !== ErrorCode.NONE) throw unsettled(endpoint, `it answers ${errorName(partition.errorCode)} for its controllers`)
  return partition.currentVoters.map(({ replicaId, replicaDirectoryId }) => ({
    id: replicaId,
    directoryId: replicaDirectoryId,
    listeners: listenersOf(response, replicaId),
  }))
}

function listenersOf({ nodes }: DescribeQuorumResponse, voterId: number): ToldVoter['listeners'] {
  return nodes.find(({ nodeId }) => nodeId === voterId)?.listeners.map(({ name, host, port }) => ({ name, host, port })) ?? []
}

function accepted<Response extends { readonly errorCode: number }>(response: Response, endpoint: Endpoint): Response {
  if (response.errorCode === ErrorCode.NONE) return response
  throw unsettled(endpoint, `it answers ${errorName(response.errorCode)}`)
}

function unsettled({ host, port }: Endpoint, why: string): OdradekError {
  return new OdradekError('CLUSTER_UNSETTLED', `${formatHostPort(host, port)}: ${why}`, { fields: { host, port } })
}
