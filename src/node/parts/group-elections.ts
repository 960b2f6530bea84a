import { OFFSETS_TOPIC } from '../../../protocol/internal-topics.ts'
import type { GroupCoordinator } from '../../group/group-coordinator.ts'
import type { MetadataDelta, MetadataPublisher, TopicDelta } from '../../metadata/delta.ts'
import type { TopicImage } from '../../metadata/image.ts'

/**
 * Tells the group coordinator which partitions of `__consumer_offsets` this node leads. Comes after replication, so that
 * the partitions serve when their shards load.
 */
export class GroupElections implements MetadataPublisher {
  readonly name = 'group-coordinator'
  readonly #nodeId: number
  readonly #groups: Pick<GroupCoordinator, 'onElection' | 'onResignation' | 'onTopicsDeleted'>
  readonly #led = new Set<number>()

  constructor(nodeId: number, groups: Pick<GroupCoordinator, 'onElection' | 'onResignation' | 'onTopicsDeleted'>) {
    this.#nodeId = nodeId
    this.#groups = groups
  }

  /** The partitions that this node leads. */
  get led(): ReadonlySet<number> {
    return this.#led
  }

  onUpdate(delta: MetadataDelta): void {
    const deleted = [...delta.topics.deleted.values()]
    for (const topic of deleted) if (topic.name === OFFSETS_TOPIC) this.#resignAll()
    for (const change of delta.topics.changed.values()) if (change.after.name === OFFSETS_TOPIC) this.#apply(change)
    if (deleted.length > 0) this.#groups.onTopicsDeleted(deleted)
  }

  #resignAll(): void {
    for (const index of this.#led) this.#groups.onResignation(index, null)
    this.#led.clear()
  }

  #apply({ after, partitions }: TopicDelta): void {
    for (const index of partitions) {
      const { leader, leaderEpoch } = after.partitions[index] as TopicImage['partitions'][number]
      if (leader === this.#nodeId) {
        this.#led.add(index)
        this.#groups.onElection(index, leaderEpoch)
      } else if (this.#led.delete(index)) this.#groups.onResignation(index, leaderEpoch)
    }
  }
}
