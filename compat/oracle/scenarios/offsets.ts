import { LeaveGroupApi } from '../../../protocol/messages/leave-group.ts'
import { OffsetCommitApi } from '../../../protocol/messages/offset-commit.ts'
import { OffsetDeleteApi } from '../../../protocol/messages/offset-delete.ts'
import { OffsetFetchApi } from '../../../protocol/messages/offset-fetch.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'
import { topicIdOf } from './data.ts'
import { coordinatorReady, stableGroup } from './groups.ts'
import { createTopic } from './topics.ts'

const COMMIT = versions(2, 10)
const FETCH = versions(1, 10)
const UNKNOWN_ID = 'abcdefghijklmnopqrstuA' as Uuid

interface Commit {
  readonly groupId: string
  readonly topic: string
  readonly topicId: Uuid
  readonly partition?: number
  readonly offset?: number
  readonly metadata?: string | null
  readonly generationId?: number
  readonly memberId?: string
}

function commitRequest(version: number, commit: Commit) {
  const partitions = [
    { partitionIndex: commit.partition ?? 0, committedOffset: commit.offset ?? 5, committedMetadata: commit.metadata === undefined ? 'note' : commit.metadata },
  ]
  return {
    groupId: commit.groupId,
    generationIdOrMemberEpoch: commit.generationId ?? -1,
    memberId: commit.memberId ?? '',
    topics: [version >= 10 ? { topicId: commit.topicId, partitions } : { name: commit.topic, partitions }],
  }
}

function fetchRequest(
  version: number,
  groupId: string,
  topics: readonly { readonly topic: string; readonly topicId: Uuid; readonly partitions: readonly number[] }[] | null,
  requireStable = false,
) {
  const stable = version >= 7 ? { requireStable } : {}
  if (version < 8)
    return { groupId, topics: topics === null ? null : topics.map(({ topic, partitions }) => ({ name: topic, partitionIndexes: partitions })), ...stable }
  const list =
    topics === null
      ? null
      : topics.map(({ topic, topicId, partitions }) => ({ ...(version >= 10 ? { topicId } : { name: topic }), partitionIndexes: partitions }))
  return { topics: [], groups: [{ groupId, topics: list }], ...stable }
}

async function newTopic(stage: Stage): Promise<{ readonly topic: string; readonly topicId: Uuid }> {
  const topic = stage.name('t')
  await createTopic(stage, topic, 2)
  return { topic, topicId: await topicIdOf(stage, topic) }
}

