import { afterEach, beforeEach, expect, test } from 'vitest'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { FindCoordinatorApi } from '../../protocol/messages/find-coordinator.ts'
import { OffsetCommitApi } from '../../protocol/messages/offset-commit.ts'
import { OffsetFetchApi } from '../../protocol/messages/offset-fetch.ts'
import { until } from '../kafkajs/support.ts'
import { ask, createTopic, untilState } from '../support/cluster/administer.ts'
import { type Cluster, startCluster } from '../support/cluster/cluster.ts'
import { QUICK_SESSIONS } from './scenario.ts'

const TIMEOUT_MS = 180_000
const GROUP = 'readers'
const OFFSETS = '__consumer_offsets'

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

async function coordinator(cluster: Cluster, via: number): Promise<number> {
  const { coordinators } = await ask(cluster, via, FindCoordinatorApi, 4, { keyType: 0, coordinatorKeys: [GROUP] })
  return coordinators[0]?.errorCode === ErrorCode.NONE ? (coordinators[0]?.nodeId as number) : -1
}

/** Of a group without members, as tools set them. */
async function commit(cluster: Cluster, to: number, committedOffset: number): Promise<number | undefined> {
  const topics = [{ name: 'read', partitions: [{ partitionIndex: 0, committedOffset, committedMetadata: `by ${to}` }] }]
  const answer = await ask(cluster, to, OffsetCommitApi, 8, { groupId: GROUP, generationIdOrMemberEpoch: -1, memberId: '', topics })
  return answer.topics[0]?.partitions[0]?.errorCode
}

async function committed(cluster: Cluster, from: number) {
  const { groups } = await ask(cluster, from, OffsetFetchApi, 8, {
    groups: [{ groupId: GROUP, topics: [{ name: 'read', partitionIndexes: [0] }] }],
    requireStable: true,
  })
  const partition = groups[0]?.topics[0]?.partitions[0]
  return groups[0]?.errorCode === ErrorCode.NONE ? { offset: partition?.committedOffset, metadata: partition?.metadata } : null
}

test(
  'a group goes from a coordinator of one kind to one of the other and back: each finds what the other committed',
  async () => {
    const settings = { ...QUICK_SESSIONS, 'offsets.topic.replication.factor': 2, 'offsets.topic.num.partitions': 1 }
    const nodes = [
      { id: 100, kind: 'odradek', roles: 'controller' },
      { id: 1, kind: 'kafka', roles: 'broker' },
      { id: 2, kind: 'odradek', roles: 'broker' },
    ] as const
    const cluster = stack.use(await startCluster({ nodes, settings }))
    await createTopic(cluster, 1, { name: 'read', assignments: [[1, 2]] })
    await until('the group has a coordinator', async () => (await coordinator(cluster, 1)) > 0)
    let now = await coordinator(cluster, 1)
    await until('an offset is committed', async () => (await commit(cluster, now, 0)) === ErrorCode.NONE)
    for (let offset = 1; offset <= 4; offset++) {
      const next = now === 1 ? 2 : 1
      expect(await commit(cluster, now, offset)).toBe(ErrorCode.NONE)
      await untilState(cluster, next, OFFSETS, 'both are in sync', ({ isr }) => isr.length === 2)
      await cluster.node(now).kill()
      await until(`broker ${next} coordinates`, async () => (await coordinator(cluster, next)) === next, TIMEOUT_MS)
      await until(`broker ${next} has loaded the group`, async () => (await committed(cluster, next)) !== null)
      expect(await committed(cluster, next)).toEqual({ offset, metadata: `by ${now}` })
      await cluster.node(now).start()
      now = next
    }
  },
  TIMEOUT_MS,
)
