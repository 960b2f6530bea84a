import { describe, expect, it } from 'vitest'
import { batches } from '../../../../protocol/records/batch.ts'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { METADATA_TOPIC_ID, ZERO_UUID } from '../../../../protocol/uuid.ts'
import { encodeElectionState, QUORUM_STATE_FILE } from '../../../../src/raft/election-state.ts'
import { World } from '../../../support/world/world.ts'
import { type FoundRecord, PartitionModel } from '../roles/partition-model.ts'
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

  it('may part below what is to be deleted, and nowhere else', () => {
    const one: readonly Entry[] = [...shared, [2, 3, 'd'], [3, 3, 'e']]
    const other: readonly Entry[] = [
      [0, 1, 'a'],
      [1, 2, 'b'],
      [2, 3, 'd'],
      [3, 3, 'e'],
    ]
    const logs = [log('one', one), log('other', other)]
    expect(() => checkLogsMatch(logs, () => 2)).not.toThrow()
    expect(() => checkLogsMatch([log('one', one), log('other', other)], () => 1)).toThrow(/the logs of t-0 part/)
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
    made.onSent({ producerEpoch: 0, sequence: 0 }, ['a', 'b', 'c'])
    return made
  }
  const found = (offset: number, sequence: number, producerEpoch = 0): FoundRecord => ({
    offset,
    sequence,
    producerEpoch,
    value: ['abc', 'bc'][producerEpoch]?.[sequence] as string,
  })
  const acknowledge = (partition: PartitionModel, offset: number, sequence: number) =>
    partition.onAcknowledged(offset, { producerEpoch: 0, sequence }, [found(offset, sequence).value])

  it('sees an acknowledged record that is lost', () => {
    const partition = model()
    acknowledge(partition, 0, 0)
    acknowledge(partition, 1, 1)
    expect(() => partition.onWhole(0, [found(0, 0)])).toThrow('b was acknowledged at 1, where undefined is')
  })

  it('sees a record that is there twice', () => {
    const partition = model()
    expect(() => partition.onWhole(0, [found(0, 0), found(1, 0), found(2, 1)])).toThrow('number 0 of epoch 0 at 1 follows number 0 of epoch 0 at 0')
  })

  it('sees records that are gone and were not to be deleted', () => {
    const partition = model()
    partition.onDeletionAsked(1)
    expect(() => partition.onStart(1)).not.toThrow()
    expect(() => partition.onWhole(2, [found(2, 2)])).toThrow('the log begins at 2, and records before 1 were to be deleted')
  })

  it('sees that what was read is there no longer', () => {
    const partition = model()
    partition.onRead(found(0, 0))
    partition.onRead(found(1, 1))
    expect(() => partition.onWhole(0, [found(0, 0)])).toThrow('was read up to 2, and ends at 1')
  })

  it('sees records out of order', () => {
    const partition = model()
    partition.onRead(found(0, 0))
    expect(() => partition.onRead(found(1, 2))).toThrow('number 2 of epoch 0 at 1 follows number 0 of epoch 0 at 0')
  })

  it('sees acknowledged records out of order, though nobody has read them', () => {
    const partition = model()
    acknowledge(partition, 3, 1)
    expect(() => acknowledge(partition, 5, 0)).toThrow('number 0 of epoch 0 at 5 is acknowledged, and number 1 of epoch 0 at 3 was')
  })

  it('sees a record with a stamp under which another was sent', () => {
    const partition = model()
    expect(() => partition.onRead({ ...found(0, 0), value: 'b' })).toThrow('number 0 of epoch 0 at 0 is b, and a was sent so')
  })

  it('lets what was sent anew in another epoch be there twice, in the order of the epochs', () => {
    const partition = model()
    partition.onSent({ producerEpoch: 1, sequence: 0 }, ['b', 'c'])
    const twice = [found(0, 0), found(1, 1), found(2, 0, 1), found(3, 1, 1)]
    expect(() => partition.onWhole(0, twice)).not.toThrow()
    expect(() => partition.onWhole(0, [...twice, found(4, 2)])).toThrow('number 2 of epoch 0 at 4 follows number 1 of epoch 1 at 3')
  })

  it('lets records be left out only where all in front of them may be deleted', () => {
    const partition = model()
    partition.onRead(found(0, 0))
    partition.onDeletionAsked(1)
    expect(() => partition.onRead(found(1, 2))).not.toThrow()
  })

  it('lets an earlier batch be the first one where all in front of it may be deleted, and the producer forgotten', () => {
    const partition = model()
    for (const number of [0, 1, 2]) partition.onRead(found(number, number))
    acknowledge(partition, 2, 2)
    expect(partition.mayHaveForgottenProducer).toBe(false)
    partition.onDeletionAsked(3)
    acknowledge(partition, 3, 0)
    partition.onRead(found(3, 0))
    expect(partition.mayHaveForgottenProducer).toBe(true)
    expect(() => partition.onRead(found(4, 2))).toThrow('number 2 of epoch 0 at 4 follows number 0 of epoch 0 at 3')
    expect(() => acknowledge(partition, 5, 0)).toThrow('number 0 of epoch 0 at 5 is acknowledged, and number 0 of epoch 0 at 3 was')
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
