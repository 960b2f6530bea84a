import { describe, expect, it } from 'vitest'
import { batches } from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { METADATA_TOPIC_ID, ZERO_UUID } from '../../../../protocol/uuid.ts'
import { encodeElectionState, QUORUM_STATE_FILE } from '../../../../src/raft/election-state.ts'
import { World } from '../../../support/world/world.ts'
import { PartitionModel } from '../roles/partition-model.ts'
import { checkLogsMatch } from './log-matching.ts'
import { QuorumCheck } from './quorum-check.ts'
import { METADATA_LOG, type StoredLog, storedMetadataLog } from './stored-logs.ts'

type Entry = readonly [offset: number, epoch: number, value: string]

describe('the logs of a partition', () => {
  const shared: readonly Entry[] = [
    [0, 1, 'a'],
    [1, 1, 'b'],
  ]

  it.each<readonly [string, readonly Entry[], readonly Entry[]]>([
    ['one of which lags', [...shared, [2, 1, 'c']], shared],
    ['whose ends are of other epochs', [...shared, [2, 1, 'c']], [...shared, [2, 2, 'd']]],
    [
      'of which one begins later',
      [...shared, [2, 1, 'c']],
      [
        [1, 1, 'b'],
        [2, 1, 'c'],
      ],
    ],
  ])('agree, %s', (_what, one, other) => {
    expect(() => checkLogsMatch([log('one', one), log('other', other)])).not.toThrow()
  })

  it.each<readonly [string, readonly Entry[], readonly Entry[]]>([
    [
      'with other records at an offset of the same epoch',
      shared,
      [
        [0, 1, 'a'],
        [1, 1, 'x'],
      ],
    ],
    [
      'with other records before what they share',
      shared,
      [
        [0, 0, 'x'],
        [1, 1, 'b'],
      ],
    ],
    [
      'with a gap before what they share',
      [...shared, [2, 1, 'c']],
      [
        [0, 1, 'a'],
        [2, 1, 'c'],
      ],
    ],
  ])('part, %s', (_what, one, other) => {
    expect(() => checkLogsMatch([log('one', one), log('other', other)])).toThrow(/the logs of t-0 part/)
  })

  it('are read up to what a torn write left', async () => {
    const world = new World({ seed: 1 })
    const { disk } = world.node('a').ports
    const [first, second] = [batchOf([0, 1, 'a']), batchOf([1, 1, 'b'])]
    await world.complete(disk.makeDirectory(`/data/${METADATA_LOG}`))
    await world.complete(disk.writeFileAtomic(`/data/${METADATA_LOG}/00000000000000000000.log`, Buffer.concat([first, second.subarray(0, second.length - 1)])))
    expect(storedMetadataLog(world.node('a'), '/data')?.batches.map(({ baseOffset }) => baseOffset)).toEqual([0])
  })
})

describe('elections', () => {
  it('have one leader for each epoch, whoever says so', async () => {
    const { look } = await machines()
    await look('a', { epoch: 3, leaderId: 1, voted: null })
    await expect(look('b', { epoch: 3, leaderId: 2, voted: null })).rejects.toThrow("the quorum's epoch 3 is led by 1, and by 2")
  })

  it('have one vote of each node', async () => {
    const { look } = await machines()
    await look('a', { epoch: 3, leaderId: null, voted: { id: 1, directoryId: ZERO_UUID } })
    await look('b', { epoch: 3, leaderId: null, voted: { id: 2, directoryId: ZERO_UUID } })
    await expect(look('a', { epoch: 3, leaderId: null, voted: { id: 2, directoryId: ZERO_UUID } })).rejects.toThrow('a votes for 1 and for 2 in epoch 3')
  })

  it('have epochs that do not go back', async () => {
    const { look } = await machines()
    await look('a', { epoch: 3, leaderId: null, voted: null })
    await expect(look('a', { epoch: 2, leaderId: null, voted: null })).rejects.toThrow('the epoch of a goes back from 3 to 2')
  })
})

describe('what a producer and a consumer know of a partition', () => {
  const model = () => {
    const made = new PartitionModel({ topic: 't', partition: 0 })
    made.sent.push('a', 'b', 'c')
    return made
  }

  it('sees an acknowledged record that is lost', () => {
    const partition = model()
    partition.onAcknowledged(0, 'a')
    partition.onAcknowledged(1, 'b')
    expect(() => partition.onWhole(0, ['a'])).toThrow('b was acknowledged at 1, where undefined is')
  })

  it('sees a record that is there twice', () => {
    const partition = model()
    expect(() => partition.onWhole(0, ['a', 'a', 'b'])).toThrow('a is at 1, where b belongs')
  })

  it('sees records that are gone and were not to be deleted', () => {
    const partition = model()
    partition.onDeletionAsked(1)
    expect(() => partition.onStart(1)).not.toThrow()
    expect(() => partition.onWhole(2, ['c'])).toThrow('the log begins at 2, and records before 1 were to be deleted')
  })

  it('sees that what was read is there no longer', () => {
    const partition = model()
    partition.onRead(0, 'a')
    partition.onRead(1, 'b')
    expect(() => partition.onWhole(0, ['a'])).toThrow('was read up to 2, and ends at 1')
  })

  it('sees records out of order', () => {
    const partition = model()
    partition.onRead(0, 'a')
    expect(() => partition.onRead(1, 'c')).toThrow('c is read at 1, where b belongs')
  })
})

function log(machine: string, entries: readonly Entry[]): StoredLog {
  return { machine, name: 't-0', topicId: METADATA_TOPIC_ID, partition: 0, batches: [...batches(Buffer.concat(entries.map(batchOf)))] }
}

function batchOf([baseOffset, leaderEpoch, value]: Entry): Buffer {
  return buildBatch({ baseOffset, leaderEpoch }, [{ timestamp: 1, value: Buffer.from(value) }])
}

async function machines() {
  const world = new World({ seed: 1 })
  const check = new QuorumCheck({ namesDirectories: false })
  return {
    look: async (name: string, state: Parameters<typeof encodeElectionState>[0]) => {
      const { disk } = world.node(name).ports
      await world.complete(disk.makeDirectory(`/data/${METADATA_LOG}`))
      await world.complete(disk.writeFileAtomic(`/data/${METADATA_LOG}/${QUORUM_STATE_FILE}`, encodeElectionState(state, 1, [])))
      check.look(world.node(name), '/data')
    },
  }
}
