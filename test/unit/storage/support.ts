import { batches, type RecordBatch } from '../../../protocol/records/batch.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { METADATA_TOPIC_ID } from '../../../protocol/uuid.ts'
import type { Ports } from '../../../src/base/ports.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../../src/storage/log/log-config.ts'
import type { PartitionLog } from '../../../src/storage/log/partition-log.ts'
import type { AppendAsLeaderOptions, Appended, AppendRefused, ReadBound } from '../../../src/storage/log/results.ts'
import { openLog } from '../../../src/storage/open-log.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { World } from '../../support/world/world.ts'

export const LOG_DIRECTORY = '/data/topic-0'
export const NOW_MS = Date.UTC(2026, 0)

/** A machine whose time runs by itself until the test ends. */
export function startWorld(seed: number | string = 1): { readonly world: World; readonly ports: Ports } & AsyncDisposable {
  const world = new World({ seed })
  const pumping = world.startPumping()
  return { world, ports: world.node('a').ports, [Symbol.asyncDispose]: async () => pumping[Symbol.asyncDispose]() }
}

export interface OpenOptions {
  readonly config?: Partial<LogConfig>
  readonly recoveryPoint?: number
  readonly logStartOffset?: number
}

/** A failure of work in the background is the test's. */
export function openTestLog(ports: Ports, options: OpenOptions = {}): Promise<PartitionLog> {
  return openLog({
    ports,
    logger: silentLogger,
    directory: LOG_DIRECTORY,
    topic: 'topic',
    partition: 0,
    topicId: METADATA_TOPIC_ID,
    config: { ...DEFAULT_LOG_CONFIG, ...options.config },
    logStartOffset: options.logStartOffset ?? 0,
    recoveryPoint: options.recoveryPoint ?? 0,
    onDiskError: (error) => {
      throw error
    },
  })
}

export interface BatchShape {
  readonly count?: number
  readonly timestamp?: number
  readonly valueBytes?: number
  readonly producer?: { readonly id: number; readonly epoch?: number; readonly sequence: number }
  readonly isTransactional?: boolean
}

/** As a producer sends it. */
export function dataBatch({ count = 1, timestamp = NOW_MS, valueBytes = 10, producer, isTransactional = false }: BatchShape = {}): Buffer {
  const identity = producer === undefined ? {} : { producerId: producer.id, producerEpoch: producer.epoch ?? 0, baseSequence: producer.sequence }
  const records = Array.from({ length: count }, (_, index) => ({ timestamp: timestamp + index, value: Buffer.alloc(valueBytes, 97 + (index % 26)) }))
  return buildBatch({ ...identity, isTransactional }, records)
}

export interface MarkerShape {
  readonly producerId: number
  readonly epoch?: number
  readonly isAbort?: boolean
  readonly coordinatorEpoch?: number
  readonly timestamp?: number
}

/** As a transaction coordinator has it written. */
export function markerBatch({ producerId, epoch = 0, isAbort = false, coordinatorEpoch = 0, timestamp = NOW_MS }: MarkerShape): Buffer {
  const key = Buffer.from([0, 0, 0, isAbort ? 0 : 1])
  const value = Buffer.alloc(6)
  value.writeInt32BE(coordinatorEpoch, 2)
  return buildBatch({ producerId, producerEpoch: epoch, isTransactional: true, isControl: true }, [{ timestamp, key, value }])
}

const AS_CLIENT: AppendAsLeaderOptions = { leaderEpoch: 0, origin: 'client', nowMs: NOW_MS }

export function append(log: PartitionLog, bytes: Buffer, options: Partial<AppendAsLeaderOptions> = {}): Appended {
  const result = log.appendAsLeader(bytes, { ...AS_CLIENT, ...options })
  if (result.kind !== 'appended') throw new Error(`refused: ${result.errorCode} ${result.detail}`)
  return result
}

export function appendMarker(log: PartitionLog, shape: MarkerShape): Appended {
  return append(log, markerBatch(shape), { origin: 'coordinator', transactionVersion: 1 })
}

export function refusal(log: PartitionLog, bytes: Buffer, options: Partial<AppendAsLeaderOptions> = {}): AppendRefused {
  const result = log.appendAsLeader(bytes, { ...AS_CLIENT, ...options })
  if (result.kind !== 'refused') throw new Error('it was appended')
  return result
}

/** All batches of the log from its start to its end. */
export async function readAll(log: PartitionLog, upTo: ReadBound = 'log-end'): Promise<Buffer[]> {
  const found: Buffer[] = []
  for (let offset = log.logStartOffset; ; ) {
    const result = await log.readAsync(offset, { maxBytes: 100_000, minOneBatch: true, upTo })
    if (result.kind !== 'read') throw new Error(`offset ${offset} is out of range`)
    let last: RecordBatch | null = null
    for (const batch of batches(result.records)) {
      found.push(Buffer.from(batch.bytes))
      last = batch
    }
    if (last === null) return found
    offset = last.nextOffset
  }
}

export async function baseOffsets(log: PartitionLog, upTo: ReadBound = 'log-end'): Promise<number[]> {
  return (await readAll(log, upTo)).map((bytes) => Number(bytes.readBigInt64BE(0)))
}

export async function fileNames(ports: Ports, directory = LOG_DIRECTORY): Promise<string[]> {
  return (await ports.disk.list(directory)).map((entry) => entry.name)
}
