import { AbortTransactionRecord } from '../../protocol/metadata/abort-transaction-record.ts'
import { AccessControlEntryRecord } from '../../protocol/metadata/access-control-entry-record.ts'
import { BeginTransactionRecord } from '../../protocol/metadata/begin-transaction-record.ts'
import { BrokerRegistrationChangeRecord } from '../../protocol/metadata/broker-registration-change-record.ts'
import { ClearElrRecord } from '../../protocol/metadata/clear-elr-record.ts'
import { ClientQuotaRecord } from '../../protocol/metadata/client-quota-record.ts'
import { ConfigRecord } from '../../protocol/metadata/config-record.ts'
import { DelegationTokenRecord } from '../../protocol/metadata/delegation-token-record.ts'
import { EndTransactionRecord } from '../../protocol/metadata/end-transaction-record.ts'
import { FeatureLevelRecord } from '../../protocol/metadata/feature-level-record.ts'
import { FenceBrokerRecord } from '../../protocol/metadata/fence-broker-record.ts'
import { NoOpRecord } from '../../protocol/metadata/no-op-record.ts'
import { PartitionChangeRecord } from '../../protocol/metadata/partition-change-record.ts'
import { PartitionRecord } from '../../protocol/metadata/partition-record.ts'
import { ProducerIdsRecord } from '../../protocol/metadata/producer-ids-record.ts'
import { RegisterBrokerRecord } from '../../protocol/metadata/register-broker-record.ts'
import { RegisterControllerRecord } from '../../protocol/metadata/register-controller-record.ts'
import { RemoveAccessControlEntryRecord } from '../../protocol/metadata/remove-access-control-entry-record.ts'
import { RemoveDelegationTokenRecord } from '../../protocol/metadata/remove-delegation-token-record.ts'
import { RemoveTopicRecord } from '../../protocol/metadata/remove-topic-record.ts'
import { RemoveUserScramCredentialRecord } from '../../protocol/metadata/remove-user-scram-credential-record.ts'
import { TopicRecord } from '../../protocol/metadata/topic-record.ts'
import { UnfenceBrokerRecord } from '../../protocol/metadata/unfence-broker-record.ts'
import { UnregisterBrokerRecord } from '../../protocol/metadata/unregister-broker-record.ts'
import { UserScramCredentialRecord } from '../../protocol/metadata/user-scram-credential-record.ts'
import { ZkMigrationStateRecord } from '../../protocol/metadata/zk-migration-state-record.ts'
import type { Fields, Message, Value } from '../../protocol/schema/notation.ts'

/** The schemas of all records that stand in the metadata log, by the type under which this program speaks of them. */
export const metadataRecordSchemas = {
  AbortTransactionRecord,
  AccessControlEntryRecord,
  BeginTransactionRecord,
  BrokerRegistrationChangeRecord,
  ClearElrRecord,
  ClientQuotaRecord,
  ConfigRecord,
  DelegationTokenRecord,
  EndTransactionRecord,
  FeatureLevelRecord,
  FenceBrokerRecord,
  NoOpRecord,
  PartitionChangeRecord,
  PartitionRecord,
  ProducerIdsRecord,
  RegisterBrokerRecord,
  RegisterControllerRecord,
  RemoveAccessControlEntryRecord,
  RemoveDelegationTokenRecord,
  RemoveTopicRecord,
  RemoveUserScramCredentialRecord,
  TopicRecord,
  UnfenceBrokerRecord,
  UnregisterBrokerRecord,
  UserScramCredentialRecord,
  ZkMigrationStateRecord,
} as const

type Schemas = typeof metadataRecordSchemas

export type MetadataRecordType = keyof Schemas

/** One record with the version in which it is (to be) written: Kafka's ApiMessageAndVersion. */
export type MetadataRecord = {
  [T in MetadataRecordType]: { readonly type: T; readonly version: number; readonly data: Value<Schemas[T]> }
}[MetadataRecordType]

export type MetadataRecordOf<T extends MetadataRecordType> = Extract<MetadataRecord, { readonly type: T }>

const typesByKey = new Map<number, MetadataRecordType>(
  Object.entries(metadataRecordSchemas).map(([type, schema]) => [schema.key as number, type as MetadataRecordType]),
)

/** undefined for a key that no record of this Kafka version has. */
export function recordTypeOfKey(key: number): MetadataRecordType | undefined {
  return typesByKey.get(key)
}

/** What a record of this type is encoded by. */
export function schemaOf(type: MetadataRecordType): Message<Fields> {
  return metadataRecordSchemas[type]
}

/** The number by which the log speaks of the type. */
export function keyOfRecordType(type: MetadataRecordType): number {
  return metadataRecordSchemas[type].key as number
}
