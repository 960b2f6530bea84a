import type { Uuid } from '../../protocol/uuid.ts'
import type { ChangedResource, MetadataDelta } from './delta.ts'
import { ConfigResourceType, configKey, type MetadataImage, type Provenance, quotaEntityKey, scramKey } from './image.ts'
import type { MetadataRecord } from './metadata-record.ts'
import { ClusterDraft } from './replay/cluster.ts'
import { aclOfRecord, scramOfRecord, tokenOfRecord } from './replay/security.ts'
import { replayClientQuota, replayConfig, replayFeatureLevel } from './replay/settings.ts'
import { TopicsDraft } from './replay/topics-draft.ts'
import { replayError } from './replay-error.ts'

/**
 * Makes the next image, and what changed on the way, by replaying records over an image. The one place where records
 * change the cluster's state: brokers follow with it and the controller decides on it.
 *
 * Records of metadata transactions are the business of who feeds it (`transaction-buffer.ts`): they change nothing here.
 */
export class MetadataDeltaBuilder {
  readonly #before: MetadataImage
  readonly #topics: TopicsDraft
  readonly #cluster: ClusterDraft
  readonly #configs = new Map<string, ChangedResource>()
  readonly #features = new Set<string>()
  readonly #clientQuotas = new Set<string>()
  readonly #acls = new Set<Uuid>()
  readonly #scram = new Set<string>()
  readonly #delegationTokens = new Set<string>()
  #producerIds = false
  /** Everything but topics and cluster, which have drafts of their own. */
  #image: MetadataImage

  constructor(before: MetadataImage) {
    this.#before = before
    this.#image = before
    this.#topics = new TopicsDraft(before.topics)
    this.#cluster = new ClusterDraft(before.cluster)
  }

  /** Errors: METADATA_REPLAY when the record does not fit what is there; the builder is of no use afterwards. */
  replay(record: MetadataRecord): void {
    switch (record.type) {
      case 'TopicRecord':
        this.#topics.createTopic(record.data)
        break
      case 'PartitionRecord':
        this.#topics.setPartition(record.data)
        break
      case 'PartitionChangeRecord':
        this.#topics.changePartition(record.data)
        break
      case 'RemoveTopicRecord':
        this.#removeTopic(record.data.topicId)
        break
      case 'ClearElrRecord':
        this.#topics.clearElr(record.data)
        break
      case 'RegisterBrokerRecord':
        this.#cluster.registerBroker(record.data)
        break
      case 'UnregisterBrokerRecord':
        this.#cluster.unregisterBroker(record.data)
        break
      case 'FenceBrokerRecord':
        this.#cluster.setFenced(record.data.id, record.data.epoch, true)
        break
      case 'UnfenceBrokerRecord':
        this.#cluster.setFenced(record.data.id, record.data.epoch, false)
        break
      case 'BrokerRegistrationChangeRecord':
        this.#cluster.changeBroker(record.data)
        break
      case 'RegisterControllerRecord':
        this.#cluster.registerController(record.data)
        break
      case 'ConfigRecord':
        this.#noteConfig(record.data.resourceType, record.data.resourceName)
        this.#set({ configs: replayConfig(this.#image.configs, record.data) })
        break
      case 'ClientQuotaRecord':
        this.#clientQuotas.add(quotaEntityKey(record.data.entity.map((part) => ({ type: part.entityType, name: part.entityName }))))
        this.#set({ clientQuotas: replayClientQuota(this.#image.clientQuotas, record.data) })
        break
      case 'FeatureLevelRecord':
        this.#features.add(record.data.name)
        this.#set({ features: replayFeatureLevel(this.#image.features, record.data) })
        break
      case 'ProducerIdsRecord':
        this.#setNextProducerId(record.data.nextProducerId)
        break
      case 'AccessControlEntryRecord':
        this.#acls.add(record.data.id)
        this.#set({ acls: this.#image.acls.with(record.data.id, aclOfRecord(record.data)) })
        break
      case 'RemoveAccessControlEntryRecord':
        this.#removeAcl(record.data.id)
        break
      case 'UserScramCredentialRecord':
        this.#scram.add(scramKey(record.data.mechanism, record.data.name))
        this.#set({ scram: this.#image.scram.with(scramKey(record.data.mechanism, record.data.name), scramOfRecord(record.data)) })
        break
      case 'RemoveUserScramCredentialRecord':
        this.#scram.add(scramKey(record.data.mechanism, record.data.name))
        this.#set({ scram: this.#image.scram.without(scramKey(record.data.mechanism, record.data.name)) })
        break
      case 'DelegationTokenRecord':
        this.#delegationTokens.add(record.data.tokenId)
        this.#set({ delegationTokens: this.#image.delegationTokens.with(record.data.tokenId, tokenOfRecord(record.data)) })
        break
      case 'RemoveDelegationTokenRecord':
        this.#delegationTokens.add(record.data.tokenId)
        this.#set({ delegationTokens: this.#image.delegationTokens.without(record.data.tokenId) })
        break
      case 'NoOpRecord':
      case 'ZkMigrationStateRecord':
      case 'BeginTransactionRecord':
      case 'EndTransactionRecord':
      case 'AbortTransactionRecord':
        break
    }
  }

  /** The builder is done after this. */
  finish(provenance: Provenance): { readonly delta: MetadataDelta; readonly image: MetadataImage } {
    const topics = this.#topics.finish()
    const delta: MetadataDelta = {
      before: this.#before,
      topics: topics.delta,
      brokers: this.#cluster.changedBrokers,
      controllers: this.#cluster.changedControllers,
      configs: this.#configs,
      features: this.#features,
      clientQuotas: this.#clientQuotas,
      acls: this.#acls,
      scram: this.#scram,
      delegationTokens: this.#delegationTokens,
      producerIds: this.#producerIds,
    }
    return { delta, image: { ...this.#image, provenance, topics: topics.image, cluster: this.#cluster.image } }
  }

  /** The settings of a topic go with it. */
  #removeTopic(id: Uuid): void {
    const name = this.#topics.removeTopic(id)
    const key = configKey(ConfigResourceType.TOPIC, name)
    if (!this.#image.configs.has(key)) return
    this.#noteConfig(ConfigResourceType.TOPIC, name)
    this.#set({ configs: this.#image.configs.without(key) })
  }

  #setNextProducerId(nextProducerId: number): void {
    if (nextProducerId < this.#image.nextProducerId) {
      throw replayError(`next producer id ${nextProducerId} is below ${this.#image.nextProducerId}`)
    }
    this.#producerIds = true
    this.#set({ nextProducerId })
  }

  #removeAcl(id: Uuid): void {
    if (!this.#image.acls.has(id)) throw replayError(`no access control entry ${id} to remove`)
    this.#acls.add(id)
    this.#set({ acls: this.#image.acls.without(id) })
  }

  #noteConfig(type: number, name: string): void {
    this.#configs.set(configKey(type, name), { type, name })
  }

  #set(change: Partial<MetadataImage>): void {
    this.#image = { ...this.#image, ...change }
  }
}
