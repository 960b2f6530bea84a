import type { Uuid } from '../../../protocol/uuid.ts'
import { MetadataDeltaBuilder } from '../../../src/metadata/delta-builder.ts'
import { EMPTY_IMAGE, type MetadataImage } from '../../../src/metadata/image.ts'
import type { MetadataRecord, MetadataRecordOf } from '../../../src/metadata/metadata-record.ts'

/** A topic id that is recognized in failures. @param number from 1 to 99 */
export function topicId(number: number): Uuid {
  return `topic${String(number).padStart(2, '0')}AAAAAAAAAAAAAAA`.slice(0, 21).concat('A') as Uuid
}

export const DIRECTORY = 'directoryAAAAAAAAAAAAA' as Uuid

export function topic(name: string, number: number): MetadataRecord {
  return { type: 'TopicRecord', version: 0, data: { name, topicId: topicId(number) } }
}

export function partition(number: number, partitionId: number, change: Partial<MetadataRecordOf<'PartitionRecord'>['data']> = {}): MetadataRecord {
  const replicas = change.replicas ?? [1]
  return {
    type: 'PartitionRecord',
    version: 2,
    data: {
      partitionId,
      topicId: topicId(number),
      replicas,
      isr: replicas,
      removingReplicas: [],
      addingReplicas: [],
      leader: replicas[0] as number,
      leaderRecoveryState: 0,
      leaderEpoch: 0,
      partitionEpoch: 0,
      directories: replicas.map(brokerDirectory),
      eligibleLeaderReplicas: null,
      lastKnownElr: null,
      ...change,
    },
  }
}

export function partitionChange(number: number, partitionId: number, change: Partial<MetadataRecordOf<'PartitionChangeRecord'>['data']>): MetadataRecord {
  const unchanged = {
    isr: null,
    leader: -2,
    replicas: null,
    removingReplicas: null,
    addingReplicas: null,
    leaderRecoveryState: -1,
    directories: null,
    eligibleLeaderReplicas: null,
    lastKnownElr: null,
  }
  return { type: 'PartitionChangeRecord', version: 2, data: { partitionId, topicId: topicId(number), ...unchanged, ...change } }
}

export function removeTopic(number: number): MetadataRecord {
  return { type: 'RemoveTopicRecord', version: 0, data: { topicId: topicId(number) } }
}

export function config(resourceType: number, resourceName: string, name: string, value: string | null): MetadataRecord {
  return { type: 'ConfigRecord', version: 0, data: { resourceType, resourceName, name, value } }
}

export function feature(name: string, featureLevel: number): MetadataRecord {
  return { type: 'FeatureLevelRecord', version: 0, data: { name, featureLevel } }
}

export function broker(brokerId: number, change: Partial<MetadataRecordOf<'RegisterBrokerRecord'>['data']> = {}): MetadataRecord {
  return {
    type: 'RegisterBrokerRecord',
    version: 4,
    data: {
      brokerId,
      isMigratingZkBroker: false,
      incarnationId: 'incarnationAAAAAAAAAAA' as Uuid,
      brokerEpoch: 10 + brokerId,
      endPoints: [{ name: 'PLAINTEXT', host: `broker-${brokerId}`, port: 9092, securityProtocol: 0 }],
      features: [{ name: 'metadata.version', minSupportedVersion: 7, maxSupportedVersion: 30 }],
      rack: null,
      fenced: false,
      inControlledShutdown: false,
      logDirs: [brokerDirectory(brokerId)],
      cordonedLogDirs: null,
      ...change,
    },
  }
}

export function brokerDirectory(brokerId: number): Uuid {
  return `directory${String(brokerId).padStart(2, '0')}AAAAAAAAAAA` as Uuid
}

export function brokerChange(brokerId: number, change: Partial<MetadataRecordOf<'BrokerRegistrationChangeRecord'>['data']>): MetadataRecord {
  const unchanged = { fenced: 0, inControlledShutdown: 0, logDirs: [], cordonedLogDirs: null }
  return { type: 'BrokerRegistrationChangeRecord', version: 3, data: { brokerId, brokerEpoch: 10 + brokerId, ...unchanged, ...change } }
}

/** The delta and the image after `records`. */
export function replay(records: Iterable<MetadataRecord>, before: MetadataImage = EMPTY_IMAGE) {
  const builder = new MetadataDeltaBuilder(before)
  for (const record of records) builder.replay(record)
  return builder.finish({ offset: before.provenance.offset + 1, epoch: 1, appendedMs: 0 })
}

/** An image in a form that vitest compares: everything but the provenance. */
export function content({ provenance: _, ...image }: MetadataImage) {
  return {
    ...image,
    cluster: { brokers: new Map(image.cluster.brokers), controllers: new Map(image.cluster.controllers) },
    topics: { byName: new Map(image.topics.byName), byId: new Map(image.topics.byId) },
    configs: new Map(image.configs),
    clientQuotas: new Map(image.clientQuotas),
    acls: new Map(image.acls),
    scram: new Map(image.scram),
    delegationTokens: new Map(image.delegationTokens),
  }
}
