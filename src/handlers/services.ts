import type { Random } from '../base/ports.ts'
import type { Forwarder } from '../broker/forwarder.ts'
import type { NodeConfig } from '../config/node-config.ts'
import type { ClusterController } from '../controller/cluster-controller.ts'
import type { AutoTopicCreation, Controller } from '../controller/controller.ts'
import type { NodeController } from '../controller/node-controller.ts'
import type { CoordinatorFinder } from '../group/coordinator-finder.ts'
import type { GroupCoordinator } from '../group/group-coordinator.ts'
import type { MetadataService } from '../metadata/metadata-service.ts'
import type { ClientTable } from '../observing/clients/client-table.ts'
import type { ClientTelemetry } from '../observing/pushed/client-telemetry.ts'
import type { QuorumView } from '../raft/quorum-description.ts'
import type { RaftServer } from '../raft/raft-server.ts'
import type { FetchSessionCache } from '../replication/fetch/fetch-session-cache.ts'
import type { ProducerIds } from '../replication/producer-ids.ts'
import type { ReplicaManager } from '../replication/replica-manager.ts'
import type { ApiVersionsSource } from '../server/api-versions-source.ts'
import type { EnclosedRequests } from '../server/enclosed-request.ts'
import type { LostClients } from '../server/lost-clients.ts'
import type { ToldAddresses } from '../server/told-addresses.ts'
import type { LoggerLevels } from '../telemetry/logger-levels.ts'

/**
 * What handlers call: the parts of this node. `src/node/services/` puts them together, for a broker's listener and for a
 * controller's. The controller is that of this process: where it is not the active one, or the node has not the role, it refuses by
 * NOT_CONTROLLER. At a controller's listener there is nothing that only brokers have: a handler that calls it is a mistake of ours.
 */
export interface Services {
  /** The cluster's id as clients are told it. */
  readonly clusterId: string
  readonly nodeId: number
  readonly apiVersions: ApiVersionsSource
  readonly config: NodeConfig
  /** null when this node does not know what its logger writes. */
  readonly logLevels: LoggerLevels | null
  /** The cluster's state as this node serves it. */
  readonly metadata: MetadataService
  readonly controller: Controller
  /** Leaders, replicas, features and brokers, as an administrator changes them. */
  readonly clusterController: ClusterController
  /** What other nodes ask of the controller. */
  readonly nodeController: NodeController
  /** The quorum of the metadata log. */
  readonly quorum: QuorumView
  /** This node as the others of the quorum ask it. */
  readonly raft: RaftServer
  /** For answers that may name any of several. */
  readonly random: Pick<Random, 'below'>
  /** Requests that brokers passed on. */
  readonly enclosed: EnclosedRequests<Services>
  /** Passes requests on that only the active controller decides. */
  readonly forwarder: Pick<Forwarder, 'forward'>
  readonly topicCreation: AutoTopicCreation
  /** The partitions of this node. */
  readonly replicas: ReplicaManager
  readonly fetchSessions: FetchSessionCache
  readonly producerIds: ProducerIds
  /** What clients are told of where brokers listen. */
  readonly addresses: ToldAddresses
  /** Told of clients that ask where to connect. */
  readonly lostClients: Pick<LostClients, 'asked'>
  /** Groups and committed offsets. */
  readonly groups: GroupCoordinator
  readonly coordinators: CoordinatorFinder
  /** What clients produce and consume. */
  readonly clients: ClientTable
  /** What clients measure of themselves. */
  readonly telemetry: ClientTelemetry
}
