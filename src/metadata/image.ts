import { type Uuid, ZERO_UUID } from '../../protocol/uuid.ts'
import { PersistentMap } from './persistent-map.ts'

/**
 * The cluster's state after the record at `provenance.offset`: immutable, and cheap to keep since consecutive images
 * share what did not change. `MetadataDeltaBuilder` makes the next one from records; `image-records.ts` turns one back into records.
 */
export interface MetadataImage {
  readonly provenance: Provenance
  readonly features: FeaturesImage
  readonly cluster: ClusterImage
  readonly topics: TopicsImage
  /** By `configKey(type, name)`; a resource without settings is absent. */
  readonly configs: PersistentMap<string, ConfigImage>
  /** By `quotaEntityKey(entity)`. */
  readonly clientQuotas: PersistentMap<string, ClientQuotaImage>
  /** The first producer id of the next block. */
  readonly nextProducerId: number
  readonly acls: PersistentMap<Uuid, AclImage>
  /** By `scramKey(mechanism, user)`. */
  readonly scram: PersistentMap<string, ScramImage>
  /** By token id. */
  readonly delegationTokens: PersistentMap<string, DelegationTokenImage>
}

/** The last record that an image contains. Offset -1: none. */
export interface Provenance {
  readonly offset: number
  readonly epoch: number
  /** When the batch of that record was appended, as its leader's clock said. */
  readonly appendedMs: number
}

export interface FeaturesImage {
  /** The level of `metadata.version`; 0 before the first record. */
  readonly metadataVersion: number
  /** The finalized levels of the other features; those at 0 are absent. */
  readonly levels: ReadonlyMap<string, number>
}

export interface ClusterImage {
  readonly brokers: PersistentMap<number, BrokerRegistration>
  readonly controllers: PersistentMap<number, ControllerRegistration>
}

export interface EndpointImage {
  /** Listener name, as in `advertised.listeners`. */
  readonly name: string
  readonly host: string
  readonly port: number
  /** 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number
}

export interface SupportedFeature {
  readonly name: string
  readonly minSupportedVersion: number
  readonly maxSupportedVersion: number
}

export interface BrokerRegistration {
  readonly id: number
  readonly epoch: number
  readonly incarnationId: Uuid
  readonly endpoints: readonly EndpointImage[]
  readonly features: readonly SupportedFeature[]
  readonly rack: string | null
  readonly fenced: boolean
  readonly inControlledShutdown: boolean
  readonly isMigratingZkBroker: boolean
  /** Directory ids, sorted. */
  readonly logDirs: readonly Uuid[]
  /** Directories that take no new partitions; null when the broker never said (KIP-1066). */
  readonly cordonedLogDirs: readonly Uuid[] | null
}

export interface ControllerRegistration {
  readonly id: number
  readonly incarnationId: Uuid
  readonly zkMigrationReady: boolean
  readonly endpoints: readonly EndpointImage[]
  readonly features: readonly SupportedFeature[]
}

export interface TopicsImage {
  readonly byName: PersistentMap<string, TopicImage>
  readonly byId: PersistentMap<Uuid, TopicImage>
}

export interface TopicImage {
  readonly name: string
  readonly id: Uuid
  /** Partition p stands at index p. */
  readonly partitions: readonly PartitionImage[]
}

export const NO_LEADER = -1

/** Directory ids that stand for no directory. Source: KIP-858, org.apache.kafka.common.DirectoryId. */
export const DirectoryId = {
  /** The replica's directory was never told. */
  MIGRATING: ZERO_UUID,
  /** The broker has several directories and did not choose yet. */
  UNASSIGNED: 'AAAAAAAAAAAAAAAAAAAAAQ' as Uuid,
  /** The directory that held the replica failed. */
  LOST: 'AAAAAAAAAAAAAAAAAAAAAg' as Uuid,
} as const

export interface PartitionImage {
  /** Broker ids, the preferred leader first. */
  readonly replicas: readonly number[]
  /** The directory of each replica, in the order of `replicas`. */
  readonly directories: readonly Uuid[]
  readonly isr: readonly number[]
  readonly removingReplicas: readonly number[]
  readonly addingReplicas: readonly number[]
  /** KIP-966. */
  readonly eligibleLeaderReplicas: readonly number[]
  /** KIP-966. */
  readonly lastKnownElr: readonly number[]
  /** A broker id or `NO_LEADER`. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  /** Whether the leader was elected uncleanly and may have lost records (KIP-704). */
  readonly leaderRecoveryState: 'recovered' | 'recovering'
}

/** Kafka's ConfigResource.Type. */
export const ConfigResourceType = { TOPIC: 2, BROKER: 4, BROKER_LOGGER: 8, CLIENT_METRICS: 16, GROUP: 32 } as const

export interface ConfigImage {
  readonly type: number
  /** A broker's default settings have the name ''. */
  readonly name: string
  readonly values: ReadonlyMap<string, string>
}

export interface QuotaEntityPart {
  /** `user`, `client-id` or `ip`. */
  readonly type: string
  /** null for the default entity. */
  readonly name: string | null
}

export interface ClientQuotaImage {
  readonly entity: readonly QuotaEntityPart[]
  readonly quotas: ReadonlyMap<string, number>
}

export interface AclImage {
  readonly id: Uuid
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

export interface ScramImage {
  readonly user: string
  /** 1 SCRAM-SHA-256, 2 SCRAM-SHA-512. */
  readonly mechanism: number
  readonly salt: Buffer
  readonly storedKey: Buffer
  readonly serverKey: Buffer
  readonly iterations: number
}

export interface DelegationTokenImage {
  readonly tokenId: string
  readonly owner: string
  readonly requester: string
  readonly renewers: readonly string[]
  readonly issueTimestampMs: number
  readonly maxTimestampMs: number
  readonly expirationTimestampMs: number
}

export const EMPTY_IMAGE: MetadataImage = {
  provenance: { offset: -1, epoch: -1, appendedMs: -1 },
  features: { metadataVersion: 0, levels: new Map() },
  cluster: { brokers: PersistentMap.empty(), controllers: PersistentMap.empty() },
  topics: { byName: PersistentMap.empty(), byId: PersistentMap.empty() },
  configs: PersistentMap.empty(),
  clientQuotas: PersistentMap.empty(),
  nextProducerId: 0,
  acls: PersistentMap.empty(),
  scram: PersistentMap.empty(),
  delegationTokens: PersistentMap.empty(),
}

/** @param type a `ConfigResourceType`; @param name of the resource, '' for the default of all brokers */
export function configKey(type: number, name: string): string {
  return `${type}:${name}`
}

/** A user has one credential for each mechanism. */
export function scramKey(mechanism: number, user: string): string {
  return `${mechanism}:${user}`
}

/** The same for the same parts in any order. */
export function quotaEntityKey(entity: readonly QuotaEntityPart[]): string {
  return JSON.stringify(entity.map((part) => [part.type, part.name]).sort((a, b) => ((a[0] as string) < (b[0] as string) ? -1 : 1)))
}

const NO_SETTINGS: ReadonlyMap<string, string> = new Map()

/** The settings written for one resource: what overrides the node's own. */
export function configOverrides(image: MetadataImage, type: number, name: string): ReadonlyMap<string, string> {
  return image.configs.get(configKey(type, name))?.values ?? NO_SETTINGS
}

/** The registration's endpoint on the listener of that name, or undefined when it has none. */
export function endpointOf(broker: BrokerRegistration, listenerName: string): EndpointImage | undefined {
  return broker.endpoints.find((endpoint) => endpoint.name === listenerName)
}
