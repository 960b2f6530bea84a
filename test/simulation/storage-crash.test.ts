import { describe, expect, it } from 'vitest'
import type { Ports } from '../../src/base/ports.ts'
import type { CrashKind } from '../support/world/simulated-node.ts'
import { World } from '../support/world/world.ts'
import { append, dataBatch, markerBatch, openTestLog, readAll } from '../unit/storage/support.ts'
import { isDoneBeforeCrash } from './until-crash.ts'

/**
 * One log, a scripted or drawn run, and a crash in the middle of each disk operation of it in turn. After recovery:
 * what was flushed is there; what is there is a beginning of what was appended, to the byte; after a process's end alone, it
 * is all of it; producers, transactions and epochs are those that these batches make; the log takes appends, and closes.
 */
const CONFIG = { segmentBytes: 700, indexIntervalBytes: 100, fileDeleteDelayMs: 10 }

/** What was appended, and of it what is durable. */
class Model {
  /** Batches as they are in the log, by their place. */
  readonly batches: Buffer[] = []
  logEnd = 0
  flushedEnd = 0
  logStart = 0

  appended(bytes: Buffer, records: number): void {
    this.batches.push(Buffer.from(bytes))
    this.logEnd += records
  }

  cut(offset: number): void {
    while (this.batches.length > 0 && endOf(this.batches.at(-1) as Buffer) > offset) this.batches.pop()
    this.logEnd = offset
    this.flushedEnd = Math.min(this.flushedEnd, offset)
  }
}

function baseOf(batch: Buffer): number {
  return Number(batch.readBigInt64BE(0))
}

function endOf(batch: Buffer): number {
  return baseOf(batch) + batch.readInt32BE(23) + 1
}

/** Draws its steps from the world's seed. */
async function run(world: World, ports: Ports, model: Model): Promise<void> {
  const random = world.random.fork('script')
  const log = await openTestLog(ports, { config: CONFIG })
  const sequences = [0, 0, 0]
  const open = new Set<number>()
  const put = (bytes: Buffer, records: number, options: Parameters<typeof append>[2] = {}) => {
    append(log, bytes, { leaderEpoch: Math.floor(log.logEndOffset / 15), ...options })
    // The rest of a turn in whose middle the machine crashed never happened.
    if (!world.node('a').isRunning) throw new Error('crashed')
    model.appended(bytes, records)
  }
  for (let step = 0; step < 40; step++) {
    const kind = random.below(12)
    const id = random.below(3)
    const count = 1 + random.below(3)
    if (kind < 5) {
      put(dataBatch({ count, isTransactional: open.has(id), producer: { id, sequence: sequences[id] as number } }), count)
      sequences[id] = (sequences[id] as number) + count
    } else if (kind < 7 && !open.has(id)) {
      put(dataBatch({ count, isTransactional: true, producer: { id, sequence: sequences[id] as number } }), count)
      sequences[id] = (sequences[id] as number) + count
      open.add(id)
    } else if (kind < 8 && open.has(id)) {
      put(markerBatch({ producerId: id, isAbort: random.chance(0.5) }), 1, { origin: 'coordinator', transactionVersion: 1 })
      open.delete(id)
    } else if (kind < 10) {
      const end = log.logEndOffset
      await log.flush()
      model.flushedEnd = Math.max(model.flushedEnd, end)
    } else if (kind === 10 && log.logEndOffset > 4) {
      log.updateHighWatermark(log.logEndOffset)
      log.incrementLogStartOffset(log.logStartOffset + random.below(3))
      model.logStart = log.logStartOffset
      await log.deleteOldSegments(0)
    } else {
      put(dataBatch({ count, valueBytes: 200 }), count)
    }
  }
  await log.close()
  model.flushedEnd = model.logEnd
}

