import { ErrorCode } from '../../../protocol/error-codes.ts'
import { type Uuid, uuidFromBytes } from '../../../protocol/uuid.ts'
import { type BrokerRegistration, EMPTY_IMAGE, type MetadataImage, NO_LEADER, type PartitionImage, type TopicImage } from '../../../src/metadata/image.ts'
import type { IsrAnswer, IsrCommand, IsrReply, ProposedIsr } from '../../../src/replication/isr/isr-changer.ts'

/** Of a broker. */
export const CLIENT_PORT = 9092

export function logDirIdOf(nodeId: number): Uuid {
  return uuidFromBytes(Buffer.alloc(16, 0x40 + nodeId))
}

/**
 * What a controller decides that replication depends on, and nothing else: brokers come and go, leaders are elected, in-sync
 * replicas change under the rules of KIP-497, KIP-841 and KIP-903. Each change is a new image; who follows is told of each.
 */
export class SmallController {
  image: MetadataImage = EMPTY_IMAGE
  /** Called after each change. */
  onChange: () => void = () => {}
  #nextEpoch = 1
  #nextTopic = 1

  /** A new incarnation, which may be in sync and lead again. @returns its broker epoch */
  register(id: number, host: string, rack: string | null = null): number {
    const epoch = this.#nextEpoch++
    const broker: BrokerRegistration = {
      id,
      epoch,
      incarnationId: uuidFromBytes(Buffer.alloc(16, epoch)),
      endpoints: [{ name: 'PLAINTEXT', host, port: CLIENT_PORT, securityProtocol: 0 }],
      features: [],
      rack,
      fenced: false,
      inControlledShutdown: false,
      isMigratingZkBroker: false,
      logDirs: [logDirIdOf(id)],
      cordonedLogDirs: null,
    }
    this.#setBroker(broker)
    this.#changeAll((partition) => (partition.leader === NO_LEADER && partition.isr.includes(id) ? elected(partition, id, partition.isr) : partition))
    this.onChange()
    return epoch
  }

  /** The broker is dead: others lead, and it leaves the in-sync replicas unless it is the last. */
  fence(id: number): void {
    const broker = this.image.cluster.brokers.get(id)
    if (broker === undefined) return
    this.#setBroker({ ...broker, fenced: true })
    this.#changeAll((partition) => {
      if (!partition.isr.includes(id)) return partition
      const isr = partition.isr.length === 1 ? partition.isr : partition.isr.filter((replica) => replica !== id)
      if (partition.leader !== id) return { ...partition, isr, partitionEpoch: partition.partitionEpoch + 1 }
      return elected(partition, isr.find((replica) => this.#isAlive(replica)) ?? NO_LEADER, isr)
    })
    this.onChange()
  }

  /** The broker stops in order, and nobody can take over what it leads. */
  shutDown(id: number): void {
    this.#setBroker({ ...(this.image.cluster.brokers.get(id) as BrokerRegistration), inControlledShutdown: true })
    this.onChange()
  }

  /** The broker stands in another rack from now on. */
  move(id: number, rack: string): void {
    this.#setBroker({ ...(this.image.cluster.brokers.get(id) as BrokerRegistration), rack })
    this.onChange()
  }

  createTopic(name: string, partitions: readonly (readonly number[])[]): TopicImage {
    const id = uuidFromBytes(Buffer.alloc(16, this.#nextTopic++))
    const topic = { name, id, partitions: partitions.map(newPartition) }
    this.#setTopic(topic)
    this.onChange()
    return topic
  }

  /** As an administrator would: another leader, other replicas. */
  changePartition(name: string, index: number, change: (partition: PartitionImage) => PartitionImage): void {
    const topic = this.image.topics.byName.get(name) as TopicImage
    this.#setTopic({ ...topic, partitions: topic.partitions.with(index, change(topic.partitions[index] as PartitionImage)) })
    this.onChange()
  }

  /** Makes `leader` lead, in sync or not. */
  elect(name: string, index: number, leader: number): void {
    this.changePartition(name, index, (partition) => elected(partition, leader, partition.isr.includes(leader) ? partition.isr : [leader]))
  }

  partition(name: string, index: number): PartitionImage {
    return this.image.topics.byName.get(name)?.partitions[index] as PartitionImage
  }

  alterPartition({ brokerId, brokerEpoch, topics }: IsrCommand): IsrReply {
    if (this.image.cluster.brokers.get(brokerId)?.epoch !== brokerEpoch) return { errorCode: ErrorCode.STALE_BROKER_EPOCH, topics: [] }
    const answers = topics.map(({ topicId, partitions }) => ({
      topicId,
      partitions: partitions.map((asked) => ({ partition: asked.partition, ...this.#alter(brokerId, topicId, asked) })),
    }))
    this.onChange()
    return { errorCode: ErrorCode.NONE, topics: answers }
  }

  #alter(brokerId: number, topicId: Uuid, asked: ProposedIsr): IsrAnswer {
    const topic = this.image.topics.byId.get(topicId)
    const partition = topic?.partitions[asked.partition]
    if (topic === undefined || partition === undefined) return refused(ErrorCode.UNKNOWN_TOPIC_ID)
    if (asked.leaderEpoch !== partition.leaderEpoch || partition.leader !== brokerId) return refused(ErrorCode.FENCED_LEADER_EPOCH)
    if (asked.partitionEpoch !== partition.partitionEpoch) return refused(ErrorCode.INVALID_UPDATE_VERSION)
    if (!asked.isr.every(({ brokerId: id, brokerEpoch }) => this.#isAlive(id) && brokerEpoch === this.image.cluster.brokers.get(id)?.epoch)) {
      return refused(ErrorCode.INELIGIBLE_REPLICA)
    }
    const state = { ...partition, isr: asked.isr.map(({ brokerId: id }) => id), partitionEpoch: partition.partitionEpoch + 1 }
    this.#setTopic({ ...topic, partitions: topic.partitions.with(asked.partition, state) })
    return { errorCode: ErrorCode.NONE, state }
  }

  #isAlive(id: number): boolean {
    return this.image.cluster.brokers.get(id)?.fenced === false
  }

  #changeAll(change: (partition: PartitionImage) => PartitionImage): void {
    for (const topic of this.image.topics.byId.values()) this.#setTopic({ ...topic, partitions: topic.partitions.map(change) })
  }

  #setBroker(broker: BrokerRegistration): void {
    const { cluster } = this.image
    this.image = { ...this.image, cluster: { ...cluster, brokers: cluster.brokers.with(broker.id, broker) } }
  }

  #setTopic(topic: TopicImage): void {
    const { byName, byId } = this.image.topics
    this.image = { ...this.image, topics: { byName: byName.with(topic.name, topic), byId: byId.with(topic.id, topic) } }
  }
}

function newPartition(replicas: readonly number[]): PartitionImage {
  return {
    replicas,
    directories: replicas.map(logDirIdOf),
    isr: replicas,
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    leader: replicas[0] as number,
    leaderEpoch: 0,
    partitionEpoch: 0,
    leaderRecoveryState: 'recovered',
  }
}

function elected(partition: PartitionImage, leader: number, isr: readonly number[]): PartitionImage {
  return { ...partition, leader, isr, leaderEpoch: partition.leaderEpoch + 1, partitionEpoch: partition.partitionEpoch + 1 }
}

function refused(errorCode: ErrorCode): IsrAnswer {
  return { errorCode, state: null }
}
