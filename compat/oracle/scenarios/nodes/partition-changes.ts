import { AllocateProducerIdsApi } from '../../../../protocol/messages/allocate-producer-ids.ts'
import { AlterPartitionApi } from '../../../../protocol/messages/alter-partition.ts'
import { AlterPartitionReassignmentsApi } from '../../../../protocol/messages/alter-partition-reassignments.ts'
import { AssignReplicasToDirsApi } from '../../../../protocol/messages/assign-replicas-to-dirs.ts'
import { ElectLeadersApi } from '../../../../protocol/messages/elect-leaders.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import { type Scenario, type Stage, versions } from '../../scenario.ts'
import { FakeBroker } from './fake-broker.ts'
import { createWith, REAL, until, untilLedBy } from './partitions.ts'
import { ofTwoBrokers } from './two-brokers.ts'

const UNKNOWN_TOPIC = 'noSuchTopicAAAAAAAAAAA' as Uuid

interface Asked {
  readonly partitionIndex?: number
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  readonly isr: readonly number[]
  /** Of the replica at its place; -1 where there is none. */
  readonly epochs?: readonly number[]
  readonly leaderRecoveryState?: number
}

/** What a leader sends, in the form of the version. */
export function altering(broker: FakeBroker, topicId: Uuid, version: number) {
  return (asked: Asked, change: { readonly brokerEpoch?: number; readonly topicId?: Uuid } = {}) => {
    const { partitionIndex = 0, isr, epochs = [], leaderRecoveryState = 0, ...rest } = asked
    const replicas = isr.map((brokerId, index) => ({ brokerId, brokerEpoch: epochs[index] ?? -1 }))
    const list = version >= 3 ? { newIsrWithEpochs: replicas } : { newIsr: [...isr] }
    return broker.controller.exchange(AlterPartitionApi, version, {
      brokerId: broker.id,
      brokerEpoch: change.brokerEpoch ?? broker.epoch,
      topics: [{ topicId: change.topicId ?? topicId, partitions: [{ partitionIndex, leaderRecoveryState, ...rest, ...list }] }],
    })
  }
}

const isr = ofTwoBrokers({
  name: 'AlterPartition: the ISR shrinks and grows',
  versions: versions(2, 3),
  async play({ stage, version, first: leader, second: fenced, topic: name }) {
    const topicId = await createWith(
      stage,
      name,
      [
        [leader.id, REAL, fenced.id],
        [REAL, leader.id],
      ],
      { 'min.insync.replicas': '2' },
    )
    await untilLedBy(stage, name, [leader.id, REAL])
    const alter = altering(leader, topicId, version)
    const at = (partitionEpoch: number, list: readonly number[], more: Partial<Asked> = {}) => alter({ leaderEpoch: 0, partitionEpoch, isr: list, ...more })
    const all = [leader.id, REAL, fenced.id]
    const outcomes = [
      await at(0, all),
      await at(0, [leader.id, REAL]),
      await at(0, [leader.id]),
      await at(1, [leader.id]),
      await until(stage, name, ([first]) => first?.isrNodes.length === 1),
      await at(2, all),
      await until(stage, name, ([first]) => first?.isrNodes.length === 3),
      // What is wrong.
      await at(4, [leader.id]),
      await alter({ leaderEpoch: 1, partitionEpoch: 3, isr: [leader.id] }),
      await alter({ leaderEpoch: -1, partitionEpoch: 3, isr: [leader.id] }),
      await at(3, []),
      await at(3, [REAL]),
      await at(3, [leader.id, leader.id]),
      await at(3, [leader.id, 9999]),
      await at(3, [leader.id], { leaderRecoveryState: 1 }),
      await at(3, all, { leaderRecoveryState: 1 }),
      await at(0, [REAL, leader.id], { partitionIndex: 1 }),
      await at(0, [leader.id], { partitionIndex: 7 }),
      await alter({ leaderEpoch: 0, partitionEpoch: 3, isr: [leader.id] }, { topicId: UNKNOWN_TOPIC }),
      await alter({ leaderEpoch: 0, partitionEpoch: 3, isr: [leader.id] }, { brokerEpoch: leader.epoch - 1 }),
      // Replicas of another life, or not serving.
      await at(3, all, { epochs: [leader.epoch, -1, fenced.epoch - 1] }),
      await at(3, all, { epochs: [leader.epoch, -1, fenced.epoch] }),
      await fenced.beat({ wantFence: true }),
      await until(stage, name, ([first]) => first?.isrNodes.length === 2),
    ]
    for (const epoch of [4, 5, 6]) outcomes.push(await at(epoch, all))
    return outcomes
  },
})

const eligible = ofTwoBrokers({
  name: 'AlterPartition: who stays eligible to lead when the last in sync goes',
  versions: versions(2, 3),
  async play({ stage, version, first: leader, second: other, topic: name }) {
    const topicId = await createWith(stage, name, [[leader.id, other.id]], { 'min.insync.replicas': '2' })
    const alter = altering(leader, topicId, version)
    return [
      await alter({ leaderEpoch: 0, partitionEpoch: 0, isr: [leader.id] }),
      await until(stage, name, ([first]) => first?.eligibleLeaderReplicas?.length === 1),
      await leader.beat({ wantFence: true }),
      await untilLedBy(stage, name, [other.id]),
      await other.beat({ wantFence: true }),
      await untilLedBy(stage, name, [-1]),
      await leader.beat(),
      await untilLedBy(stage, name, [leader.id]),
      await elect(stage, name, 0),
      await elect(stage, name, 1),
    ]
  },
  afterwards: async ({ stage, topic }) => [await untilLedBy(stage, topic, [-1])],
})

