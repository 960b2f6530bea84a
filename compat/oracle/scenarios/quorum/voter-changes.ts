import { AddRaftVoterApi } from '../../../../protocol/messages/add-raft-voter.ts'
import { DescribeQuorumApi } from '../../../../protocol/messages/describe-quorum.ts'
import { RemoveRaftVoterApi } from '../../../../protocol/messages/remove-raft-voter.ts'
import { UpdateRaftVoterApi } from '../../../../protocol/messages/update-raft-voter.ts'
import { type Uuid, ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { RawClient } from '../../raw-client.ts'
import { type Scenario, type Stage, versions } from '../../scenario.ts'
import { DIRECTORY, FAKE, FakeReplica, REAL, type Replica, TOPIC } from './fake-replica.ts'
import { FakeVoter } from './fake-voter.ts'

/** A leader whose other voter is a node of these scenarios has patience with it. */
export const voterChangeSettings = { 'controller.quorum.fetch.timeout.ms': 20_000 }

const NOBODY = { name: 'CONTROLLER', host: '127.0.0.1', port: 1 }
const LATEST_ADDITION = 1

/** Asks the one node, which leads, for changes of its quorum; answers are comparable with those of another quorum. */
class Changes {
  readonly #replica: FakeReplica
  readonly #client: RawClient
  /** By which the quorum knows the one node. */
  readonly real: Replica

  private constructor(replica: FakeReplica, client: RawClient, directoryId: Uuid) {
    this.#replica = replica
    this.#client = client
    this.real = { id: REAL, directoryId }
  }

  static async of(stage: Stage): Promise<Changes> {
    const replica = await FakeReplica.of(stage)
    const voter = (await replica.describe())?.currentVoters.find(({ replicaId }) => replicaId === REAL)
    return new Changes(replica, await stage.openController(), voter?.replicaDirectoryId as Uuid)
  }

  get epoch(): number {
    return this.#replica.epoch
  }

  async add(version: number, { replica, listener }: Pick<FakeVoter, 'replica' | 'listener'>, change: object = {}, by = this.#client): Promise<unknown> {
    const voter = { voterId: replica.id, voterDirectoryId: replica.directoryId, listeners: [listener] }
    const request = { clusterId: this.#replica.clusterId, timeoutMs: 1000, ackWhenCommitted: true, ...voter, ...change }
    return this.comparable(await by.exchange(AddRaftVoterApi, version, request))
  }

  async remove({ id, directoryId }: Replica, change: object = {}, by = this.#client): Promise<unknown> {
    const request = { clusterId: this.#replica.clusterId, voterId: id, voterDirectoryId: directoryId, ...change }
    return this.comparable(await by.exchange(RemoveRaftVoterApi, 0, request))
  }

  async update({ id, directoryId }: Replica, change: object = {}): Promise<unknown> {
    const voter = { voterId: id, voterDirectoryId: directoryId, kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 } }
    const request = { clusterId: this.#replica.clusterId, currentLeaderEpoch: this.epoch, listeners: [NOBODY], ...voter, ...change }
    return this.comparable(this.#replica.relative(await this.#client.exchange(UpdateRaftVoterApi, 0, request)))
  }

  /** Who votes, and whether `id` observes. How far they are differs from look to look. */
  async describe(version: number, id: number, by = this.#client): Promise<unknown> {
    const topics = [{ topicName: TOPIC, partitions: [{ partitionIndex: 0 }] }]
    const { topics: described, nodes, errorCode } = await by.ask(DescribeQuorumApi, version, { topics })
    const partition = described[0]?.partitions[0]
    const voters = (partition?.currentVoters ?? []).map(({ replicaId, replicaDirectoryId, logEndOffset, lastFetchTimestamp }) => ({
      replicaId,
      replicaDirectoryId,
      hasAll: logEndOffset >= this.#replica.highWatermark,
      hasFetched: lastFetchTimestamp > 0,
    }))
    const observes = partition?.observers.some(({ replicaId }) => replicaId === id)
    return this.comparable({ errorCode, leaderId: partition?.leaderId, voters, observes, nodes })
  }

  /** Resolves when `id` is among the voters, committed or not. */
  async untilVoter(id: number): Promise<void> {
    for (let tries = 0; tries < 200; tries++) {
      if ((await this.#replica.describe())?.currentVoters.some(({ replicaId }) => replicaId === id)) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`${id} did not become a voter`)
  }

  /** Sentences name the cluster, the directory of the one node, ports, and voters in the order of a hash map. */
  comparable(outcome: unknown): unknown {
    const text = JSON.stringify(outcome).replaceAll(this.#replica.clusterId, '<cluster>').replaceAll(this.real.directoryId, '<directory>')
    const inOrder = (_: string, voters: string) =>
      `set of voters [${voters
        .split(/(?<=\)), /)
        .sort()
        .join(', ')}]`
    return JSON.parse(text.replace(/(<unresolved>:)\d+/g, '$1<port>').replace(/set of voters \[(.*?)\]/g, inOrder))
  }
}

/** Apache Kafka tells of them in the order of a hash map. */
const UNORDERED = ['voters', 'nodes', 'listeners']

/** No two scenarios, nor versions of one, have a voter in common. */
function voterId(scenario: number, version: number): number {
  return FAKE + 100 + 10 * scenario + version
}

const refusedAdditions: Scenario = {
  name: 'AddRaftVoter: to voters with directories, what cannot be added',
  versions: versions(0, 1),
  unordered: UNORDERED,
  async run(stage, version) {
    const changes = await Changes.of(stage)
    await using stranger = await FakeVoter.of(stage, voterId(0, version))
    await using older = await FakeVoter.of(stage, voterId(1, version), { min: 0, max: 0 })
    await using silent = await FakeVoter.of(stage, voterId(2, version), null)
    await older.follow()
    const add = (change: object = {}) => changes.add(version, stranger, change)
    return [
      await add({ voterId: REAL, voterDirectoryId: changes.real.directoryId }),
      await add({ voterId: REAL, voterDirectoryId: DIRECTORY }),
      await add({ voterId: REAL, listeners: [NOBODY], clusterId: null }),
      await add({ voterId: -1 }),
      await add({ voterDirectoryId: ZERO_UUID }),
      await add({ listeners: [] }),
      await add({ listeners: [{ ...stranger.listener, name: 'OTHER' }] }),
      await add({ clusterId: 'another' }),
      // It has not fetched.
      await add(),
      await changes.add(version, older),
      await changes.add(version, silent),
      ...(version < 1 ? [] : [await add({ ackWhenCommitted: false }), await add({ voterId: REAL, ackWhenCommitted: false })]),
      await changes.describe(2, stranger.replica.id),
    ]
  },
}

const unreachable: Scenario = {
  name: 'AddRaftVoter: nobody listens where the voter is said to be',
  versions: versions(0, 1),
  unordered: UNORDERED,
  async run(stage, version) {
    const changes = await Changes.of(stage)
    const replica = { id: voterId(3, version), directoryId: DIRECTORY }
    return [await changes.add(version, { replica, listener: NOBODY }), await changes.describe(2, replica.id)]
  },
}

const additions: Scenario = {
  name: 'AddRaftVoter: a node that follows becomes a voter, once',
  versions: versions(0, 1),
  unordered: UNORDERED,
  async run(stage, version) {
    const changes = await Changes.of(stage)
    await using voter = await FakeVoter.of(stage, voterId(4, version))
    const { id } = voter.replica
    await voter.follow()
    const added = [await changes.add(version, voter), await changes.describe(2, id)]
    const again = [await changes.add(version, voter), await changes.add(version, voter, { voterDirectoryId: DIRECTORY })]
    await changes.remove(voter.replica)
    await voter.caughtUp()
    // A broker passes it on.
    const byBroker = [await changes.add(version, voter, { ackWhenCommitted: version < 1 }, stage.client)]
    await voter.caughtUp()
    return [added, again, byBroker, await changes.describe(2, id), await changes.remove(voter.replica)]
  },
}

const oneAtATime: Scenario = {
  name: 'AddRaftVoter: one change waits to be committed, and no other is taken',
  versions: versions(0, 1),
  async run(stage, version) {
    const changes = await Changes.of(stage)
    const other = await Changes.of(stage)
    await using voter = await FakeVoter.of(stage, voterId(5, version))
    await using second = await FakeVoter.of(stage, voterId(6, version))
    await second.follow()
    await voter.catchUp()
    const adding = changes.add(version, voter)
    await other.untilVoter(voter.replica.id)
    const meanwhile = [await other.add(version, second), await other.remove(voter.replica), await other.update(voter.replica)]
    await voter.follow()
    return [meanwhile, await adding, await changes.remove(voter.replica)]
  },
}

const removals: Scenario = {
  name: 'RemoveRaftVoter: one of two voters with directories, and what cannot be removed',
  versions: versions(0, 0),
  unordered: UNORDERED,
  async run(stage, version) {
    const changes = await Changes.of(stage)
    await using voter = await FakeVoter.of(stage, voterId(7, version))
    const { replica } = voter
    const alone = [await changes.remove(replica), await changes.remove(changes.real), await changes.remove({ id: REAL, directoryId: DIRECTORY })]
    await voter.follow()
    await changes.add(LATEST_ADDITION, voter)
    const refused = [
      await changes.remove({ id: replica.id, directoryId: DIRECTORY }),
      await changes.remove({ id: FAKE, directoryId: replica.directoryId }),
      await changes.remove(replica, { voterId: -1 }),
      await changes.remove(replica, { voterDirectoryId: ZERO_UUID }),
      await changes.remove(replica, { clusterId: 'another' }),
    ]
    const removed = [await changes.remove(replica), await changes.describe(2, replica.id), await changes.remove(replica)]
    await voter.caughtUp()
    await changes.add(LATEST_ADDITION, voter)
    // A broker passes it on.
    return [alone, refused, removed, await changes.remove(replica, { clusterId: null }, stage.client), await changes.describe(2, replica.id)]
  },
}

/** The leader itself is not updated: Apache Kafka's controller ends when somebody asks for that (docs/differences.md). */
const updates: Scenario = {
  name: 'UpdateRaftVoter: a voter with a directory moves, and what cannot be updated',
  versions: versions(0, 0),
  unordered: UNORDERED,
  async run(stage, version) {
    const changes = await Changes.of(stage)
    const { epoch } = changes
    await using voter = await FakeVoter.of(stage, voterId(8, version))
    const { replica, listener } = voter
    const stranger = [await changes.update(replica), await changes.update({ id: REAL, directoryId: DIRECTORY })]
    await voter.follow()
    await changes.add(LATEST_ADDITION, voter)
    const refused = [
      await changes.update(replica, { currentLeaderEpoch: epoch - 1 }),
      await changes.update(replica, { currentLeaderEpoch: epoch + 1 }),
      await changes.update(replica, { voterId: -1 }),
      await changes.update(replica, { voterId: FAKE }),
      await changes.update(replica, { voterDirectoryId: DIRECTORY }),
      await changes.update(replica, { voterDirectoryId: ZERO_UUID }),
      await changes.update(replica, { listeners: [] }),
      await changes.update(replica, { listeners: [{ ...listener, name: 'OTHER' }] }),
      await changes.update(replica, { kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 0 } }),
      await changes.update(replica, { kRaftVersionFeature: { minSupportedVersion: 2, maxSupportedVersion: 3 } }),
      await changes.update(replica, { kRaftVersionFeature: { minSupportedVersion: 1, maxSupportedVersion: 0 } }),
      await changes.update(replica, { clusterId: 'another' }),
    ]
    const moved = [await changes.update(replica, { listeners: [{ ...listener, name: 'SECOND' }, NOBODY], clusterId: null })]
    await voter.caughtUp()
    return [stranger, refused, moved, await changes.describe(2, replica.id), await changes.remove(replica)]
  },
}

const described: Scenario = {
  name: 'DescribeQuorum: voters with directories, one of which comes and goes',
  versions: versions(0, 2),
  unordered: UNORDERED,
  async run(stage, version) {
    const changes = await Changes.of(stage)
    await using voter = await FakeVoter.of(stage, voterId(9, version))
    const { id } = voter.replica
    const before = await changes.describe(version, id)
    await voter.follow()
    const observer = await changes.describe(version, id)
    await changes.add(LATEST_ADDITION, voter)
    await voter.caughtUp()
    const asVoter = [await changes.describe(version, id), await changes.describe(version, id, stage.client)]
    await changes.remove(voter.replica)
    await voter.caughtUp()
    return [before, observer, asVoter, await changes.describe(version, id)]
  },
}

export const voterChangeScenarios: readonly Scenario[] = [refusedAdditions, unreachable, additions, oneAtATime, removals, updates, described]
