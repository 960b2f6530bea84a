import type { ControllerRegistration } from '../metadata/image.ts'
import type { HeartbeatCommand, HeartbeatReply } from './brokers/broker-heartbeat.ts'
import type { BrokerRegistrationCommand, RegistrationReply } from './brokers/broker-registration.ts'
import type { ControllerError } from './controller.ts'
import type { AlterPartitionCommand, AlterPartitionReply } from './partitions/alter-partition.ts'
import type { AssignReplicasCommand, AssignReplicasReply } from './partitions/assign-replicas.ts'

/** Where a broker runs: beside the controller, where no other incarnation of it can, or anywhere. */
export type BrokerOrigin = 'this process' | 'anywhere'

/** The connection on which another node asks. A handler's `RequestContext` is one, of which no more than this is kept. */
export interface NodeConnection {
  /** Never reused while the node runs. */
  readonly connectionId: number
  /** Aborted when the connection is gone. Asked once for each connection. */
  readonly closed: AbortSignal
  /** As the other node calls what it runs; '' when it does not say. */
  readonly clientSoftware: string
}

/** What the other nodes of a cluster ask of the active controller. Answers and rejections as of `Controller`. */
export interface NodeController {
  registerBroker(command: BrokerRegistrationCommand, origin: BrokerOrigin): Promise<RegistrationReply>
  /** @param connection on which it came; left out by a broker in this process */
  brokerHeartbeat(command: HeartbeatCommand, connection?: NodeConnection): Promise<HeartbeatReply>
  assignReplicas(command: AssignReplicasCommand): Promise<AssignReplicasReply>
  alterPartition(command: AlterPartitionCommand): Promise<AlterPartitionReply>
  registerController(registration: ControllerRegistration): Promise<ControllerError>
}
