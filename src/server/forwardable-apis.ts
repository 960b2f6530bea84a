import { AddRaftVoterApi } from '../../protocol/messages/add-raft-voter.ts'
import { AllocateProducerIdsApi } from '../../protocol/messages/allocate-producer-ids.ts'
import { AlterClientQuotasApi } from '../../protocol/messages/alter-client-quotas.ts'
import { AlterConfigsApi } from '../../protocol/messages/alter-configs.ts'
import { AlterPartitionReassignmentsApi } from '../../protocol/messages/alter-partition-reassignments.ts'
import { AlterUserScramCredentialsApi } from '../../protocol/messages/alter-user-scram-credentials.ts'
import { CreateAclsApi } from '../../protocol/messages/create-acls.ts'
import { CreateDelegationTokenApi } from '../../protocol/messages/create-delegation-token.ts'
import { CreatePartitionsApi } from '../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../protocol/messages/create-topics.ts'
import { DeleteAclsApi } from '../../protocol/messages/delete-acls.ts'
import { DeleteTopicsApi } from '../../protocol/messages/delete-topics.ts'
import { DescribeQuorumApi } from '../../protocol/messages/describe-quorum.ts'
import { ElectLeadersApi } from '../../protocol/messages/elect-leaders.ts'
import { ExpireDelegationTokenApi } from '../../protocol/messages/expire-delegation-token.ts'
import { IncrementalAlterConfigsApi } from '../../protocol/messages/incremental-alter-configs.ts'
import { ListPartitionReassignmentsApi } from '../../protocol/messages/list-partition-reassignments.ts'
import { RemoveRaftVoterApi } from '../../protocol/messages/remove-raft-voter.ts'
import { RenewDelegationTokenApi } from '../../protocol/messages/renew-delegation-token.ts'
import { UnregisterBrokerApi } from '../../protocol/messages/unregister-broker.ts'
import { UpdateFeaturesApi } from '../../protocol/messages/update-features.ts'
import type { AnyApi } from '../../protocol/schema/notation.ts'

const FORWARDABLE: readonly AnyApi[] = [
  CreateTopicsApi,
  DeleteTopicsApi,
  CreateAclsApi,
  DeleteAclsApi,
  AlterConfigsApi,
  CreatePartitionsApi,
  CreateDelegationTokenApi,
  RenewDelegationTokenApi,
  ExpireDelegationTokenApi,
  ElectLeadersApi,
  IncrementalAlterConfigsApi,
  AlterPartitionReassignmentsApi,
  ListPartitionReassignmentsApi,
  AlterClientQuotasApi,
  AlterUserScramCredentialsApi,
  DescribeQuorumApi,
  UpdateFeaturesApi,
  UnregisterBrokerApi,
  AllocateProducerIdsApi,
  AddRaftVoterApi,
  RemoveRaftVoterApi,
]

const KEYS: ReadonlySet<number> = new Set(FORWARDABLE.map(({ key }) => key))

/** Whether brokers forward requests of this API to the controller, so that an Envelope may hold one. Source: ApiKeys.forwardable. */
export function isForwardable(apiKey: number): boolean {
  return KEYS.has(apiKey)
}
