import { AddOffsetsToTxnApi } from './messages/add-offsets-to-txn.ts'
import { AddPartitionsToTxnApi } from './messages/add-partitions-to-txn.ts'
import { AddRaftVoterApi } from './messages/add-raft-voter.ts'
import { AllocateProducerIdsApi } from './messages/allocate-producer-ids.ts'
import { AlterClientQuotasApi } from './messages/alter-client-quotas.ts'
import { AlterConfigsApi } from './messages/alter-configs.ts'
import { AlterPartitionApi } from './messages/alter-partition.ts'
import { AlterPartitionReassignmentsApi } from './messages/alter-partition-reassignments.ts'
import { AlterReplicaLogDirsApi } from './messages/alter-replica-log-dirs.ts'
import { AlterShareGroupOffsetsApi } from './messages/alter-share-group-offsets.ts'
import { AlterUserScramCredentialsApi } from './messages/alter-user-scram-credentials.ts'
import { ApiVersionsApi } from './messages/api-versions.ts'
import { AssignReplicasToDirsApi } from './messages/assign-replicas-to-dirs.ts'
import { BeginQuorumEpochApi } from './messages/begin-quorum-epoch.ts'
import { BrokerHeartbeatApi } from './messages/broker-heartbeat.ts'
import { BrokerRegistrationApi } from './messages/broker-registration.ts'
import { ConsumerGroupDescribeApi } from './messages/consumer-group-describe.ts'
import { ConsumerGroupHeartbeatApi } from './messages/consumer-group-heartbeat.ts'
import { ControllerRegistrationApi } from './messages/controller-registration.ts'
import { CreateAclsApi } from './messages/create-acls.ts'
import { CreateDelegationTokenApi } from './messages/create-delegation-token.ts'
import { CreatePartitionsApi } from './messages/create-partitions.ts'
import { CreateTopicsApi } from './messages/create-topics.ts'
import { DeleteAclsApi } from './messages/delete-acls.ts'
import { DeleteGroupsApi } from './messages/delete-groups.ts'
import { DeleteRecordsApi } from './messages/delete-records.ts'
import { DeleteShareGroupOffsetsApi } from './messages/delete-share-group-offsets.ts'
import { DeleteShareGroupStateApi } from './messages/delete-share-group-state.ts'
import { DeleteTopicsApi } from './messages/delete-topics.ts'
import { DescribeAclsApi } from './messages/describe-acls.ts'
import { DescribeClientQuotasApi } from './messages/describe-client-quotas.ts'
import { DescribeClusterApi } from './messages/describe-cluster.ts'
import { DescribeConfigsApi } from './messages/describe-configs.ts'
import { DescribeDelegationTokenApi } from './messages/describe-delegation-token.ts'
import { DescribeGroupsApi } from './messages/describe-groups.ts'
import { DescribeLogDirsApi } from './messages/describe-log-dirs.ts'
import { DescribeProducersApi } from './messages/describe-producers.ts'
import { DescribeQuorumApi } from './messages/describe-quorum.ts'
import { DescribeShareGroupOffsetsApi } from './messages/describe-share-group-offsets.ts'
import { DescribeTopicPartitionsApi } from './messages/describe-topic-partitions.ts'
import { DescribeTransactionsApi } from './messages/describe-transactions.ts'
import { DescribeUserScramCredentialsApi } from './messages/describe-user-scram-credentials.ts'
import { ElectLeadersApi } from './messages/elect-leaders.ts'
import { EndQuorumEpochApi } from './messages/end-quorum-epoch.ts'
import { EndTxnApi } from './messages/end-txn.ts'
import { EnvelopeApi } from './messages/envelope.ts'
import { ExpireDelegationTokenApi } from './messages/expire-delegation-token.ts'
import { FetchApi } from './messages/fetch.ts'
import { FetchSnapshotApi } from './messages/fetch-snapshot.ts'
import { FindCoordinatorApi } from './messages/find-coordinator.ts'
import { GetTelemetrySubscriptionsApi } from './messages/get-telemetry-subscriptions.ts'
import { HeartbeatApi } from './messages/heartbeat.ts'
import { IncrementalAlterConfigsApi } from './messages/incremental-alter-configs.ts'
import { InitProducerIdApi } from './messages/init-producer-id.ts'
import { InitializeShareGroupStateApi } from './messages/initialize-share-group-state.ts'
import { JoinGroupApi } from './messages/join-group.ts'
import { LeaveGroupApi } from './messages/leave-group.ts'
import { ListConfigResourcesApi } from './messages/list-config-resources.ts'
import { ListGroupsApi } from './messages/list-groups.ts'
import { ListOffsetsApi } from './messages/list-offsets.ts'
import { ListPartitionReassignmentsApi } from './messages/list-partition-reassignments.ts'
import { ListTransactionsApi } from './messages/list-transactions.ts'
import { MetadataApi } from './messages/metadata.ts'
import { OffsetCommitApi } from './messages/offset-commit.ts'
import { OffsetDeleteApi } from './messages/offset-delete.ts'
import { OffsetFetchApi } from './messages/offset-fetch.ts'
import { OffsetForLeaderEpochApi } from './messages/offset-for-leader-epoch.ts'
import { ProduceApi } from './messages/produce.ts'
import { PushTelemetryApi } from './messages/push-telemetry.ts'
import { ReadShareGroupStateApi } from './messages/read-share-group-state.ts'
import { ReadShareGroupStateSummaryApi } from './messages/read-share-group-state-summary.ts'
import { RemoveRaftVoterApi } from './messages/remove-raft-voter.ts'
import { RenewDelegationTokenApi } from './messages/renew-delegation-token.ts'
import { SaslAuthenticateApi } from './messages/sasl-authenticate.ts'
import { SaslHandshakeApi } from './messages/sasl-handshake.ts'
import { ShareAcknowledgeApi } from './messages/share-acknowledge.ts'
import { ShareFetchApi } from './messages/share-fetch.ts'
import { ShareGroupDescribeApi } from './messages/share-group-describe.ts'
import { ShareGroupHeartbeatApi } from './messages/share-group-heartbeat.ts'
import { StreamsGroupDescribeApi } from './messages/streams-group-describe.ts'
import { StreamsGroupHeartbeatApi } from './messages/streams-group-heartbeat.ts'
import { SyncGroupApi } from './messages/sync-group.ts'
import { TxnOffsetCommitApi } from './messages/txn-offset-commit.ts'
import { UnregisterBrokerApi } from './messages/unregister-broker.ts'
import { UpdateFeaturesApi } from './messages/update-features.ts'
import { UpdateRaftVoterApi } from './messages/update-raft-voter.ts'
import { VoteApi } from './messages/vote.ts'
import { WriteShareGroupStateApi } from './messages/write-share-group-state.ts'
import { WriteTxnMarkersApi } from './messages/write-txn-markers.ts'
import type { AnyApi } from './schema/notation.ts'

