import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import { type AssignReplicasCommand, assignReplicas } from '../../../../src/controller/partitions/assign-replicas.ts'
import { DirectoryId } from '../../../../src/metadata/image.ts'
import { broker, brokerDirectory, feature, partition, topic, topicId } from '../../metadata/records.ts'
import { cluster, rules, stateAfter, summary } from '../cluster.ts'

const SECOND = 'secondDirectoryAAAAAAA' as Uuid
const FAILED = 'failedDirectoryAAAAAAA' as Uuid
const state = cluster(
  broker(1, { logDirs: [brokerDirectory(1), SECOND] }),
  broker(2),
  topic('foo', 1),
  partition(1, 0, { directories: [DirectoryId.UNASSIGNED] }),
  partition(1, 1, { replicas: [2] }),
)
const assignment = (partitionIndex: number, directoryId = SECOND, topic = topicId(1)) => ({ topicId: topic, partition: partitionIndex, directoryId })

function assign(assignments: AssignReplicasCommand['assignments'], brokerEpoch = 11) {
  return assignReplicas(state, { brokerId: 1, brokerEpoch, assignments }, rules())
}

describe('replicas that are told to be in a directory', () => {
  it('are written down, without another leader or leader epoch', () => {
    const { records, reply } = assign([assignment(0)])
    expect(records).toMatchObject([{ type: 'PartitionChangeRecord', version: 2, data: { partitionId: 0, directories: [SECOND], leader: -2, isr: null } }])
    expect(reply).toEqual({ errorCode: 0, errorMessage: null, errorCodes: [0] })
    const after = stateAfter(state, records)
    expect(after.image.topics.byId.get(topicId(1))?.partitions[0]).toMatchObject({ directories: [SECOND], leader: 1, leaderEpoch: 0 })
    expect(assignReplicas(after, { brokerId: 1, brokerEpoch: 11, assignments: [assignment(0)] }, rules()).records).toEqual([])
  })

  it('and has failed leave the ISR and do not lead', () => {
    const { records, reply } = assign([assignment(0, FAILED)])
    expect(reply.errorCodes).toEqual([0])
    expect(summary(records)).toEqual([
      'PartitionChangeRecord partitionId=0',
      'PartitionChangeRecord partitionId=0 isr=[] leader=-1 eligibleLeaderReplicas=[1] lastKnownElr=[1]',
    ])
  })

  it('are refused one by one where they are unknown', () => {
    const { records, reply } = assign([assignment(0, SECOND, topicId(9)), assignment(7), assignment(1), assignment(0)])
    expect(reply.errorCodes).toEqual([ErrorCode.UNKNOWN_TOPIC_ID, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.NOT_LEADER_OR_FOLLOWER, 0])
    expect(records).toHaveLength(1)
  })

  it('by an earlier incarnation of the broker, or before the cluster knows directories, change nothing', () => {
    expect(assign([assignment(0)], 10)).toMatchObject({ records: [], reply: { errorCode: ErrorCode.STALE_BROKER_EPOCH, errorCodes: [] } })
    const old = stateAfter(state, [feature('metadata.version', 16)])
    expect(assignReplicas(old, { brokerId: 1, brokerEpoch: 11, assignments: [assignment(0)] }, rules()).reply.errorCode).toBe(ErrorCode.UNSUPPORTED_VERSION)
  })
})
