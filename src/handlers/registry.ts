import { addRaftVoterHandler } from './add-raft-voter.ts'
import { allocateProducerIdsHandler } from './allocate-producer-ids.ts'
import { alterConfigsHandler } from './alter-configs.ts'
import { alterPartitionHandler } from './alter-partition.ts'
import { alterPartitionReassignmentsHandler } from './alter-partition-reassignments.ts'
import { alterReplicaLogDirsHandler } from './alter-replica-log-dirs.ts'
import { apiVersionsHandler } from './api-versions.ts'
import { assignReplicasToDirsHandler } from './assign-replicas-to-dirs.ts'
import { beginQuorumEpochHandler } from './begin-quorum-epoch.ts'
import { brokerHeartbeatHandler } from './broker-heartbeat.ts'
import { brokerRegistrationHandler } from './broker-registration.ts'
import { controllerRegistrationHandler } from './controller-registration.ts'
import { createAclsHandler } from './create-acls.ts'
import { createDelegationTokenHandler } from './create-delegation-token.ts'
import { createPartitionsHandler } from './create-partitions.ts'
import { createTopicsHandler } from './create-topics.ts'
import type { AnyHandler } from './define-handler.ts'
import { deleteAclsHandler } from './delete-acls.ts'
import { deleteGroupsHandler } from './delete-groups.ts'
import { deleteRecordsHandler } from './delete-records.ts'
import { deleteTopicsHandler } from './delete-topics.ts'
import { describeAclsHandler } from './describe-acls.ts'
import { describeClusterHandler } from './describe-cluster.ts'
import { describeConfigsHandler } from './describe-configs.ts'
import { describeDelegationTokenHandler } from './describe-delegation-token.ts'
import { describeGroupsHandler } from './describe-groups.ts'
import { describeLogDirsHandler } from './describe-log-dirs.ts'
import { describeProducersHandler } from './describe-producers.ts'
import { describeQuorumHandler } from './describe-quorum.ts'
import { describeTopicPartitionsHandler } from './describe-topic-partitions.ts'
import { electLeadersHandler } from './elect-leaders.ts'
import { endQuorumEpochHandler } from './end-quorum-epoch.ts'
import { envelopeHandler } from './envelope.ts'
import { expireDelegationTokenHandler } from './expire-delegation-token.ts'
import { fetchHandler } from './fetch.ts'
import { fetchSnapshotHandler } from './fetch-snapshot.ts'
import { findCoordinatorHandler } from './find-coordinator.ts'
import { forwarded } from './forwarded.ts'
import { getTelemetrySubscriptionsHandler } from './get-telemetry-subscriptions.ts'
import { heartbeatHandler } from './heartbeat.ts'
import { incrementalAlterConfigsHandler } from './incremental-alter-configs.ts'
import { initProducerIdHandler } from './init-producer-id.ts'
import { joinGroupHandler } from './join-group.ts'
import { leaveGroupHandler } from './leave-group.ts'
import { listConfigResourcesHandler } from './list-config-resources.ts'
import { listGroupsHandler } from './list-groups.ts'
import { listOffsetsHandler } from './list-offsets.ts'
import { listPartitionReassignmentsHandler } from './list-partition-reassignments.ts'
import { metadataHandler } from './metadata.ts'
import { offsetCommitHandler } from './offset-commit.ts'
import { offsetDeleteHandler } from './offset-delete.ts'
import { offsetFetchHandler } from './offset-fetch.ts'
import { offsetForLeaderEpochHandler } from './offset-for-leader-epoch.ts'
import { produceHandler } from './produce.ts'
import { pushTelemetryHandler } from './push-telemetry.ts'
import { removeRaftVoterHandler } from './remove-raft-voter.ts'
import { renewDelegationTokenHandler } from './renew-delegation-token.ts'
import { syncGroupHandler } from './sync-group.ts'
import { unregisterBrokerHandler } from './unregister-broker.ts'
import { updateFeaturesHandler } from './update-features.ts'
import { updateRaftVoterHandler } from './update-raft-voter.ts'
import { voteHandler } from './vote.ts'

/**
 * Every API that this node serves, by key. What is not here is neither served nor advertised.
 * One line for each handler, in the order of the API keys; `forwarded`: the active controller serves it.
 */
export const handlers: readonly AnyHandler[] = [
  produceHandler,
  fetchHandler,
  listOffsetsHandler,
  metadataHandler,
  offsetCommitHandler,
  offsetFetchHandler,
  findCoordinatorHandler,
  joinGroupHandler,
  heartbeatHandler,
  leaveGroupHandler,
  syncGroupHandler,
  describeGroupsHandler,
  listGroupsHandler,
  apiVersionsHandler,
  forwarded(createTopicsHandler),
  forwarded(deleteTopicsHandler),
  deleteRecordsHandler,
  initProducerIdHandler,
  offsetForLeaderEpochHandler,
  describeAclsHandler,
  forwarded(createAclsHandler),
  forwarded(deleteAclsHandler),
  describeConfigsHandler,
  alterConfigsHandler,
  alterReplicaLogDirsHandler,
  describeLogDirsHandler,
  forwarded(createPartitionsHandler),
  createDelegationTokenHandler,
  renewDelegationTokenHandler,
  expireDelegationTokenHandler,
  describeDelegationTokenHandler,
  deleteGroupsHandler,
  forwarded(electLeadersHandler),
  incrementalAlterConfigsHandler,
  forwarded(alterPartitionReassignmentsHandler),
  forwarded(listPartitionReassignmentsHandler),
  offsetDeleteHandler,
  voteHandler,
  beginQuorumEpochHandler,
  endQuorumEpochHandler,
  forwarded(describeQuorumHandler),
  alterPartitionHandler,
  forwarded(updateFeaturesHandler),
  envelopeHandler,
  fetchSnapshotHandler,
  describeClusterHandler,
  describeProducersHandler,
  brokerRegistrationHandler,
  brokerHeartbeatHandler,
  forwarded(unregisterBrokerHandler),
  allocateProducerIdsHandler,
  controllerRegistrationHandler,
  getTelemetrySubscriptionsHandler,
  pushTelemetryHandler,
  assignReplicasToDirsHandler,
  listConfigResourcesHandler,
  describeTopicPartitionsHandler,
  forwarded(addRaftVoterHandler),
  forwarded(removeRaftVoterHandler),
  updateRaftVoterHandler,
]
