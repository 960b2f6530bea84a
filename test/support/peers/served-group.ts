import { ErrorCode } from '../../../protocol/error-codes.ts'
import { HeartbeatApi } from '../../../protocol/messages/heartbeat.ts'
import { JoinGroupApi } from '../../../protocol/messages/join-group.ts'
import { LeaveGroupApi } from '../../../protocol/messages/leave-group.ts'
import { OffsetCommitApi } from '../../../protocol/messages/offset-commit.ts'
import { OffsetFetchApi } from '../../../protocol/messages/offset-fetch.ts'
import { SyncGroupApi } from '../../../protocol/messages/sync-group.ts'
import { type Served, served } from './answering-node.ts'
import { TOPIC } from './asked-cluster.ts'

const LAST_WITH_NAMES = { lowest: 2, highest: 9 }

export interface Commit {
  readonly broker: number
  readonly memberId: string
  /** By partition. */
  readonly offsets: Readonly<Record<number, number>>
}

/** A classic group of one member, whose coordinator does what a test says. Its offsets are kept by whoever coordinates it. */
export class ServedGroup {
  generation = 0
  readonly committed = new Map<number, number>()
  /** All that came, taken or not. */
  readonly commits: Commit[] = []
  /** Members that left. */
  readonly left: string[] = []
  memberCount = 0
  /** What a commit meets; it is taken with NONE. Awaited where it takes its time. */
  commitFate: (commit: Commit) => number | Promise<number> = () => ErrorCode.NONE
  /** Of the partitions by themselves. */
  partitionFate: (partition: number) => number = () => ErrorCode.NONE
  heartbeatFate: (memberId: string) => number | Promise<number> = () => ErrorCode.NONE
  /** A join is answered when this resolves. */
  othersJoined: () => Promise<void> = async () => undefined

  /** What a broker serves of it. */
  apis(broker: number, coordinator: () => number): readonly Served[] {
    const isCoordinator = () => broker === coordinator()
    return [
      served(JoinGroupApi, async ({ memberId, protocols }) => {
        const nobody = { throttleTimeMs: 0, generationId: -1, protocolName: null, leader: '', members: [] }
        if (!isCoordinator()) return { ...nobody, errorCode: ErrorCode.NOT_COORDINATOR, memberId }
        if (memberId === '') return { ...nobody, errorCode: ErrorCode.MEMBER_ID_REQUIRED, memberId: `member-${++this.memberCount}` }
        await this.othersJoined()
        const [{ name: protocolName = null, metadata = Buffer.alloc(0) } = {}] = protocols
        const generationId = ++this.generation
        return { ...nobody, errorCode: ErrorCode.NONE, generationId, protocolName, leader: memberId, memberId, members: [{ memberId, metadata }] }
      }),
      served(SyncGroupApi, ({ memberId, generationId, assignments }) => {
        const assignment = assignments.find((one) => one.memberId === memberId)?.assignment ?? Buffer.alloc(0)
        return { throttleTimeMs: 0, errorCode: generationId === this.generation ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION, assignment }
      }),
      served(HeartbeatApi, async ({ memberId, generationId }) => {
        if (!isCoordinator()) return { throttleTimeMs: 0, errorCode: ErrorCode.NOT_COORDINATOR }
        const isKnown = generationId === this.generation
        return { throttleTimeMs: 0, errorCode: isKnown ? await this.heartbeatFate(memberId) : ErrorCode.ILLEGAL_GENERATION }
      }),
      served(LeaveGroupApi, ({ members }) => {
        this.left.push(...members.map(({ memberId }) => memberId))
        return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, members: [] }
      }),
      served(
        OffsetCommitApi,
        async ({ memberId, topics }) => {
          const asked = topics.flatMap(({ partitions }) => partitions)
          const commit = { broker, memberId, offsets: Object.fromEntries(asked.map((one) => [one.partitionIndex, one.committedOffset])) }
          this.commits.push(commit)
          const outcome = isCoordinator() ? await this.commitFate(commit) : ErrorCode.NOT_COORDINATOR
          const partitions = asked.map(({ partitionIndex, committedOffset }) => {
            const errorCode = outcome === ErrorCode.NONE ? this.partitionFate(partitionIndex) : outcome
            if (errorCode === ErrorCode.NONE) this.committed.set(partitionIndex, committedOffset)
            return { partitionIndex, errorCode }
          })
          return { throttleTimeMs: 0, topics: [{ name: TOPIC, partitions }] }
        },
        LAST_WITH_NAMES,
      ),
      served(
        OffsetFetchApi,
        ({ groups }) => {
          const nothing = { metadata: '', errorCode: ErrorCode.NONE }
          const partitions = [...this.committed].map(([partitionIndex, committedOffset]) => ({ partitionIndex, committedOffset, ...nothing }))
          const found = groups.map(({ groupId }) => ({ groupId, topics: [{ name: TOPIC, partitions }] }))
          return { throttleTimeMs: 0, topics: [], groups: found }
        },
        { lowest: 8, highest: 9 },
      ),
    ]
  }
}
