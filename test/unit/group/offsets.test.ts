import { describe, expect, it } from 'vitest'
import { OffsetCommitKey, OffsetCommitValue } from '../../../protocol/coordinator/group/offset-commit.ts'
import { ErrorCode, errorName } from '../../../protocol/error-codes.ts'
import type { OffsetCommitRequest } from '../../../protocol/messages/offset-commit.ts'
import { OffsetCommitResponse } from '../../../protocol/messages/offset-commit.ts'
import { OffsetDeleteResponse } from '../../../protocol/messages/offset-delete.ts'
import { type OffsetFetchRequest, OffsetFetchResponse } from '../../../protocol/messages/offset-fetch.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { controlRecordKey } from '../../../protocol/records/control-record.ts'
import { encodeToBuffer } from '../../../protocol/schema/codec.ts'
import { type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import { commitRequest, committedOffsets, context, fetchRequest, GroupBench, received, topicIds } from './group-bench.ts'

const UNKNOWN_ID = 'BBBBBBBBBBBBBBBBBBBBBA' as Uuid
const DAY_MS = 24 * 3_600_000

async function commit(bench: GroupBench, request: OffsetCommitRequest, apiVersion = 9): Promise<Record<string, string>> {
  const answer = received(OffsetCommitResponse, await bench.complete(bench.groups.offsetCommit(context(apiVersion), request)), apiVersion)
  const told: Record<string, string> = {}
  for (const { name, topicId, partitions } of answer.topics) {
    for (const { partitionIndex, errorCode } of partitions) told[`${apiVersion >= 10 ? topicId : name}-${partitionIndex}`] = errorName(errorCode)
  }
  return told
}

async function fetch(bench: GroupBench, request: OffsetFetchRequest, apiVersion: number) {
  return received(OffsetFetchResponse, await bench.complete(bench.groups.offsetFetch(context(apiVersion), request)), apiVersion)
}

describe('committing offsets', () => {
  it('needs no member where nobody is one', async () => {
    const bench = await GroupBench.start()
    expect(await commit(bench, commitRequest({ 't-0': 5, 'u-1': 7 }))).toEqual({ 't-0': 'NONE', 'u-1': 'NONE' })
    expect(await committedOffsets(bench)).toEqual({ 't-0': 5, 'u-1': 7 })
    await bench.reload()
    expect(await committedOffsets(bench)).toEqual({ 't-0': 5, 'u-1': 7 })
  })

  it('in a generation needs the group', async () => {
    const bench = await GroupBench.start()
    const request = commitRequest({ 't-0': 5 }, { generationIdOrMemberEpoch: 3, memberId: 'm' })
    expect(await commit(bench, request, 8)).toEqual({ 't-0': 'ILLEGAL_GENERATION' })
    expect(await commit(bench, request, 9)).toEqual({ 't-0': 'GROUP_ID_NOT_FOUND' })
  })

  it('refuses what does not exist, and takes the rest', async () => {
    const bench = await GroupBench.start()
    expect(await commit(bench, commitRequest({ 't-0': 5, 't-9': 6, 'nothing-0': 7 }))).toEqual({
      't-0': 'NONE',
      't-9': 'UNKNOWN_TOPIC_OR_PARTITION',
      'nothing-0': 'UNKNOWN_TOPIC_OR_PARTITION',
    })
    expect(await committedOffsets(bench)).toEqual({ 't-0': 5 })
  })

  it('names topics by id from version 10 on', async () => {
    const bench = await GroupBench.start()
    const request = commitRequest({ 't-0': 5, 'x-0': 6 })
    const topics = request.topics.map((topic) => ({ ...topic, name: '', topicId: topic.name === 'x' ? UNKNOWN_ID : topic.topicId }))
    expect(await commit(bench, { ...request, topics }, 10)).toEqual({ [`${topicIds.t}-0`]: 'NONE', [`${UNKNOWN_ID}-0`]: 'UNKNOWN_TOPIC_ID' })
    expect(await committedOffsets(bench)).toEqual({ 't-0': 5 })
  })

  it('refuses metadata that is too long, for that partition', async () => {
    const bench = await GroupBench.start({ offsetMetadataMaxLength: 3 })
    const { topics, ...rest } = commitRequest({ 't-0': 5, 't-1': 6 })
    const withMetadata = topics.map((topic) => ({
      ...topic,
      partitions: topic.partitions.map((partition) => ({ ...partition, committedMetadata: partition.partitionIndex === 0 ? 'four' : 'äöü' })),
    }))
    expect(await commit(bench, { ...rest, topics: withMetadata })).toEqual({ 't-0': 'OFFSET_METADATA_TOO_LARGE', 't-1': 'NONE' })
  })

  it('that cannot be written leaves what was', async () => {
    const bench = await GroupBench.start()
    await commit(bench, commitRequest({ 't-0': 5 }))
    bench.log.failNext(ErrorCode.NOT_ENOUGH_REPLICAS)
    expect(await commit(bench, commitRequest({ 't-0': 6 }))).toEqual({ 't-0': 'COORDINATOR_NOT_AVAILABLE' })
    expect(await committedOffsets(bench)).toEqual({ 't-0': 5 })
  })

  it('of a group that cannot be written does not make it', async () => {
    const bench = await GroupBench.start()
    bench.log.failNext(ErrorCode.KAFKA_STORAGE_ERROR)
    expect(await commit(bench, commitRequest({ 't-0': 6 }))).toEqual({ 't-0': 'NOT_COORDINATOR' })
    const { groups } = await bench.groups.listGroups(context(5), { statesFilter: [], typesFilter: [] })
    expect(groups).toEqual([])
  })

  it('of a group whose name does not fit into a record is refused, and hurts nobody else', async () => {
    const bench = await GroupBench.start()
    expect(await commit(bench, commitRequest({ 't-0': 5 }, { groupId: 'g'.repeat(40_000) }))).toEqual({ 't-0': 'UNKNOWN_SERVER_ERROR' })
    expect(await commit(bench, commitRequest({ 't-0': 5 }))).toEqual({ 't-0': 'NONE' })
  })

  it('takes as much time for each as it was given, before version 5', async () => {
    const bench = await GroupBench.start({ offsetsRetentionCheckIntervalMs: 1000 })
    await commit(bench, commitRequest({ 't-0': 5 }, { retentionTimeMs: 10_000 }), 4)
    await commit(bench, commitRequest({ 't-1': 5 }), 4)
    await bench.world.run(9000)
    expect(await committedOffsets(bench)).toEqual({ 't-0': 5, 't-1': 5 })
    await bench.world.run(2000)
    expect(await committedOffsets(bench)).toEqual({ 't-1': 5 })
  })
})

describe('fetching offsets', () => {
  const names = { name: 't', topicId: ZERO_UUID, partitionIndexes: [0, 1] }

  it('gives -1 where there is none', async () => {
    const bench = await GroupBench.start()
    await commit(bench, commitRequest({ 't-0': 5 }))
    const request: OffsetFetchRequest = { groupId: 'g', topics: [names], groups: [], requireStable: false }
    const none = { partitionIndex: 1, committedOffset: -1, committedLeaderEpoch: -1, metadata: '', errorCode: 0 }
    const { topics, errorCode } = await fetch(bench, request, 7)
    expect(errorCode).toBe(0)
    expect(topics).toEqual([{ name: 't', partitions: [{ ...none, partitionIndex: 0, committedOffset: 5 }, none] }])
    expect((await fetch(bench, { ...request, groupId: 'nobody' }, 7)).topics[0]?.partitions).toEqual([{ ...none, partitionIndex: 0 }, none])
  })

  it('answers many groups in one request', async () => {
    const bench = await GroupBench.start()
    await commit(bench, commitRequest({ 't-0': 5 }))
    await commit(bench, commitRequest({ 't-1': 8 }, { groupId: 'h' }))
    const groups = ['g', 'h'].map((groupId) => ({ groupId, memberId: null, memberEpoch: -1, topics: groupId === 'g' ? [names] : null }))
    const answer = await fetch(bench, { groupId: '', topics: [], groups, requireStable: false }, 8)
    expect(answer.groups.map(({ topics }) => topics.map(({ partitions }) => partitions.map(({ committedOffset }) => committedOffset)))).toEqual([
      [[5, -1]],
      [[8]],
    ])
  })

  it('names topics by id from version 10 on', async () => {
    const bench = await GroupBench.start()
    await commit(bench, commitRequest({ 't-0': 5 }))
    const topics = [topicIds.t as Uuid, UNKNOWN_ID].map((topicId) => ({ name: '', topicId, partitionIndexes: [0] }))
    const ask = (wanted: typeof topics | null) => ({
      groupId: '',
      topics: [],
      groups: [{ groupId: 'g', memberId: null, memberEpoch: -1, topics: wanted }],
      requireStable: false,
    })
    const told = (answer: Awaited<ReturnType<typeof fetch>>) =>
      answer.groups[0]?.topics.map(({ topicId, partitions }) => [topicId, partitions[0]?.committedOffset, errorName(partitions[0]?.errorCode ?? -1)])
    expect(told(await fetch(bench, ask(topics), 10))).toEqual([
      [topicIds.t, 5, 'NONE'],
      [UNKNOWN_ID, -1, 'UNKNOWN_TOPIC_ID'],
    ])
    expect(told(await fetch(bench, ask(null), 10))).toEqual([[topicIds.t, 5, 'NONE']])
  })

  it('does not give the offset of a topic that had the name before', async () => {
    const bench = await GroupBench.start()
    bench.log.appendForeign(offsetBatch({ offset: 5, topicId: UNKNOWN_ID }))
    await bench.reload()
    const topics = [{ name: '', topicId: topicIds.t as Uuid, partitionIndexes: [0] }]
    const answer = await fetch(
      bench,
      { groupId: '', topics: [], groups: [{ groupId: 'g', memberId: null, memberEpoch: -1, topics }], requireStable: false },
      10,
    )
    expect(answer.groups[0]?.topics[0]?.partitions[0]?.committedOffset).toBe(-1)
  })

  it('reads what is committed, or waits for it when it must be stable', async () => {
    const bench = await GroupBench.start()
    await commit(bench, commitRequest({ 't-0': 5 }))
    bench.log.hold()
    void bench.groups.offsetCommit(context(9), commitRequest({ 't-0': 6 }))
    await bench.world.run(10)
    expect(await committedOffsets(bench)).toEqual({ 't-0': 5 })
    const stable = bench.groups.offsetFetch(context(9), fetchRequest('g', { requireStable: true }))
    await bench.world.run(10)
    bench.log.release()
    const answer = received(OffsetFetchResponse, await bench.complete(stable), 9)
    expect(answer.groups[0]?.topics[0]?.partitions[0]?.committedOffset).toBe(6)
  })

  it('before version 2 tells errors at each partition', async () => {
    const bench = await GroupBench.start()
    bench.groups.onResignation(0, null)
    const request: OffsetFetchRequest = { groupId: 'g', topics: [names], groups: [], requireStable: false }
    expect((await fetch(bench, request, 1)).topics[0]?.partitions.map(({ errorCode }) => errorCode)).toEqual([16, 16])
    expect((await fetch(bench, request, 2)).errorCode).toBe(ErrorCode.NOT_COORDINATOR)
  })
})

describe('offsets of a transaction', () => {
  it('are unstable until it ends, and count once it is committed', async () => {
    const bench = await GroupBench.start()
    await commit(bench, commitRequest({ 't-0': 5 }))
    bench.log.appendForeign(offsetBatch({ offset: 9, producerId: 77 }))
    await bench.reload()
    expect(await committedOffsets(bench)).toEqual({ 't-0': 5 })
    expect(await committedOffsets(bench, 'g', { requireStable: true })).toEqual({ 't-0': 'UNSTABLE_OFFSET_COMMIT' })
    bench.log.appendForeign(marker('commit', 77))
    await bench.reload()
    expect(await committedOffsets(bench, 'g', { requireStable: true })).toEqual({ 't-0': 9 })
  })

  it('are as if they had never been when it is aborted', async () => {
    const bench = await GroupBench.start()
    bench.log.appendForeign(offsetBatch({ offset: 9, producerId: 77 }))
    bench.log.appendForeign(marker('abort', 77))
    await bench.reload()
    expect(await committedOffsets(bench, 'g', { requireStable: true })).toEqual({})
  })

  it('do not overwrite what was committed after them', async () => {
    const bench = await GroupBench.start()
    bench.log.appendForeign(offsetBatch({ offset: 9, producerId: 77 }))
    await bench.reload()
    await commit(bench, commitRequest({ 't-0': 12 }))
    bench.log.appendForeign(marker('commit', 77))
    await bench.reload()
    expect(await committedOffsets(bench)).toEqual({ 't-0': 12 })
  })
})

describe('deleting', () => {
  const deleteOffsets = async (bench: GroupBench, groupId: string, ...partitions: readonly (readonly [string, number])[]) => {
    const topics = partitions.map(([name, partitionIndex]) => ({ name, partitions: [{ partitionIndex }] }))
    const answer = received(OffsetDeleteResponse, await bench.complete(bench.groups.offsetDelete(context(0), { groupId, topics })), 0)
    return [errorName(answer.errorCode), ...answer.topics.map((topic) => errorName(topic.partitions[0]?.errorCode ?? -1))]
  }

  it('offsets removes them for good', async () => {
    const bench = await GroupBench.start()
    await commit(bench, commitRequest({ 't-0': 5, 'u-0': 6 }))
    expect(await deleteOffsets(bench, 'g', ['t', 0], ['t', 7])).toEqual(['NONE', 'UNKNOWN_TOPIC_OR_PARTITION'])
    expect(await committedOffsets(bench)).toEqual({ 'u-0': 6 })
    await bench.reload()
    expect(await committedOffsets(bench)).toEqual({ 'u-0': 6 })
    expect(await deleteOffsets(bench, 'nobody', ['t', 0])).toEqual(['GROUP_ID_NOT_FOUND'])
    expect(await deleteOffsets(bench, '', ['t', 0])).toEqual(['INVALID_GROUP_ID'])
  })

  it('a group removes its offsets, for groups that have no members', async () => {
    const bench = await GroupBench.start()
    await commit(bench, commitRequest({ 't-0': 5 }))
    const answer = await bench.complete(bench.groups.deleteGroups(context(2), { groupsNames: ['g', 'nobody', 'g'] }))
    expect(answer.results.map(({ groupId, errorCode }) => [groupId, errorName(Number(errorCode))])).toEqual([
      ['g', 'NONE'],
      ['nobody', 'GROUP_ID_NOT_FOUND'],
    ])
    await bench.reload()
    expect(await committedOffsets(bench)).toEqual({})
    expect((await bench.groups.listGroups(context(5), { statesFilter: [], typesFilter: [] })).groups).toEqual([])
  })

  it('a topic removes the offsets of that topic, not of one that had its name', async () => {
    const bench = await GroupBench.start()
    await commit(bench, commitRequest({ 't-0': 5, 'u-0': 6 }))
    bench.groups.onTopicsDeleted([
      { id: UNKNOWN_ID, name: 'u' },
      { id: topicIds.t as Uuid, name: 't' },
    ])
    await bench.world.run(100)
    expect(await committedOffsets(bench)).toEqual({ 'u-0': 6 })
  })
})

describe('offsets expire', () => {
  it('when their retention is over, and an empty group goes with its last offset', async () => {
    const bench = await GroupBench.start({ offsetsRetentionMs: DAY_MS })
    await commit(bench, commitRequest({ 't-0': 5 }))
    await bench.world.run(DAY_MS / 2)
    await commit(bench, commitRequest({ 't-1': 6 }))
    await bench.world.run(DAY_MS * 0.75)
    expect(await committedOffsets(bench)).toEqual({ 't-1': 6 })
    await bench.world.run(DAY_MS / 2)
    expect(await committedOffsets(bench)).toEqual({})
    const { groups } = await bench.groups.listGroups(context(5), { statesFilter: [], typesFilter: [] })
    expect(groups).toEqual([])
    await bench.reload()
    expect((await bench.groups.listGroups(context(5), { statesFilter: [], typesFilter: [] })).groups).toEqual([])
  })

  it('not while a transaction may still commit them', async () => {
    const bench = await GroupBench.start({ offsetsRetentionMs: DAY_MS })
    await commit(bench, commitRequest({ 't-0': 5 }))
    bench.log.appendForeign(offsetBatch({ offset: 9, producerId: 77 }))
    await bench.reload()
    await bench.world.run(2 * DAY_MS)
    expect(await committedOffsets(bench)).toEqual({ 't-0': 5 })
  })
})

interface OffsetBatch {
  readonly offset: number
  readonly topicId?: Uuid
  readonly producerId?: number
}

/** A commit of group `g` for partition 0 of `t`, as another coordinator may have left it in the log. */
function offsetBatch({ offset, topicId = ZERO_UUID, producerId = -1 }: OffsetBatch): Buffer {
  const key = prefixed(1, encodeToBuffer(OffsetCommitKey, { group: 'g', topic: 't', partition: 0 }, 0))
  const value = prefixed(4, encodeToBuffer(OffsetCommitValue, { offset, leaderEpoch: -1, metadata: '', commitTimestamp: Date.UTC(2026, 0), topicId }, 4))
  const isTransactional = producerId !== -1
  return buildBatch({ producerId, producerEpoch: isTransactional ? 0 : -1, baseSequence: isTransactional ? 0 : -1, isTransactional }, [
    { timestamp: 1, key, value },
  ])
}

function marker(type: 'commit' | 'abort', producerId: number): Buffer {
  const record = { timestamp: 1, key: controlRecordKey(type), value: Buffer.alloc(6) }
  return buildBatch({ producerId, producerEpoch: 0, isTransactional: true, isControl: true }, [record])
}

function prefixed(prefix: number, body: Buffer): Buffer {
  const head = Buffer.alloc(2)
  head.writeInt16BE(prefix)
  return Buffer.concat([head, body])
}
