import { describe, expect, it } from 'vitest'
import { records } from '../../protocol/records/record.ts'
import type { Ports } from '../../src/base/ports.ts'
import { ArchiveWriter, type FileDigest } from '../../src/cli/backup/archive-writer.ts'
import { findNode } from '../../src/cli/backup/backed-up-node.ts'
import { copyNode } from '../../src/cli/backup/copy-node.ts'
import { type CopiedPartition, copyPartition } from '../../src/cli/backup/copy-partition.ts'
import { readTar } from '../../src/cli/backup/read-tar.ts'
import { recoveryPointOfCopy } from '../../src/cli/backup/recovery-points.ts'
import { restoreNode } from '../../src/cli/backup/restored-node.ts'
import type { PartitionLog } from '../../src/storage/log/partition-log.ts'
import { inChunks } from '../support/backup-archives.ts'
import type { SeededRandom } from '../support/world/seeded-random.ts'
import type { World } from '../support/world/world.ts'
import { append, dataBatch, LOG_DIRECTORY, openTestLog, readAll, startWorld } from '../unit/storage/support.ts'
import { WorldNode } from './world-node.ts'

/**
 * A log is copied from outside while it is appended to, rolled, cut at the end, retained at the front and begun anew. What
 * is restored must be the log of one moment of the copying: nothing that was there all the time is missing, nothing is in it that
 * was not there together. Batches are of one size, so that what is written over others ends where those ended.
 */
const CONFIG = { segmentBytes: 2_000, indexIntervalBytes: 100, fileDeleteDelayMs: 10 }
const SETTLED_MS = 10_000
/** What is read of two versions is still a row of sound batches. */
const CHUNK_BYTES = dataBatch().length
const SEEDS = Number(process.env.ODRADEK_STORAGE_SEEDS ?? 2) * 40

/** The log as it was after one step. */
interface Version {
  readonly start: number
  readonly end: number
  /** By base offset. */
  readonly batches: ReadonlyMap<number, Buffer>
}

class Story {
  readonly versions: Version[] = []
  readonly #log: PartitionLog
  readonly #random: SeededRandom
  readonly #batches = new Map<number, Buffer>()
  #epoch = 0
  #highWatermark = 0

  constructor(log: PartitionLog, random: SeededRandom) {
    this.#log = log
    this.#random = random
    this.#note()
  }