async function crashAt(n: number, seed: string, kind: CrashKind): Promise<'crashed' | 'finished'> {
  const world = new World({ seed })
  const node = world.node('a')
  const model = new Model()
  // The log directory itself is there for good: formatting sees to that.
  await world.complete(node.ports.disk.makeDirectory('/data').then(() => node.ports.disk.flushDirectory('/')))
  node.faults.crashAtChange(n, kind)
  if (await isDoneBeforeCrash(world, node, run(world, node.ports, model))) return 'finished'
  await world.complete(check(world, world.restart('a'), model, kind))
  return 'crashed'
}

/** The log start is not checkpointed in these runs: what was removed by then may be back, or be gone. */
async function check(world: World, ports: Ports, model: Model, kind: CrashKind): Promise<void> {
  const log = await openTestLog(ports, { config: CONFIG })
  const found = await readAll(log)
  const appended = new Map(model.batches.map((batch) => [baseOf(batch), batch]))
  for (const batch of found) {
    const known = appended.get(baseOf(batch))
    // One more may be there: the one in the middle of whose write the machine crashed.
    if (known === undefined) expect(baseOf(batch)).toBe(model.logEnd)
    else expect(batch).toEqual(known)
  }
  expect(found.map(baseOf)).toEqual(contiguous(found))
  const start = found[0] === undefined ? log.logEndOffset : baseOf(found[0])
  expect(start).toBeLessThanOrEqual(Math.max(model.logStart, start === log.logEndOffset ? log.logEndOffset : 0, 0))
  expect(log.logEndOffset).toBeGreaterThanOrEqual(kind === 'process' ? model.logEnd : model.flushedEnd)
  await checkProducers(log, found, world)
  expect(append(log, dataBatch(), { leaderEpoch: 1000 }).kind).toBe('appended')
  await log.close()
  const again = await openTestLog(ports, { config: CONFIG, recoveryPoint: log.logEndOffset })
  expect(await readAll(again)).toHaveLength(found.length + 1)
}

function contiguous(found: readonly Buffer[]): number[] {
  let next = found[0] === undefined ? 0 : baseOf(found[0])
  return found.map((batch) => {
    const base = next
    next = endOf(batch)
    return base
  })
}

/** The same batches, replicated to a fresh log on another machine, say the same of producers and epochs. */
async function checkProducers(log: Awaited<ReturnType<typeof openTestLog>>, found: readonly Buffer[], world: World): Promise<void> {
  const first = found[0]
  if (first === undefined || baseOf(first) > 0) return
  const fresh = await openTestLog(world.node('fresh').ports, { config: CONFIG })
  for (const batch of found) fresh.appendAsFollower(Buffer.from(batch), { leaderEpoch: 1000, nowMs: 0 })
  const byId = (a: { producerId: number }, b: { producerId: number }) => a.producerId - b.producerId
  expect([...log.activeProducers()].sort(byId)).toEqual([...fresh.activeProducers()].sort(byId))
  for (let epoch = 0; epoch < 10; epoch++) expect(log.endOffsetForEpoch(epoch)).toEqual(fresh.endOffsetForEpoch(epoch))
  for (const each of [log, fresh]) each.updateHighWatermark(each.logEndOffset)
  expect(log.lastStableOffset).toEqual(fresh.lastStableOffset)
  const options = { maxBytes: 10_000_000, minOneBatch: true, upTo: 'last-stable' } as const
  expect(await log.readAsync(0, options)).toEqual(await fresh.readAsync(0, options))
}

const SEEDS = Number(process.env.ODRADEK_STORAGE_SEEDS ?? 2)

describe('a log whose machine crashes at any disk operation', () => {
  for (const kind of ['power', 'process'] as const) {
    for (let seed = 0; seed < SEEDS; seed++) {
      it(`keeps what it promised (${kind}, seed ${seed})`, { timeout: 120_000 }, async () => {
        let n = 1
        while ((await crashAt(n, `storage ${seed}`, kind)) === 'crashed') n++
        expect(n).toBeGreaterThan(40)
      })
    }
  }
})
