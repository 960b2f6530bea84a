import { CreateTopicsApi } from '../../../../protocol/messages/create-topics.ts'
import { FetchSnapshotApi, type FetchSnapshotResponse } from '../../../../protocol/messages/fetch-snapshot.ts'
import { wholeBatches } from '../../../../protocol/records/batch.ts'
import { type Scenario, type Stage, versions } from '../../scenario.ts'
import { DIRECTORY, FAKE, FakeReplica, inTurn, topicsOf } from './fake-replica.ts'

/** A snapshot is due after a few topics. */
export const snapshotSettings = { 'metadata.log.max.record.bytes.between.snapshots': 1_000 }

interface SnapshotId {
  readonly endOffset: number
  readonly epoch: number
}

const STRANGER = { id: FAKE, directoryId: DIRECTORY }
/** Epoch 0 has no records: a log that ends in it has nothing in common with the leader's but where that begins. */
const BEFORE_ALL = { offset: 1, epoch: 0 }
const PIECE_BYTES = 333
const ALL_BYTES = 10_000_000

/** What a replica that is far behind is told to fetch instead of records; topics are made until there is something. */
async function newestSnapshot(stage: Stage, replica: FakeReplica): Promise<SnapshotId> {
  for (let number = 0; number < 100; number++) {
    const { snapshotId } = await replica.fetch(STRANGER, BEFORE_ALL)
    if (snapshotId.endOffset > 0) return snapshotId
    const topic = { name: stage.name(`snapshot-${number}`), numPartitions: 5, replicationFactor: 1, assignments: [], configs: [] }
    await stage.client.ask(CreateTopicsApi, 7, { topics: [topic], timeoutMs: 10_000 })
  }
  throw new Error('no snapshot was made')
}

/** Asks for snapshots as a replica does that there is not. */
class SnapshotReader {
  readonly #replica: FakeReplica
  readonly #version: number
  readonly id: SnapshotId

  constructor(replica: FakeReplica, version: number, id: SnapshotId) {
    this.#replica = replica
    this.#version = version
    this.id = id
  }

  static async of(stage: Stage, version: number): Promise<SnapshotReader> {
    const replica = await FakeReplica.of(stage)
    return new SnapshotReader(replica, version, await newestSnapshot(stage, replica))
  }

  get epoch(): number {
    return this.#replica.epoch
  }

