import { describe, expect, it } from 'vitest'
import type { Uuid } from '../../protocol/uuid.ts'
import type { Ports } from '../../src/base/ports.ts'
import { DEFAULT_LOG_CONFIG } from '../../src/storage/log/log-config.ts'
import type { PartitionLog } from '../../src/storage/log/partition-log.ts'
import { LogManager } from '../../src/storage/log-manager.ts'
import { silentLogger } from '../../src/telemetry/logger.ts'
import { LOG_MANAGER_SETTINGS } from '../support/log-manager-settings.ts'
import type { CrashKind } from '../support/world/simulated-node.ts'
import { World } from '../support/world/world.ts'
import { append, dataBatch, readAll } from '../unit/storage/support.ts'
import { isDoneBeforeCrash } from './until-crash.ts'

/**
 * A node's log directory over several lives: logs are made, written, flushed, trimmed, deleted and made again under the same
 * name; some lives end with a clean shutdown. The machine crashes in the middle of each disk operation in turn. Whatever
 * the files then say (checkpoints, the marker, directories half renamed): every log is one that was made, holds a beginning
 * of what was appended to it, all that was flushed, and begins no later than it was told to.
 */
const DIRECTORY = '/data/logs'
const CONFIG = { ...DEFAULT_LOG_CONFIG, segmentBytes: 400, indexIntervalBytes: 100, fileDeleteDelayMs: 5 }
const LIVES = 3

interface KnownLog {
  readonly batches: Buffer[]
  flushedEnd: number
  logStart: number
  isDeleted: boolean
}

type Model = Map<Uuid, KnownLog>

function open(ports: Ports): Promise<LogManager> {
  return LogManager.open({
    ports,
    logger: silentLogger,
    settings: {
      ...LOG_MANAGER_SETTINGS,
      logDirs: [DIRECTORY],
      flushCheckIntervalMs: 300_000,
      recoveryPointCheckpointIntervalMs: 300_000,
      logStartOffsetCheckpointIntervalMs: 300_000,
      producerIdExpirationCheckIntervalMs: 300_000,
      maxOpenFiles: 5,
    },
    directoryIds: new Map([[DIRECTORY, 'EF9wINcfRkKJhJQASwIdCA' as Uuid]]),
    configOf: () => CONFIG,
    onDirectoryOffline: (_, error) => {
      throw error
    },
  })
}

async function live(world: World, ports: Ports, model: Model, life: number): Promise<void> {
  const random = world.random.fork(`life ${life}`)
  const manager = await open(ports)
  const isAlive = () => world.node('a').isRunning
  for (let step = 0; step < 14; step++) {
    const topic = `topic${random.below(2)}`
    const found = manager.getLog(topic, 0)
    const log = found ?? (await make(manager, topic, `${life}${step}`, model))
    const known = model.get(log.topicId as Uuid) as KnownLog
    const kind = random.below(8)
    if (kind < 4) {
      for (let count = 1 + random.below(4); count > 0; count--) {
        const bytes = dataBatch({ producer: { id: 1, sequence: log.logEndOffset } })
        append(log, bytes)
        if (!isAlive()) return
        known.batches.push(Buffer.from(bytes))
      }
    } else if (kind === 4) {
      const end = log.logEndOffset
      await log.flush()
      known.flushedEnd = Math.max(known.flushedEnd, end)
    } else if (kind === 5) {
      await manager.checkpoint()
    } else if (kind === 6) {
      log.updateHighWatermark(log.logEndOffset)
      log.incrementLogStartOffset(Math.min(log.logEndOffset, log.logStartOffset + 2))
      known.logStart = log.logStartOffset
      await log.deleteOldSegments(0)
    } else {
      known.isDeleted = true
      await manager.deleteLog(topic, 0)
    }
  }
  if (life === LIVES - 1 || random.chance(0.5)) return manager.abandon()
  await manager.shutdown(life)
  for (const known of model.values()) known.flushedEnd = Math.max(known.flushedEnd, known.batches.length)
}

async function make(manager: LogManager, topic: string, unique: string, model: Model): Promise<PartitionLog> {
  const topicId = `${unique.padEnd(21, 'x')}A` as Uuid
  model.set(topicId, { batches: [], flushedEnd: 0, logStart: 0, isDeleted: false })
  return manager.getOrCreateLog({ topic, partition: 0, topicId })
}

async function runLives(world: World, ports: Ports, model: Model): Promise<void> {
  for (let life = 0; life < LIVES; life++) await live(world, ports, model, life)
}

async function crashAt(n: number, seed: string, kind: CrashKind): Promise<'crashed' | 'finished'> {
  const world = new World({ seed })
  const node = world.node('a')
  await world.complete(node.ports.disk.makeDirectory(DIRECTORY).then(() => Promise.all(['/', '/data'].map((path) => node.ports.disk.flushDirectory(path)))))
  const model: Model = new Map()
  node.faults.crashAtChange(n, kind)
  if (await isDoneBeforeCrash(world, node, runLives(world, node.ports, model))) return 'finished'
  await world.complete(check(world.restart('a'), model, kind))
  return 'crashed'
}

async function check(ports: Ports, model: Model, kind: CrashKind): Promise<void> {
  const manager = await open(ports)
  const seen = new Set<Uuid>()
  for (const log of manager.logs) {
    // The crash came before the topic id was written, or reached the device: before anything was appended, or flushed.
    if (log.topicId === null) {
      if (kind === 'process') expect(log.logEndOffset).toBe(0)
      continue
    }
    const known = model.get(log.topicId)
    if (known === undefined) throw new Error('a log that nobody made')
    seen.add(log.topicId)
    const found = await readAll(log)
    const appended = new Map(known.batches.map((batch) => [Number(batch.readBigInt64BE(0)), batch]))
    for (const batch of found) {
      const expected = appended.get(Number(batch.readBigInt64BE(0)))
      if (expected === undefined) expect(Number(batch.readBigInt64BE(0))).toBe(known.batches.length)
      else expect(batch).toEqual(expected)
    }
    expect(log.logEndOffset).toBeGreaterThanOrEqual(kind === 'process' ? known.batches.length : known.flushedEnd)
    expect(log.logStartOffset).toBeLessThanOrEqual(Math.max(known.logStart, 0))
    expect(append(log, dataBatch()).duplicate).toBe(false)
  }
  for (const [topicId, known] of model) {
    if (!known.isDeleted && known.flushedEnd > 0) expect([topicId, seen.has(topicId)]).toEqual([topicId, true])
  }
  await manager.shutdown(9)
  expect((await open(ports)).previousBrokerEpoch).toBe(9)
}

const SEEDS = Number(process.env.ODRADEK_STORAGE_SEEDS ?? 2)

describe('log directories whose machine crashes at any disk operation', () => {
  for (const kind of ['power', 'process'] as const) {
    for (let seed = 0; seed < SEEDS; seed++) {
      it(`keep what they promised (${kind}, seed ${seed})`, { timeout: 120_000 }, async () => {
        let n = 1
        while ((await crashAt(n, `directories ${seed}`, kind)) === 'crashed') n++
        expect(n).toBeGreaterThan(40)
      })
    }
  }
})
