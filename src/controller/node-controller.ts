import type { ControllerRegistration } from '../metadata/image.ts'
import type { HeartbeatCommand, HeartbeatReply } from './brokers/broker-heartbeat.ts'
import type { BrokerRegistrationCommand, RegistrationReply } from './brokers/broker-registration.ts'
import type { ControllerError } from './controller.ts'
import type { AlterPartitionCommand, AlterPartitionReply } from './partitions/alter-partition.ts'
import type { AssignReplicasCommand, AssignReplicasReply } from './partitions/assign-replicas.ts'

/** Where a broker runs: beside the controller, where no other incarnation of it can, or anywhere. */
export type BrokerOrigin = 'this process' | 'anywhere'

/** What the other nodes of a cluster ask of the active controller. Answers and rejections as of `Controller`. */
export interface NodeController {
  registerBroker(command: BrokerRegistrationCommand, origin: BrokerOrigin): Promise<RegistrationReply>
  brokerHeartbeat(command: HeartbeatCommand): Promise<HeartbeatReply>
  assignReplicas(command: AssignReplicasCommand): Promise<AssignReplicasReply>
  alterPartition(command: AlterPartitionCommand): Promise<AlterPartitionReply>
  registerController(registration: ControllerRegistration): Promise<ControllerError>
}
