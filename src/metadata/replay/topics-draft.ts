import type { ClearElrRecord } from '../../../protocol/metadata/clear-elr-record.ts'
import type { PartitionChangeRecord } from '../../../protocol/metadata/partition-change-record.ts'
import type { PartitionRecord } from '../../../protocol/metadata/partition-record.ts'
import type { TopicRecord } from '../../../protocol/metadata/topic-record.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { TopicDelta, TopicsDelta } from '../delta.ts'
import type { PartitionImage, TopicImage, TopicsImage } from '../image.ts'
import { replayError } from '../replay-error.ts'
import { clearElr, mergePartition, partitionOfRecord } from './partition.ts'

interface TopicDraft {
  readonly before: TopicImage | null
  readonly name: string
  readonly id: Uuid
  /** A copy that this draft owns. */
  readonly partitions: PartitionImage[]
  readonly changed: Set<number>
}

/** Topics while records are replayed. A topic's partitions are copied once for each delta, not once for each record. */
export class TopicsDraft {
  readonly #before: TopicsImage
  readonly #drafts = new Map<Uuid, TopicDraft>()
  readonly #deleted = new Map<Uuid, TopicImage>()
  /** Names of topics made in this delta. */
  readonly #created = new Map<string, Uuid>()

  constructor(before: TopicsImage) {
    this.#before = before
  }

  createTopic(record: TopicRecord): void {
    if (this.#idOf(record.name) !== undefined) throw replayError(`topic ${record.name} exists already`, { topicId: record.topicId })
    if (this.#drafts.has(record.topicId) || this.#before.byId.has(record.topicId)) throw replayError(`topic id ${record.topicId} was given before`)
    this.#drafts.set(record.topicId, { before: null, name: record.name, id: record.topicId, partitions: [], changed: new Set() })
    this.#created.set(record.name, record.topicId)
  }

  setPartition(record: PartitionRecord): void {
    const draft = this.#draftOf(record.topicId)
    draft.partitions[record.partitionId] = partitionOfRecord(record)
    draft.changed.add(record.partitionId)
  }

  changePartition(record: PartitionChangeRecord): void {
    const draft = this.#draftOf(record.topicId)
    const partition = draft.partitions[record.partitionId]
    if (partition === undefined) throw replayError(`topic ${draft.name} has no partition ${record.partitionId} to change`)
    draft.partitions[record.partitionId] = mergePartition(partition, record)
    draft.changed.add(record.partitionId)
  }

  /** Returns the name of the removed topic. */
  removeTopic(id: Uuid): string {
    const draft = this.#drafts.get(id)
    const before = this.#deleted.has(id) ? undefined : this.#before.byId.get(id)
    const name = draft?.name ?? before?.name
    if (name === undefined) throw replayError(`no topic with id ${id} to remove`)
    this.#drafts.delete(id)
    if (this.#created.get(name) === id) this.#created.delete(name)
    if (before !== undefined) this.#deleted.set(id, before)
    return name
  }

  /** An empty name means all topics. Source: KIP-966. */
  clearElr(record: ClearElrRecord): void {
    if (record.topicName === '') {
      for (const id of this.#ids()) this.#clearElrOf(id)
      return
    }
    const id = this.#idOf(record.topicName)
    if (id === undefined) throw replayError(`no topic ${record.topicName} whose ELR could be cleared`)
    this.#clearElrOf(id)
  }

  finish(): { readonly image: TopicsImage; readonly delta: TopicsDelta } {
    let { byName, byId } = this.#before
    for (const topic of this.#deleted.values()) {
      byName = byName.without(topic.name)
      byId = byId.without(topic.id)
    }
    const changed = new Map<Uuid, TopicDelta>()
    for (const draft of this.#drafts.values()) {
      const delta = deltaOf(draft)
      changed.set(draft.id, delta)
      byName = byName.with(draft.name, delta.after)
      byId = byId.with(draft.id, delta.after)
    }
    return { image: changed.size + this.#deleted.size === 0 ? this.#before : { byName, byId }, delta: { changed, deleted: this.#deleted } }
  }

  #idOf(name: string): Uuid | undefined {
    const created = this.#created.get(name)
    if (created !== undefined) return created
    const before = this.#before.byName.get(name)
    return before === undefined || this.#deleted.has(before.id) ? undefined : before.id
  }

  #draftOf(id: Uuid): TopicDraft {
    const known = this.#drafts.get(id)
    if (known !== undefined) return known
    const before = this.#deleted.has(id) ? undefined : this.#before.byId.get(id)
    if (before === undefined) throw replayError(`no topic with id ${id}`)
    const draft: TopicDraft = { before, name: before.name, id, partitions: [...before.partitions], changed: new Set() }
    this.#drafts.set(id, draft)
    return draft
  }

  #ids(): Uuid[] {
    const ids = [...this.#before.byId.keys()].filter((id) => !this.#deleted.has(id))
    return [...ids, ...this.#created.values()]
  }

  #clearElrOf(id: Uuid): void {
    const draft = this.#draftOf(id)
    for (const [index, partition] of draft.partitions.entries()) {
      if (partition.eligibleLeaderReplicas.length + partition.lastKnownElr.length === 0) continue
      draft.partitions[index] = clearElr(partition)
      draft.changed.add(index)
    }
  }
}

function deltaOf(draft: TopicDraft): TopicDelta {
  for (let index = 0; index < draft.partitions.length; index++) {
    if (draft.partitions[index] === undefined) throw replayError(`topic ${draft.name} has a partition after ${index}, and none at ${index}`)
  }
  const partitions = [...draft.changed].sort((a, b) => a - b)
  return { before: draft.before, after: { name: draft.name, id: draft.id, partitions: draft.partitions }, partitions }
}