  /** What leaders, followers and retention do to a log. */
  async step(): Promise<void> {
    const log = this.#log
    const kind = this.#random.below(20)
    if (kind < 12) for (let count = this.#random.below(4); count >= 0; count--) this.#append()
    else if (kind < 14) await log.flush()
    else if (kind < 15) this.#highWatermark = Math.max(this.#highWatermark, log.updateHighWatermark(log.logEndOffset - this.#random.below(30)))
    else if (kind < 18) await this.#cutEnd()
    else if (kind < 19) await this.#cutStart()
    else if (this.#random.chance(0.1)) await this.#beginAnew()
    this.#note()
  }

  #append(): void {
    const bytes = dataBatch()
    append(this.#log, bytes, { leaderEpoch: this.#epoch })
    this.#batches.set(this.#log.logEndOffset - 1, Buffer.from(bytes))
    this.#note()
  }

  /** As a follower of a new leader, which has others in the place of what it takes away. */
  async #cutEnd(): Promise<void> {
    const log = this.#log
    const before = log.logEndOffset
    const to = Math.max(this.#highWatermark, log.logStartOffset, log.logEndOffset - this.#random.below(24))
    for (const offset of this.#batches.keys()) if (offset >= to) this.#batches.delete(offset)
    const cut = log.truncateTo(to)
    this.#epoch++
    this.#note()
    await cut
    // The new leader has as many, and often more.
    if (this.#random.chance(0.7)) for (let count = before - to; count >= 0; count--) this.#append()
  }

  async #cutStart(): Promise<void> {
    const log = this.#log
    const to = Math.min(this.#highWatermark, log.logStartOffset + this.#random.below(10))
    log.incrementLogStartOffset(to)
    await log.deleteOldSegments(0)
  }

  /** As a follower that was away for too long. */
  async #beginAnew(): Promise<void> {
    const log = this.#log
    const at = log.logEndOffset + this.#random.below(5)
    this.#batches.clear()
    const cut = log.truncateFullyAndStartAt(at, at)
    this.#highWatermark = at
    this.#epoch++
    this.#note()
    await cut
  }

  #note(): void {
    const { logStartOffset: start, logEndOffset: end } = this.#log
    this.versions.push({ start, end, batches: new Map(this.#batches) })
  }
}

async function play(seed: string): Promise<'whole' | 'cut'> {
  await using started = startWorld(seed)
  const { world, ports } = started
  const random = world.random.fork('story')
  const log = await openTestLog(ports, { config: CONFIG })
  const story = new Story(log, random)
  for (let step = 0; step < 60; step++) await story.step()
  await ports.timers.sleep(SETTLED_MS)
  const noted = { offset: log.recoveryStart, writtenMs: ports.clock.nowMs() }
  // Other logs are copied before this one.
  if (random.chance(0.5)) for (let count = random.below(30); count > 0; count--) await story.step()
  if (random.chance(0.3)) await ports.timers.sleep(SETTLED_MS)
  const from = story.versions.length - 1
  const copy = copyLog(ports)
  let isCopied = false
  copy.then(
    () => (isCopied = true),
    () => (isCopied = true),
  )
  while (!isCopied) {
    await story.step()
    await ports.timers.sleep(random.below(40) / 10)
  }
  const { files, segments, archive } = await copy
  const recoveryPoint = recoveryPointOfCopy(noted.offset, noted.writtenMs, segments)
  await unpack(world, files, archive)
  const during = story.versions.slice(from)
  const restored = await openTestLog(world.node('b').ports, { config: CONFIG, recoveryPoint })
  await check(restored, during)
  // What is in force at a log's start is forgotten with what was before: a crash may remember one of the two.
  if (story.versions.every(({ start }) => start === 0)) await checkEpochs(restored, world)
  return during.some(({ end }, index) => end < (during[index - 1]?.end ?? 0)) ? 'cut' : 'whole'
}

async function copyLog({ disk, clock, timers }: Ports): Promise<CopiedPartition & { readonly archive: Buffer }> {
  const parts: Buffer[] = []
  const writer = new ArchiveWriter(async (bytes) => void parts.push(Buffer.from(bytes)), 0)
  const copied = await copyPartition({ disk, clock, timers, writer, root: '/data', directory: 0, name: 'topic-0', chunkBytes: CHUNK_BYTES })
  await writer.end()
  return { ...copied, archive: Buffer.concat(parts) }
}

/** Of entries of the same name the last one counts. */
async function unpack(world: World, files: readonly FileDigest[], archive: Buffer): Promise<void> {
  const { disk } = world.node('b').ports
  await disk.makeDirectory(LOG_DIRECTORY)
  const counted = new Set(files.map(({ path }) => path))
  for await (const { path, content } of readTar(inChunks(archive))) {
    const parts: Buffer[] = []
    for await (const part of content) parts.push(Buffer.from(part))
    if (counted.has(path)) await disk.writeFileAtomic(path.replace('data-0', '/data'), Buffer.concat(parts))
  }
}

async function check(restored: PartitionLog, during: readonly Version[]): Promise<void> {
  const found = new Map((await readAll(restored)).map((batch) => [Number(batch.readBigInt64BE(0)), batch]))
  const { logStartOffset: start, logEndOffset: end } = restored
  expect(end).toBeGreaterThanOrEqual(Math.min(...during.map((version) => version.end)))
  expect(start).toBeLessThanOrEqual(Math.max(...during.map((version) => version.start)))
  expect([...found.keys()]).toEqual(Array.from({ length: end - start }, (_, index) => start + index))
  const isOf = (version: Version) =>
    version.end >= end && [...found].every(([offset, batch]) => offset < version.start || version.batches.get(offset)?.equals(batch) === true)
  expect(during.some(isOf), `a log from ${start} to ${end} as it never was`).toBe(true)
}

/** The same batches, replicated to a fresh log, begin epochs where this one says. */
async function checkEpochs(restored: PartitionLog, world: World): Promise<void> {
  const found = await readAll(restored)
  const fresh = await openTestLog(world.node('fresh').ports, { config: CONFIG })
  for (const batch of found) fresh.appendAsFollower(Buffer.from(batch), { leaderEpoch: 1000, nowMs: 0 })
  for (let epoch = 0; epoch < 100; epoch++) expect(restored.endOffsetForEpoch(epoch)).toEqual(fresh.endOffsetForEpoch(epoch))
}

describe('a log that is copied while it changes', () => {
  it('is the log of one moment', { timeout: 240_000 }, async () => {
    const outcomes = new Set<string>()
    for (let seed = 0; seed < SEEDS; seed++) outcomes.add(await play(`backup ${seed}`))
    // Else the stories are too tame to tell anything.
    expect([...outcomes].sort()).toEqual(['cut', 'whole'])
  })
})

describe('a node that is copied while it serves', () => {
  it('serves from the copy what was acknowledged before, and each record once', { timeout: 120_000 }, async () => {
    const node = await WorldNode.start({ 'log.segment.bytes': '1048576' })
    await node.createTopic('orders')
    const value = (number: number) => Buffer.from(`order ${number}`.padEnd(500))
    for (let number = 0; number < 100; number++) await node.produce('orders', { value: value(number) })
    const { disk, clock, timers } = node.world.node('broker').ports
    const parts: Buffer[] = []
    const write = async (bytes: Buffer) => void parts.push(Buffer.from(bytes))
    let isCopied = false
    const copying = findNode(disk, ['/data'], null)
      .then((found) => copyNode({ node: found, disk, clock, timers, programVersion: 'test', write }))
      .finally(() => (isCopied = true))
    let sent = 100
    for (; !isCopied; sent++) await node.produce('orders', { value: value(sent) })
    const copied = await copying
    expect(copied.partitions).toBe(1)
    expect(sent).toBeGreaterThan(101)
    const expected = { nodeId: null, clusterId: null, metadataTarget: null }
    const chunks = inChunks(Buffer.concat(parts), 10_000)
    const restored = await WorldNode.start({}, ({ disk: target }) => restoreNode({ disk: target, chunks, targets: ['/data'], expected, replace: false }))
    const found: string[] = []
    for (let offset = 0; ; offset = found.length) {
      const batches = await restored.fetch('orders', offset)
      if (batches.length === 0) break
      for (const batch of batches) for (const record of records(batch)) found.push(String(record.value).trim())
    }
    expect(found.length).toBeGreaterThanOrEqual(100)
    expect(found).toEqual(Array.from({ length: found.length }, (_, number) => `order ${number}`))
    expect(await restored.produce('orders')).toMatchObject({ errorCode: 0, baseOffset: found.length })
  })
})