/** Every API that Apache Kafka 4.3.1 specifies, by key. Which of them a node serves, its handlers say. */
export const apis: readonly AnyApi[] = [
  ProduceApi,
  FetchApi,
  ListOffsetsApi,
  MetadataApi,
  OffsetCommitApi,
  OffsetFetchApi,
  FindCoordinatorApi,
  JoinGroupApi,
  HeartbeatApi,
  LeaveGroupApi,
  SyncGroupApi,
  DescribeGroupsApi,
  ListGroupsApi,
  SaslHandshakeApi,
  ApiVersionsApi,
  CreateTopicsApi,
  DeleteTopicsApi,
  DeleteRecordsApi,
  InitProducerIdApi,
  OffsetForLeaderEpochApi,
  AddPartitionsToTxnApi,
  AddOffsetsToTxnApi,
  EndTxnApi,
  WriteTxnMarkersApi,
  TxnOffsetCommitApi,
  DescribeAclsApi,
  CreateAclsApi,
  DeleteAclsApi,
  DescribeConfigsApi,
  AlterConfigsApi,
  AlterReplicaLogDirsApi,
  DescribeLogDirsApi,
  SaslAuthenticateApi,
  CreatePartitionsApi,
  CreateDelegationTokenApi,
  RenewDelegationTokenApi,
  ExpireDelegationTokenApi,
  DescribeDelegationTokenApi,
  DeleteGroupsApi,
  ElectLeadersApi,
  IncrementalAlterConfigsApi,
  AlterPartitionReassignmentsApi,
  ListPartitionReassignmentsApi,
  OffsetDeleteApi,
  DescribeClientQuotasApi,
  AlterClientQuotasApi,
  DescribeUserScramCredentialsApi,
  AlterUserScramCredentialsApi,
  VoteApi,
  BeginQuorumEpochApi,
  EndQuorumEpochApi,
  DescribeQuorumApi,
  AlterPartitionApi,
  UpdateFeaturesApi,
  EnvelopeApi,
  FetchSnapshotApi,
  DescribeClusterApi,
  DescribeProducersApi,
  BrokerRegistrationApi,
  BrokerHeartbeatApi,
  UnregisterBrokerApi,
  DescribeTransactionsApi,
  ListTransactionsApi,
  AllocateProducerIdsApi,
  ConsumerGroupHeartbeatApi,
  ConsumerGroupDescribeApi,
  ControllerRegistrationApi,
  GetTelemetrySubscriptionsApi,
  PushTelemetryApi,
  AssignReplicasToDirsApi,
  ListConfigResourcesApi,
  DescribeTopicPartitionsApi,
  ShareGroupHeartbeatApi,
  ShareGroupDescribeApi,
  ShareFetchApi,
  ShareAcknowledgeApi,
  AddRaftVoterApi,
  RemoveRaftVoterApi,
  UpdateRaftVoterApi,
  InitializeShareGroupStateApi,
  ReadShareGroupStateApi,
  WriteShareGroupStateApi,
  DeleteShareGroupStateApi,
  ReadShareGroupStateSummaryApi,
  StreamsGroupHeartbeatApi,
  StreamsGroupDescribeApi,
  DescribeShareGroupOffsetsApi,
  AlterShareGroupOffsetsApi,
  DeleteShareGroupOffsetsApi,
]