export const offsetScenarios: readonly Scenario[] = [
  {
    name: 'OffsetCommit: without members, with long metadata, for what does not exist',
    versions: COMMIT,
    run: async (stage, version) => {
      const target = await newTopic(stage)
      const groupId = stage.name('group')
      await coordinatorReady(stage, groupId)
      const commit = (part: Partial<Commit>) => stage.client.exchange(OffsetCommitApi, version, commitRequest(version, { groupId, ...target, ...part }))
      return [
        await commit({}),
        await commit({ metadata: null }),
        await commit({ metadata: 'x'.repeat(4096) }),
        await commit({ metadata: 'x'.repeat(4097) }),
        await commit({ partition: 7 }),
        await commit({ topic: stage.name('absent'), topicId: UNKNOWN_ID }),
        await commit({ offset: -1 }),
        await commit({ groupId: '' }),
        await commit({ generationId: 3 }),
        await commit({ memberId: 'somebody' }),
        await commit({ memberId: 'somebody', generationId: 3 }),
      ]
    },
  },
  {
    name: 'OffsetCommit: of a group with members',
    versions: COMMIT,
    run: async (stage, version) => {
      const target = await newTopic(stage)
      const { groupId, joined } = await stableGroup(stage)
      const commit = (part: Partial<Commit>) => stage.client.exchange(OffsetCommitApi, version, commitRequest(version, { groupId, ...target, ...part }))
      const { memberId, generationId } = joined
      return [
        await commit({ memberId, generationId }),
        await commit({ memberId, generationId: generationId + 1 }),
        await commit({ memberId: 'nobody', generationId }),
        await commit({}),
      ]
    },
  },
  {
    name: 'OffsetFetch: some, none, all, of unknown groups and topics',
    versions: FETCH,
    run: async (stage, version) => {
      const target = await newTopic(stage)
      const groupId = stage.name('group')
      await coordinatorReady(stage, groupId)
      await stage.client.ask(OffsetCommitApi, 9, commitRequest(9, { groupId, ...target, offset: 42 }))
      const ask = (group: string, topics: Parameters<typeof fetchRequest>[2], stable = false) =>
        stage.client.exchange(OffsetFetchApi, version, fetchRequest(version, group, topics, stable))
      return [
        await ask(groupId, [{ ...target, partitions: [0, 1] }]),
        await ask(groupId, [{ ...target, partitions: [] }]),
        await ask(groupId, [{ ...target, partitions: [9] }]),
        await ask(groupId, [{ topic: stage.name('absent'), topicId: UNKNOWN_ID, partitions: [0] }]),
        await ask(groupId, [{ ...target, partitions: [0] }], true),
        ...(version >= 2 ? [await ask(groupId, null)] : []),
        await ask(stage.name('absent'), [{ ...target, partitions: [0] }]),
        ...(version >= 2 ? [await ask(stage.name('absent'), null)] : []),
        await ask('', [{ ...target, partitions: [0] }]),
      ]
    },
  },
  {
    name: 'OffsetFetch: several groups at once',
    versions: [8, 9],
    run: async (stage, version) => {
      const target = await newTopic(stage)
      const groups = ['a', 'b', 'c'].map((name) => stage.name(name))
      for (const groupId of groups.slice(0, 2)) {
        await coordinatorReady(stage, groupId)
        await stage.client.ask(OffsetCommitApi, 9, commitRequest(9, { groupId, ...target, offset: 7 }))
      }
      return stage.client.exchange(OffsetFetchApi, version, {
        topics: [],
        groups: groups.map((groupId) => ({ groupId, topics: [{ name: target.topic, partitionIndexes: [0] }] })),
      })
    },
    unordered: ['groups'],
  },
  {
    name: 'OffsetFetch: as a member, right and wrong',
    versions: [9, 10],
    run: async (stage, version) => {
      const target = await newTopic(stage)
      const { groupId, joined } = await stableGroup(stage)
      const ask = (memberId: string | null, memberEpoch: number) =>
        stage.client.exchange(OffsetFetchApi, version, {
          topics: [],
          groups: [
            {
              groupId,
              memberId,
              memberEpoch,
              topics: [version >= 10 ? { topicId: target.topicId, partitionIndexes: [0] } : { name: target.topic, partitionIndexes: [0] }],
            },
          ],
        })
      return [await ask(joined.memberId, joined.generationId), await ask('nobody', 1), await ask(null, 5), await ask(null, -1)]
    },
  },
  {
    name: 'OffsetDelete: what was committed, and nothing',
    versions: [0],
    run: async (stage, version) => {
      const target = await newTopic(stage)
      const groupId = stage.name('group')
      await coordinatorReady(stage, groupId)
      await stage.client.ask(OffsetCommitApi, 9, commitRequest(9, { groupId, ...target }))
      const remove = (partitions: readonly number[]) =>
        stage.client.exchange(OffsetDeleteApi, version, {
          groupId,
          topics: [{ name: target.topic, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) }],
        })
      const answers = [await remove([]), await remove([0])]
      return [...answers, await stage.client.exchange(OffsetFetchApi, 9, fetchRequest(9, groupId, null))]
    },
  },
  {
    name: 'OffsetDelete: of an empty group, of what was never committed, of unknown ones, of a subscribed topic',
    versions: [0],
    run: async (stage, version) => {
      const target = await newTopic(stage)
      const groupId = stage.name('group')
      await coordinatorReady(stage, groupId)
      await stage.client.ask(OffsetCommitApi, 9, commitRequest(9, { groupId, ...target }))
      const remove = (group: string, name = target.topic) =>
        stage.client.exchange(OffsetDeleteApi, version, {
          groupId: group,
          topics: [{ name, partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }, { partitionIndex: 9 }] }],
        })
      const answers = [
        await remove(groupId),
        await remove(groupId),
        await remove(groupId, stage.name('absent')),
        await remove(stage.name('absent')),
        await remove(''),
      ]
      const { groupId: used, joined } = await stableGroup(stage, 'used')
      answers.push(await remove(used))
      await stage.client.ask(LeaveGroupApi, 5, { groupId: used, members: [{ memberId: joined.memberId, groupInstanceId: null }] })
      answers.push(await remove(used))
      return answers
    },
  },
]
