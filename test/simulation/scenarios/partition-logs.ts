import { deepStrictEqual, ok } from 'node:assert/strict'
import { batches } from '../../../protocol/records/batch.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { records } from '../../../protocol/records/record.ts'
import { METADATA_TOPIC_ID, type Uuid } from '../../../protocol/uuid.ts'
import type { Ports } from '../../../src/base/ports.ts'
import { DEFAULT_LOG_CONFIG } from '../../../src/storage/log/log-config.ts'
import type { PartitionLog } from '../../../src/storage/log/partition-log.ts'
import { LogManager } from '../../../src/storage/log-manager.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { LOG_MANAGER_SETTINGS } from '../../support/log-manager-settings.ts'
import type { SeededRandom } from '../../support/world/seeded-random.ts'
import type { CrashKind, SimulatedNode } from '../../support/world/simulated-node.ts'
import type { World } from '../../support/world/world.ts'
import type { Scenario } from '../scenario.ts'

/**
 * Logs of one node are appended to, flushed, rolled, cut at their start and checkpointed, while the node crashes in the
 * middle of disk operations, by kill -9 or loss of power. After each crash a log holds a prefix of what was appended:
 * all of it after kill -9 (up to the append that the crash interrupted), at least what was flushed after a loss of power;
 * nothing else, and in order.
 */
export const partitionLogs: Scenario = {
  name: 'partition-logs',
  promise: 'after a crash a log holds what was flushed and a prefix of the rest',
  regressions: [108_613, 501_290],
  async play(world) {
    const story = new Story(world)
    await story.begin()
    for (let life = 0; life < LIVES; life++) await story.live()
  },
}

const LIVES = 4
const STEPS_PER_LIFE = 60
const PARTITIONS = [0, 1]
const DIRECTORY = '/data/logs'
/** Small enough that a life rolls some segments. */
const CONFIG = { ...DEFAULT_LOG_CONFIG, segmentBytes: 1500, indexIntervalBytes: 200, segmentIndexBytes: 1000, fileDeleteDelayMs: 50 }

/** What must be in one log. */
interface Expected {
  /** Values of all records, by offset. */
  readonly values: string[]
  /** Offset from which on a loss of power may take records. */
  durableEnd: number
  /** Records below are not asked for any more; a crash may bring them back. */
  start: number
  /** Values of the append that a crash may have cut. */
  inDoubt: readonly string[]
}

class Story {
  readonly #world: World
  readonly #node: SimulatedNode
  readonly #random: SeededRandom
  readonly #expected: Expected[] = PARTITIONS.map(() => ({ values: [], durableEnd: 0, start: 0, inDoubt: [] }))
  #manager: LogManager | undefined
  #logs: PartitionLog[] = []
  #nextValue = 0

  constructor(world: World) {
    this.#world = world
    this.#node = world.node('broker')
    this.#random = world.random.fork('story')
  }

  async begin(): Promise<void> {
    await this.#world.complete(prepare(this.#node.ports))
    await this.#open()
  }

  async live(): Promise<void> {
    const kind: CrashKind = this.#random.pick(['process', 'power'])
    if (this.#random.chance(0.7)) this.#node.faults.crashAtChange(1 + this.#random.below(150), kind)
    for (let step = 0; step < STEPS_PER_LIFE && this.#node.isRunning; step++) await this.#step()
    this.#node.crash(kind)
    this.#node.faults.clear()
    this.#world.restart('broker')
    await this.#open()
    for (const partition of PARTITIONS) await this.#check(partition, kind)
  }

  async #open(): Promise<void> {
    this.#manager = await this.#world.complete(openManager(this.#node.ports))
    this.#logs = await this.#world.complete(
      Promise.all(PARTITIONS.map((partition) => this.#opened.getOrCreateLog({ topic: 't', partition, topicId: TOPIC_ID }))),
    )
  }

  async #step(): Promise<void> {
    const partition = this.#random.pick(PARTITIONS)
    const action = this.#random.pick(['append', 'append', 'append', 'append', 'flush', 'checkpoint', 'cut the start', 'wait'] as const)
    switch (action) {
      case 'append':
        return this.#append(partition)
      case 'flush':
        return this.#flush(partition)
      case 'checkpoint':
        return this.#unlessItCrashes(this.#opened.checkpoint())
      case 'cut the start':
        return this.#cutStart(partition)
      case 'wait':
        return this.#world.run(this.#random.below(200))
    }
  }

  async #append(partition: number): Promise<void> {
    const expected = this.#of(partition)
    const values = Array.from({ length: 1 + this.#random.below(4) }, () => `value ${this.#nextValue++} ${'x'.repeat(this.#random.below(80))}`)
    const nowMs = this.#node.ports.clock.nowMs()
    const bytes = buildBatch(
      {},
      values.map((value) => ({ timestamp: nowMs, value: Buffer.from(value) })),
    )
    const result = this.#log(partition).appendAsLeader(bytes, { leaderEpoch: 0, origin: 'client', nowMs })
    if (!this.#node.isRunning) {
      expected.inDoubt = values
      return
    }
    deepStrictEqual([result.kind, result.kind === 'appended' && result.firstOffset], ['appended', expected.values.length])
    expected.values.push(...values)
  }

  async #flush(partition: number): Promise<void> {
    const expected = this.#of(partition)
    const end = expected.values.length
    await this.#unlessItCrashes(
      this.#log(partition)
        .flush()
        .then(() => {
          expected.durableEnd = Math.max(expected.durableEnd, end)
        }),
    )
  }

