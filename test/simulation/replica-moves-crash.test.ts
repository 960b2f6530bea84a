import { describe, expect, it } from 'vitest'
import { batches } from '../../protocol/records/batch.ts'
import { type Uuid, uuidFromBytes } from '../../protocol/uuid.ts'
import type { Ports } from '../../src/base/ports.ts'
import { EMPTY_IMAGE, type MetadataImage, type PartitionImage } from '../../src/metadata/image.ts'
import { wholeDelta } from '../../src/metadata/whole-delta.ts'
import type { DirectoryAssignment } from '../../src/replication/directories/directory-reports.ts'
import type { Partition } from '../../src/replication/partition.ts'
import { readLogLater } from '../../src/replication/partition-reads.ts'
import { ReplicaManager } from '../../src/replication/replica-manager.ts'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log/log-config.ts'
import { LogManager } from '../../src/storage/log-manager.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { noTraffic } from '../../src/telemetry/traffic.ts'
import { LOG_MANAGER_SETTINGS } from '../support/log-manager-settings.ts'
import { NOTHING_THROTTLED, REPLICATION_SETTINGS } from '../support/replication/settings.ts'
import type { SeededRandom } from '../support/world/seeded-random.ts'
import type { CrashKind } from '../support/world/simulated-node.ts'
import { World } from '../support/world/world.ts'
import { dataBatch, NOW_MS } from '../unit/storage/support.ts'
import { isDoneBeforeCrash } from './until-crash.ts'

/**
 * A replica goes back and forth between two directories while records come, and the machine crashes at each disk operation
 * of the story in turn. What was acknowledged is there after the restart, once and in order, and what was moved goes on.
 */
const PATHS = ['/data/one', '/data/two']
const IDS = PATHS.map((_, index) => uuidFromBytes(Buffer.alloc(16, 0xa0 + index)))
const TOPIC_ID = uuidFromBytes(Buffer.alloc(16, 7))
const CONFIG = { ...DEFAULT_LOG_CONFIG, segmentBytes: 900, indexIntervalBytes: 200, segmentIndexBytes: 1000, fileDeleteDelayMs: 20 }
const STEPS = 8
const LIVES = 2

/** What outlives a crash: what the cluster knows, and what clients were promised. */
interface Story {
  directoryId: Uuid
  leaderEpoch: number
  /** Records by offset. */
  readonly appended: Buffer[]
  flushedEnd: number
  movesDone: number
}

interface Opened {
  readonly logs: LogManager
  readonly replicas: ReplicaManager
  readonly partition: Partition
  readonly failures: unknown[]
}

function imageOf(story: Story): MetadataImage {
  const partition: PartitionImage = {
    replicas: [1],
    directories: [story.directoryId],
    isr: [1],
    removingReplicas: [],
    addingReplicas: [],
    eligibleLeaderReplicas: [],
    lastKnownElr: [],
    leader: 1,
    leaderEpoch: story.leaderEpoch,
    partitionEpoch: 0,
    leaderRecoveryState: 'recovered',
  }
  const topic = { name: 't', id: TOPIC_ID, partitions: [partition] }
  const topics = { byName: EMPTY_IMAGE.topics.byName.with('t', topic), byId: EMPTY_IMAGE.topics.byId.with(TOPIC_ID, topic) }
  return { ...EMPTY_IMAGE, features: { metadataVersion: 30, levels: new Map() }, topics }
}

async function open(ports: Ports, story: Story): Promise<Opened> {
  const failures: unknown[] = []
  story.leaderEpoch++
  const image = imageOf(story)
  const logs = await LogManager.open({
    ports,
    logger: silentLogger,
    settings: {
      ...LOG_MANAGER_SETTINGS,
      logDirs: PATHS,
      flushCheckIntervalMs: 300_000,
      recoveryPointCheckpointIntervalMs: 5,
      logStartOffsetCheckpointIntervalMs: 300_000,
      producerIdExpirationCheckIntervalMs: 300_000,
      maxOpenFiles: 6,
    },
    directoryIds: new Map(PATHS.map((path, index) => [path, IDS[index] as Uuid])),
    configOf: () => CONFIG,
    onDirectoryOffline: (_, error) => {
      throw error
    },
  })
  const replicas = new ReplicaManager({
    nodeId: 1,
    ports,
    pollTimers: ports.timers,
    logger: silentLogger,
    logs,
    metadata: { image: () => image },
    settings: { ...REPLICATION_SETTINGS, fetchMaxBytes: 1_000_000 },
    traffic: noTraffic(),
    minInsyncReplicas: () => 1,
    brokerEpoch: () => 1,
    throttledReplicas: NOTHING_THROTTLED,
    interBrokerListenerName: 'PLAINTEXT',
    onFailure: (error) => failures.push(error),
  })
  await replicas.onUpdate(wholeDelta(image), image)
  const told = async (assignments: readonly DirectoryAssignment[]) => {
    await ports.timers.sleep(1)
    for (const { directoryId } of assignments) story.directoryId = directoryId
    return assignments.map(() => 0)
  }
  replicas.directories.start({ directoryFailed: () => Promise.resolve(), cordonedChanged: () => Promise.resolve(), assignReplicas: told })
  return { logs, replicas, partition: replicas.partition('t', 0) as Partition, failures }
}

