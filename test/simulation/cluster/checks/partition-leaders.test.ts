import { describe, expect, it } from 'vitest'
import { batches } from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import { EMPTY_IMAGE, type MetadataImage, NO_LEADER, type PartitionImage } from '../../../../src/metadata/image.ts'
import { PersistentMap } from '../../../../src/metadata/persistent-map.ts'
import type { OwnLeadership } from '../node-view.ts'
import { epochKey, MetadataState } from './metadata-state.ts'
import { PartitionLeaders } from './partition-leaders.ts'

const TOPIC_ID = 'a-topic-with-ids-xxxxA' as Uuid

describe('an epoch of a partition', () => {
  it('has one leader in the images of all nodes', () => {
    const leaders = new PartitionLeaders()
    leaders.look(view([image(1, 4), image(2, 5)]), 1, 'one')
    leaders.look(view([image(2, 5)]), 2, 'two')
    expect(() => leaders.look(view([image(3, 5)]), 3, 'three')).toThrow(`epoch 5 of partition 0 of ${TOPIC_ID} is led by 2, and by 3 as an image of three says`)
  })

  it('is led by nobody who is not its leader', () => {
    const leaders = new PartitionLeaders()
    leaders.look(view([image(2, 5)], [{ topicId: TOPIC_ID, partition: 0, leaderEpoch: 5 }]), 2, 'two')
    expect(() => leaders.look(view([], [{ topicId: TOPIC_ID, partition: 0, leaderEpoch: 5 }]), 1, 'one')).toThrow('is led by 2, and by 1 as one itself says')
  })

  it('is, when all is committed, as the log says', () => {
    const leaders = new PartitionLeaders()
    leaders.look(view([image(2, 5)]), 2, 'two')
    const state = new MetadataState()
    state.partitionLeaders.set(epochKey(TOPIC_ID, 0, 5), 3)
    expect(() => leaders.lookAtCommitted(state, 'one')).toThrow('is led by 2, and by 3 as the log of one says')
  })

  it('without a leader has no records', () => {
    const leaders = new PartitionLeaders()
    leaders.look(view([image(1, 4), image(NO_LEADER, 5)]), 1, 'one')
    const log = (leaderEpoch: number) => ({
      ...{ machine: 'one', name: 't-0', topicId: TOPIC_ID, partition: 0 },
      batches: [...batches(buildBatch({ leaderEpoch }, [{ timestamp: 1, value: Buffer.from('a') }]))],
    })
    expect(() => leaders.lookAtLog(log(4))).not.toThrow()
    expect(() => leaders.lookAtLog(log(5))).toThrow('one has at 0 of t-0 what was appended in epoch 5, which had no leader')
  })
})

function view(images: readonly MetadataImage[], leading: readonly OwnLeadership[] = []) {
  return { takeImages: () => images, leading: () => leading }
}

function image(leader: number, leaderEpoch: number): MetadataImage {
  const partition: PartitionImage = {
    ...{ replicas: [1, 2, 3], directories: [], isr: [1, 2, 3], removingReplicas: [], addingReplicas: [], eligibleLeaderReplicas: [], lastKnownElr: [] },
    ...{ leader, leaderEpoch, partitionEpoch: leaderEpoch, leaderRecoveryState: 'recovered' },
  }
  const topic = { name: 't', id: TOPIC_ID, partitions: [partition] }
  return { ...EMPTY_IMAGE, topics: { byName: PersistentMap.from([[topic.name, topic]]), byId: PersistentMap.from([[topic.id, topic]]) } }
}
