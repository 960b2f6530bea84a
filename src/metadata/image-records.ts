import { ELR_VERSION, METADATA_VERSION, type RecordLevels, recordLevels } from './features.ts'
import type {
  AclImage,
  BrokerRegistration,
  ClientQuotaImage,
  ControllerRegistration,
  DelegationTokenImage,
  MetadataImage,
  PartitionImage,
  ScramImage,
  TopicImage,
} from './image.ts'
import type { MetadataRecord, MetadataRecordOf } from './metadata-record.ts'

/**
 * The records of a snapshot: replayed over the empty image they give this image again. In Kafka's order, with
 * `metadata.version` first since it says in which versions the others are written.
 *
 * Lazy: the caller writes them in slices, the image does not change meanwhile.
 */
export function* imageRecords(image: MetadataImage): IterableIterator<MetadataRecord> {
  const levels = recordLevels(image.features.metadataVersion)
  yield* featureRecords(image)
  for (const broker of image.cluster.brokers.values()) yield brokerRecord(broker, levels)
  for (const controller of image.cluster.controllers.values()) yield controllerRecord(controller)
  for (const topic of image.topics.byId.values()) yield* topicRecords(topic, image)
  for (const config of image.configs.values()) {
    for (const [name, value] of config.values) yield configRecord({ resourceType: config.type, resourceName: config.name, name, value })
  }
  for (const quota of image.clientQuotas.values()) yield* quotaRecords(quota)
  yield { type: 'ProducerIdsRecord', version: 0, data: { brokerId: -1, brokerEpoch: -1, nextProducerId: image.nextProducerId } }
  for (const acl of image.acls.values()) yield aclRecord(acl)
  for (const credential of image.scram.values()) yield scramRecord(credential)
  for (const token of image.delegationTokens.values()) yield tokenRecord(token)
}

export function featureLevelRecord(name: string, featureLevel: number): MetadataRecordOf<'FeatureLevelRecord'> {
  return { type: 'FeatureLevelRecord', version: 0, data: { name, featureLevel } }
}

/** A null value removes the setting. */
export function configRecord(data: MetadataRecordOf<'ConfigRecord'>['data']): MetadataRecordOf<'ConfigRecord'> {
  return { type: 'ConfigRecord', version: 0, data }
}

export function brokerRecord(broker: BrokerRegistration, levels: RecordLevels): MetadataRecordOf<'RegisterBrokerRecord'> {
  const { id: brokerId, epoch: brokerEpoch, endpoints, features, logDirs, cordonedLogDirs, ...rest } = broker
  const data = {
    ...rest,
    brokerId,
    brokerEpoch,
    endPoints: endpoints,
    features,
    logDirs: levels.directoryAssignment ? logDirs : [],
    cordonedLogDirs: levels.cordonedLogDirs ? cordonedLogDirs : null,
  }
  return { type: 'RegisterBrokerRecord', version: levels.registerBroker, data }
}

export function controllerRecord(controller: ControllerRegistration): MetadataRecordOf<'RegisterControllerRecord'> {
  const { id: controllerId, incarnationId, zkMigrationReady, endpoints: endPoints, features } = controller
  return { type: 'RegisterControllerRecord', version: 0, data: { controllerId, incarnationId, zkMigrationReady, endPoints, features } }
}

/** What describes the whole partition: for a new one and in snapshots. */
export function partitionRecord(
  id: Pick<MetadataRecordOf<'PartitionRecord'>['data'], 'topicId' | 'partitionId'>,
  partition: PartitionImage,
  features: MetadataImage['features'],
): MetadataRecordOf<'PartitionRecord'> {
  const levels = recordLevels(features.metadataVersion)
  const elrEnabled = (features.levels.get(ELR_VERSION) ?? 0) > 0
  const data = {
    ...id,
    replicas: partition.replicas,
    isr: partition.isr,
    removingReplicas: partition.removingReplicas,
    addingReplicas: partition.addingReplicas,
    leader: partition.leader,
    leaderRecoveryState: partition.leaderRecoveryState === 'recovering' ? 1 : 0,
    leaderEpoch: partition.leaderEpoch,
    partitionEpoch: partition.partitionEpoch,
    directories: levels.directoryAssignment ? partition.directories : [],
    eligibleLeaderReplicas: elrEnabled ? listOrNull(partition.eligibleLeaderReplicas) : null,
    lastKnownElr: elrEnabled ? listOrNull(partition.lastKnownElr) : null,
  }
  return { type: 'PartitionRecord', version: levels.partition, data }
}

function* featureRecords(image: MetadataImage): IterableIterator<MetadataRecord> {
  yield featureLevelRecord(METADATA_VERSION, image.features.metadataVersion)
  for (const [name, level] of image.features.levels) yield featureLevelRecord(name, level)
}

function* topicRecords(topic: TopicImage, image: MetadataImage): IterableIterator<MetadataRecord> {
  yield { type: 'TopicRecord', version: 0, data: { name: topic.name, topicId: topic.id } }
  for (const [partitionId, partition] of topic.partitions.entries()) {
    yield partitionRecord({ topicId: topic.id, partitionId }, partition, image.features)
  }
}

function* quotaRecords(quota: ClientQuotaImage): IterableIterator<MetadataRecord> {
  const entity = quota.entity.map((part) => ({ entityType: part.type, entityName: part.name }))
  for (const [key, value] of quota.quotas) yield { type: 'ClientQuotaRecord', version: 0, data: { entity, key, value, remove: false } }
}

function aclRecord(acl: AclImage): MetadataRecord {
  return { type: 'AccessControlEntryRecord', version: 0, data: acl }
}

function scramRecord({ user: name, ...rest }: ScramImage): MetadataRecord {
  return { type: 'UserScramCredentialRecord', version: 0, data: { name, ...rest } }
}

function tokenRecord(token: DelegationTokenImage): MetadataRecord {
  const { tokenId, owner, requester, renewers } = token
  const times = { issueTimestamp: token.issueTimestampMs, maxTimestamp: token.maxTimestampMs, expirationTimestamp: token.expirationTimestampMs }
  return { type: 'DelegationTokenRecord', version: 0, data: { tokenId, owner, requester, renewers, ...times } }
}

function listOrNull(list: readonly number[]): readonly number[] | null {
  return list.length === 0 ? null : list
}