function elect(stage: Stage, topic: string, electionType: number) {
  return stage.client.exchange(ElectLeadersApi, 2, { electionType, topicPartitions: [{ topic, partitions: [0] }], timeoutMs: 10_000 })
}

const unclean = ofTwoBrokers({
  name: 'AlterPartition: a leader of an unclean election recovers',
  versions: versions(2, 3),
  async play({ stage, version, first, second, topic: name }) {
    const topicId = await createWith(stage, name, [[first.id, second.id]], { 'unclean.leader.election.enable': 'true' })
    const alter = altering(first, topicId, version)
    const recover = altering(second, topicId, version)
    return [
      await alter({ leaderEpoch: 0, partitionEpoch: 0, isr: [first.id] }),
      await first.beat({ wantFence: true }),
      await untilLedBy(stage, name, [second.id]),
      await first.beat(),
      await recover({ leaderEpoch: 1, partitionEpoch: 2, isr: [second.id, first.id], leaderRecoveryState: 1 }),
      await recover({ leaderEpoch: 1, partitionEpoch: 2, isr: [second.id], leaderRecoveryState: 1 }),
      await recover({ leaderEpoch: 1, partitionEpoch: 2, isr: [second.id] }),
      await recover({ leaderEpoch: 1, partitionEpoch: 3, isr: [second.id, first.id] }),
      await recover({ leaderEpoch: 1, partitionEpoch: 4, isr: [second.id], leaderRecoveryState: 1 }),
      await elect(stage, name, 0),
      await untilLedBy(stage, name, [first.id]),
    ]
  },
})

const reassignment = ofTwoBrokers({
  name: 'AlterPartition: what completes a reassignment',
  versions: versions(2, 3),
  async play({ stage, version, first, second, topic: name }) {
    const topicId = await createWith(stage, name, [[first.id, REAL], [first.id]])
    const alter = altering(first, topicId, version)
    const move = (partitionIndex: number, replicas: readonly number[]) =>
      stage.client.exchange(AlterPartitionReassignmentsApi, 1, {
        timeoutMs: 10_000,
        topics: [{ name, partitions: [{ partitionIndex, replicas: [...replicas] }] }],
      })
    return [
      await move(0, [first.id, second.id]),
      await until(stage, name, ([partition]) => partition?.replicaNodes.length === 3),
      await alter({ leaderEpoch: 0, partitionEpoch: 1, isr: [first.id, REAL] }),
      await alter({ leaderEpoch: 0, partitionEpoch: 1, isr: [first.id, REAL, second.id] }),
      await until(stage, name, ([partition]) => partition?.replicaNodes.length === 2),
      // The leader itself leaves.
      await move(1, [second.id]),
      await alter({ partitionIndex: 1, leaderEpoch: 0, partitionEpoch: 1, isr: [first.id, second.id] }),
      await until(stage, name, ([, partition]) => partition?.leaderId === second.id),
    ]
  },
})

const producerIds: Scenario = {
  name: 'AllocateProducerIds: blocks, and who gets none',
  versions: [0],
  async run(stage, version) {
    const broker = await FakeBroker.of(stage, 1)
    const ask = (brokerEpoch: number) => broker.controller.ask(AllocateProducerIdsApi, version, { brokerId: broker.id, brokerEpoch })
    const unknown = await ask(-1)
    await broker.register()
    const [one, two, stale] = [await ask(broker.epoch), await ask(broker.epoch), await ask(broker.epoch - 1)]
    await broker.leave()
    const { producerIdStart: start, ...answer } = one
    return { unknown, answer, isWhole: start % 1000, next: two.producerIdStart - start, stale }
  },
}

const directories: Scenario = {
  name: 'AssignReplicasToDirs: where replicas are',
  versions: [0],
  async run(stage, version) {
    const broker = await FakeBroker.of(stage, 1)
    await broker.register({ logDirs: [broker.directory('A'), broker.directory('B')] })
    await broker.beat()
    const name = stage.name('t')
    const topicId = await createWith(stage, name, [[broker.id, REAL], [REAL], [broker.id, REAL]])
    const assign = (directories: readonly (readonly [Uuid, Uuid, readonly number[]])[], brokerEpoch = broker.epoch) =>
      broker.controller.exchange(AssignReplicasToDirsApi, version, {
        brokerId: broker.id,
        brokerEpoch,
        directories: directories.map(([id, topic, partitions]) => ({
          id,
          topics: [{ topicId: topic, partitions: partitions.map((partitionIndex) => ({ partitionIndex })) }],
        })),
      })
    const outcomes = [
      await assign([
        [broker.directory('A'), topicId, [0, 1, 7]],
        [broker.directory('B'), topicId, [2]],
      ]),
      await assign([[broker.directory('A'), topicId, [0]]]),
      await assign([[broker.directory('A'), UNKNOWN_TOPIC, [0]]]),
      await assign([[broker.directory('A'), topicId, [0]]], broker.epoch - 1),
      await untilLedBy(stage, name, [broker.id, REAL, broker.id]),
      await broker.beat({ offlineLogDirs: [broker.directory('B')] }),
      await untilLedBy(stage, name, [broker.id, REAL, REAL]),
      // A directory that is none of those that work.
      await assign([[broker.directory('B'), topicId, [0]]]),
      await untilLedBy(stage, name, [REAL, REAL, REAL]),
    ]
    await broker.leave()
    return outcomes
  },
}

export const partitionChangeScenarios: readonly Scenario[] = [isr, eligible, unclean, reassignment, producerIds, directories]
