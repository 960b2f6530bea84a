import { ok } from 'node:assert/strict'
import { type MetadataImage, NO_LEADER } from '../../../../src/metadata/image.ts'
import type { OwnLeadership } from '../node-view.ts'
import { epochKey, type MetadataState } from './metadata-state.ts'
import type { StoredLog } from './stored-logs.ts'

/** What is looked at of a `NodeView`. */
export interface SeenNode {
  takeImages(): readonly MetadataImage[]
  leading(): Iterable<OwnLeadership>
}

/**
 * A leader epoch of a partition has one leader, or none, whoever says so: images of the metadata, what was committed in the end,
 * and nodes of themselves; and what stands in a log was appended by a leader.
 * Source: KIP-101 rests on it.
 */
export class PartitionLeaders {
  /** By topic id, partition and leader epoch; `NO_LEADER` for an epoch without. */
  readonly #leaders = new Map<string, number>()
  /** Of the image that was looked at last, by node: most of what is in the next is the same. */
  readonly #seen = new Map<string, MetadataImage>()

  /** How many epochs had a leader. */
  get count(): number {
    return [...this.#leaders.values()].filter((leader) => leader !== NO_LEADER).length
  }

  look(view: SeenNode, nodeId: number, name: string): void {
    for (const image of view.takeImages()) this.#lookAtImage(image, name)
    for (const { topicId, partition, leaderEpoch } of view.leading()) this.#leads(epochKey(topicId, partition, leaderEpoch), nodeId, `${name} itself`)
  }

  /** @param state of a metadata log of which all is committed */
  lookAtCommitted(state: MetadataState, name: string): void {
    for (const [key, leader] of state.partitionLeaders) this.#leads(key, leader, `the log of ${name}`)
  }

  lookAtLog({ machine, name, topicId, partition, batches }: StoredLog): void {
    for (const { leaderEpoch, baseOffset } of batches) {
      const leader = this.#leaders.get(epochKey(topicId, partition, leaderEpoch))
      ok(leader !== NO_LEADER, `${machine} has at ${baseOffset} of ${name} what was appended in epoch ${leaderEpoch}, which had no leader`)
    }
  }

  #lookAtImage(image: MetadataImage, name: string): void {
    const before = this.#seen.get(name)
    this.#seen.set(name, image)
    for (const [topicId, topic] of image.topics.byId) {
      if (before?.topics.byId.get(topicId) === topic) continue
      for (const [partition, { leader, leaderEpoch }] of topic.partitions.entries()) {
        this.#leads(epochKey(topicId, partition, leaderEpoch), leader, `an image of ${name}`)
      }
    }
  }

  #leads(key: string, leader: number, where: string): void {
    const other = this.#leaders.get(key) ?? leader
    ok(other === leader, `${key} is led by ${other}, and by ${leader} as ${where} says`)
    this.#leaders.set(key, leader)
  }
}