/** Appends as a client that is answered at once; what a crash interrupted was not acknowledged. */
function append({ partition }: Opened, story: Story, isAlive: () => boolean): void {
  const offset = story.appended.length
  const bytes = dataBatch({ producer: { id: 3, sequence: offset } })
  const result = partition.appendAsLeader(bytes, { origin: 'client', nowMs: NOW_MS, requiredAcks: -1 })
  if (!isAlive()) return
  expect(result).toMatchObject({ kind: 'appended', firstOffset: offset, duplicate: false })
  story.appended.push(Buffer.from(bytes))
}

async function flush({ partition }: Opened, story: Story): Promise<void> {
  const { log } = partition
  const end = story.appended.length
  await log?.flush()
  // What was flushed in a log that moved meanwhile is promised by nobody.
  if (partition.log === log) story.flushedEnd = Math.max(story.flushedEnd, end)
}

async function moveAway({ partition, replicas }: Opened): Promise<void> {
  const path = PATHS.find((other) => partition.log?.directory.startsWith(other) === false) as string
  await replicas.directories.alter([{ topic: 't', partition: 0, path }])
}

async function live(world: World, opened: Opened, story: Story, random: SeededRandom): Promise<void> {
  const { timers } = world.node('a').ports
  const isAlive = () => world.node('a').isRunning
  const where = opened.partition.log?.directory
  for (let count = 0; count < 5 && isAlive(); count++) append(opened, story, isAlive)
  await moveAway(opened)
  await timers.sleep(40)
  if (opened.partition.log?.directory !== where) story.movesDone++
  for (let step = 0; step < STEPS && isAlive(); step++) {
    const kind = random.below(10)
    if (kind < 4) for (let count = 1 + random.below(5); count > 0 && isAlive(); count--) append(opened, story, isAlive)
    else if (kind === 4) await flush(opened, story)
    else if (kind === 5) await timers.sleep(random.below(20))
    else if (kind === 6) await opened.replicas.directories.alter([{ topic: 't', partition: 0, path: random.pick(PATHS) }])
    else await moveAway(opened)
  }
}

async function recordsOf({ partition }: Opened): Promise<Buffer[]> {
  const found: Buffer[] = []
  for (let offset = 0; offset < partition.logEndOffset; ) {
    const read = await readLogLater(partition, offset, { maxBytes: 10_000, minOneBatch: true, upTo: 'log-end' })
    if (read.kind !== 'read') throw new Error(`offset ${offset} cannot be read`)
    for (const batch of batches(read.records)) {
      expect(batch.baseOffset).toBe(offset)
      found.push(Buffer.from(batch.bytes))
      offset = batch.nextOffset
    }
  }
  return found
}

/** The leader epoch is written in place, and outside of the checksum: the record is the same under any. */
const withoutEpoch = (batch: Buffer) => Buffer.concat([batch.subarray(0, 12), batch.subarray(16)])

async function check(opened: Opened, story: Story, kind: CrashKind): Promise<void> {
  const found = await recordsOf(opened)
  const promised = kind === 'process' ? story.appended.length : story.flushedEnd
  expect(found.length).toBeGreaterThanOrEqual(promised)
  // One that the crash interrupted may be there all the same.
  expect(found.length).toBeLessThanOrEqual(story.appended.length + 1)
  for (const [offset, batch] of found.slice(0, story.appended.length).entries()) {
    expect(withoutEpoch(batch)).toEqual(withoutEpoch(story.appended[offset] as Buffer))
  }
  story.appended.splice(0, story.appended.length, ...found)
  story.flushedEnd = Math.min(story.flushedEnd, found.length)
}

/** @returns whether all lives were lived without the crash */
async function play(n: number, seed: string, kind: CrashKind, story: Story): Promise<boolean> {
  const world = new World({ seed })
  const node = world.node('a')
  const prepare = async ({ disk }: Ports) => {
    for (const path of PATHS) await disk.makeDirectory(path)
    for (const path of ['/', '/data']) await disk.flushDirectory(path)
  }
  await world.complete(prepare(node.ports))
  node.faults.crashAtChange(n, kind)
  let hasCrashed = false
  for (let life = 0; life < LIVES; life++) {
    const run = async () => {
      const opened = await open(world.node('a').ports, story)
      if (life > 0) await check(opened, story, hasCrashed ? kind : 'process')
      await live(world, opened, story, world.random.fork(`life ${life}`))
      expect(opened.failures).toEqual([])
    }
    await isDoneBeforeCrash(world, node, run())
    hasCrashed ||= !node.isRunning
    if (node.isRunning) node.crash('process')
    world.restart('a')
  }
  node.faults.clear()
  await world.complete(open(world.node('a').ports, story).then((opened) => check(opened, story, hasCrashed ? kind : 'process')))
  return !hasCrashed
}

const SEEDS = Math.ceil(Number(process.env.ODRADEK_STORAGE_SEEDS ?? 2) / 2)

describe('a replica that moves between directories of a machine that crashes at any disk operation', () => {
  for (const kind of ['power', 'process'] as const) {
    for (let seed = 0; seed < SEEDS; seed++) {
      it(`loses and repeats nothing that was promised (${kind}, seed ${seed})`, { timeout: 120_000 }, async () => {
        let n = 0
        let moves = 0
        for (let hasFinished = false; !hasFinished; ) {
          const story: Story = { directoryId: IDS[0] as Uuid, leaderEpoch: 0, appended: [], flushedEnd: 0, movesDone: 0 }
          hasFinished = await play(++n, `moves ${seed}`, kind, story)
          moves += story.movesDone
        }
        expect(n).toBeGreaterThan(100)
        expect(moves).toBeGreaterThan(n / 2)
      })
    }
  }
})