  async #cutStart(partition: number): Promise<void> {
    const expected = this.#of(partition)
    const log = this.#log(partition)
    log.updateHighWatermark(log.logEndOffset)
    const start = expected.start + this.#random.below(1 + expected.values.length - expected.start)
    log.incrementLogStartOffset(start)
    expected.start = start
    await this.#unlessItCrashes(this.#opened.runRetention(this.#node.ports.clock.nowMs()).then(() => {}))
  }

  async #unlessItCrashes(work: Promise<void>): Promise<void> {
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    work.then(settle, settle)
    await this.#world.runUntil(() => isSettled || !this.#node.isRunning)
    if (isSettled && this.#node.isRunning) await work
  }

  async #check(partition: number, kind: CrashKind): Promise<void> {
    const expected = this.#of(partition)
    const log = this.#log(partition)
    const appended = expected.values.length
    // Where all that was flushed has been deleted since, nothing is promised, as with Apache Kafka.
    const durableEnd = expected.durableEnd > expected.start ? expected.durableEnd : 0
    const leastEnd = kind === 'process' ? appended : durableEnd
    ok(log.logEndOffset >= leastEnd, `the log of partition ${partition} ends at ${log.logEndOffset} after a crash (${kind}), and ${leastEnd} was promised`)
    ok(log.logStartOffset <= expected.start, `the log of partition ${partition} begins at ${log.logStartOffset}, and ${expected.start} was the last start`)
    const all = [...expected.values, ...expected.inDoubt]
    ok([...Array(all.length + 1).keys()].includes(log.logEndOffset), `the log ends at ${log.logEndOffset}, beyond what was ever appended`)
    deepStrictEqual(await this.#world.complete(valuesOf(log)), all.slice(log.logStartOffset, log.logEndOffset))
    expected.values.splice(0, expected.values.length, ...all.slice(0, log.logEndOffset))
    expected.inDoubt = []
    expected.durableEnd = Math.min(expected.durableEnd, log.logEndOffset)
    expected.start = log.logStartOffset
  }

  #of(partition: number): Expected {
    return this.#expected[partition] as Expected
  }

  #log(partition: number): PartitionLog {
    return this.#logs[partition] as PartitionLog
  }

  get #opened(): LogManager {
    ok(this.#manager !== undefined, 'the manager is open')
    return this.#manager
  }
}

const TOPIC_ID = 'c2ltdWxhdGlvbi0xMjM0NQ' as Uuid

async function prepare({ disk }: Ports): Promise<void> {
  await disk.makeDirectory(DIRECTORY)
  await disk.flushDirectory('/data')
  await disk.flushDirectory('/')
}

function openManager(ports: Ports): Promise<LogManager> {
  return LogManager.open({
    ports,
    logger: silentLogger,
    settings: {
      ...LOG_MANAGER_SETTINGS,
      logDirs: [DIRECTORY],
      flushCheckIntervalMs: 3_600_000,
      maxOpenFiles: 3,
    },
    directoryIds: new Map([[DIRECTORY, METADATA_TOPIC_ID]]),
    configOf: () => CONFIG,
    onDirectoryOffline: (_directory, error) => {
      throw error
    },
  })
}

/** Values of all records from the log's start to its end, read as a consumer would. */
async function valuesOf(log: PartitionLog): Promise<string[]> {
  const values: string[] = []
  let offset = log.logStartOffset
  while (offset < log.logEndOffset) {
    const read = await log.readAsync(offset, { maxBytes: 500, minOneBatch: true, upTo: 'log-end' })
    const from = offset
    ok(read.kind === 'read', `a read at ${from} gives records`)
    for (const batch of batches(read.records)) {
      for (const record of records(batch)) {
        if (record.offset >= offset) values[record.offset - log.logStartOffset] = String(record.value)
      }
      offset = batch.lastOffset + 1
    }
    ok(offset > from, `a read at ${from} gives whole batches`)
  }
  return values
}