  request(change: object = {}, around: object = {}) {
    const partition = { partition: 0, currentLeaderEpoch: this.epoch, snapshotId: this.id, position: 0 }
    const directory = this.#version < 1 ? {} : { replicaDirectoryId: DIRECTORY }
    const topics = topicsOf({ ...partition, ...directory, ...change })
    return { clusterId: this.#replica.clusterId, replicaId: FAKE, maxBytes: ALL_BYTES, topics, ...around }
  }

  ask(change: object = {}, around: object = {}): Promise<unknown> {
    return this.#replica.says(FetchSnapshotApi, this.#version, this.request(change, around))
  }

  /** What is said of the partition, and the bytes apart. */
  async piece(position: number, maxBytes: number) {
    const outcome = (await this.ask({ position }, { maxBytes })) as { readonly value?: FetchSnapshotResponse }
    const partition = outcome.value?.topics[0]?.partitions[0]
    if (partition === undefined) throw new Error(`no piece of the snapshot: ${JSON.stringify(outcome)}`)
    const { unalignedRecords, size, snapshotId, ...rest } = partition
    return { rest, size, bytes: unalignedRecords ?? Buffer.alloc(0), isOfIt: snapshotId.endOffset === this.id.endOffset && snapshotId.epoch === this.id.epoch }
  }
}

const pieces: Scenario = {
  name: 'FetchSnapshot: as a whole and piece by piece',
  versions: versions(0, 1),
  async run(stage, version) {
    const reader = await SnapshotReader.of(stage, version)
    const whole = await reader.piece(0, ALL_BYTES)
    const fetched: Buffer[] = []
    const lengths = new Set<number>()
    for (let position = 0; position < whole.size; ) {
      const { rest, size, bytes, isOfIt } = await reader.piece(position, PIECE_BYTES)
      if (size !== whole.size || !isOfIt || rest.position !== position) throw new Error(`a piece of another snapshot: ${JSON.stringify(rest)}`)
      fetched.push(bytes)
      lengths.add(bytes.length)
      position += bytes.length
    }
    const found = [...wholeBatches(whole.bytes)]
    const { rest, isOfIt } = await reader.piece(whole.size - 1, ALL_BYTES)
    return {
      whole: [whole.rest, whole.isOfIt, whole.bytes.length === whole.size],
      areEqual: Buffer.concat(fetched).equals(whole.bytes),
      lengths: [...lengths].filter((length) => length > whole.size % PIECE_BYTES),
      // The header, what the cluster is, the footer.
      kinds: [found.at(0)?.isControl, found.slice(1, -1).every(({ isControl }) => !isControl), found.at(-1)?.isControl],
      last: [{ ...rest, position: 'the last' }, isOfIt],
      nothing: (await reader.piece(0, 0)).bytes.length,
    }
  },
}

/** Apache Kafka fails as it writes an answer that refuses the partition alone (docs/differences.md): that it is refused is compared, not how. */
function isRefused(outcome: unknown): boolean {
  const { value } = outcome as { readonly value?: FetchSnapshotResponse }
  return value === undefined || value.errorCode !== 0 || value.topics.some(({ partitions }) => partitions.some(({ errorCode }) => errorCode !== 0))
}

const refusals: Scenario = {
  name: 'FetchSnapshot: positions, snapshots and epochs that there are not',
  versions: versions(0, 1),
  async run(stage, version) {
    const reader = await SnapshotReader.of(stage, version)
    const { id, epoch } = reader
    const { size } = await reader.piece(0, ALL_BYTES)
    const asked: readonly (readonly [change: object, around?: object])[] = [
      [{ position: size }],
      [{ position: size + 1 }],
      [{ position: -1 }],
      [{ snapshotId: { ...id, endOffset: id.endOffset + 1_000_000 } }],
      [{ snapshotId: { ...id, epoch: id.epoch + 1 } }],
      [{ snapshotId: { endOffset: 0, epoch: 0 } }],
      [{ snapshotId: { endOffset: -1, epoch: -1 } }],
      [{ currentLeaderEpoch: epoch - 1 }],
      [{ currentLeaderEpoch: epoch + 1 }],
      // Whoever knows no epoch yet, or no cluster.
      [{ currentLeaderEpoch: -1 }],
      [{}, { clusterId: null }],
      [{}, { replicaId: -1 }],
    ]
    return inTurn(asked, async ([change, around]) => isRefused(await reader.ask(change, around)))
  },
}

/** One that names no topic, or none of its partitions, ends Apache Kafka's controller. */
const elsewhere: Scenario = {
  name: 'FetchSnapshot: of what is not the metadata log',
  versions: versions(0, 1),
  async run(stage, version) {
    const reader = await SnapshotReader.of(stage, version)
    const asked: readonly (readonly [change: object, around?: object])[] = [
      [{ partition: 1 }],
      [{}, { topics: reader.request().topics.map((topic) => ({ ...topic, name: 'other' })) }],
      [{}, { clusterId: 'another' }],
    ]
    return inTurn(asked, async ([change, around]) => isRefused(await reader.ask(change, around)))
  },
}

const sentToSnapshot: Scenario = {
  name: 'Fetch of the metadata log: who is far behind is sent to the newest snapshot',
  versions: versions(18, 18),
  async run(stage) {
    const replica = await FakeReplica.of(stage)
    await newestSnapshot(stage, replica)
    const positions = [
      BEFORE_ALL,
      { offset: 0, epoch: 0 },
      { offset: 0, epoch: replica.epoch },
      { offset: 5, epoch: 0 },
      { offset: 5, epoch: replica.epoch },
      { offset: replica.highWatermark, epoch: replica.epoch },
    ]
    return inTurn(positions, async (position) => {
      const { snapshotId, divergingEpoch, records } = await replica.fetch(STRANGER, position)
      const isDiverging = divergingEpoch.epoch >= 0
      return { toSnapshot: snapshotId.endOffset > 0, isDiverging, hasRecords: (records?.length ?? 0) > 0 }
    })
  },
}

export const snapshotScenarios: readonly Scenario[] = [pieces, refusals, elsewhere, sentToSnapshot]
