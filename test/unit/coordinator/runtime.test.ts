import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { CoordinatorRuntime, type CoordinatorSettings } from '../../../src/coordinator/coordinator-runtime.ts'
import { MAX_PENDING_WRITES } from '../../../src/coordinator/shard.ts'
import { World } from '../../support/world/world.ts'
import { type Line, recordingLogger } from '../server/harness.ts'
import { CounterMachine, type CounterRecord, counterCodec } from './counter-machine.ts'
import { MemoryLog } from './memory-log.ts'

const PARTITION = 3

interface Setup {
  readonly world: World
  readonly log: MemoryLog
  readonly lines: readonly Line[]
  readonly machines: CounterMachine[]
  readonly runtime: CoordinatorRuntime<CounterMachine, CounterRecord>
  machine(): CounterMachine
}

async function serving(settings: Partial<CoordinatorSettings> = {}, log = new MemoryLog(), epoch = 1): Promise<Setup> {
  const setup = start(settings, log)
  setup.runtime.load(PARTITION, epoch)
  await setup.world.complete(setup.runtime.whenServing(PARTITION))
  return setup
}

function start(settings: Partial<CoordinatorSettings>, log: MemoryLog): Setup {
  const world = new World({ seed: 1 })
  const { clock, timers } = world.node('a').ports
  const machines: CounterMachine[] = []
  const lines: Line[] = []
  const runtime = new CoordinatorRuntime<CounterMachine, CounterRecord>({
    topic: '__counters',
    openLog: (_topic, _partition, leaderEpoch) => log.open(leaderEpoch),
    codec: counterCodec,
    makeMachine: ({ snapshots }) => {
      const machine = new CounterMachine(snapshots)
      machines.push(machine)
      return machine
    },
    settings: { writeTimeoutMs: 5000, appendLingerMs: -1, loadBufferBytes: 5_242_880, compression: 'none', ...settings },
    clock,
    timers,
    logger: recordingLogger(lines),
  })
  return { world, log, lines, machines, runtime, machine: () => machines.at(-1) as CounterMachine }
}

const ok = (value: number) => ({ ok: true, value })
const failed = (errorCode: number) => ({ ok: false, errorCode })

describe('writes', () => {
  it('answer when their records are committed, not before', async () => {
    const { world, log, runtime } = await serving()
    log.hold()
    const write = runtime.write(PARTITION, (machine) => machine.add('a', 1))
    let isAnswered = false
    void write.then(() => {
      isAnswered = true
    })
    await world.run(1000)
    expect(log.endOffset).toBe(1)
    expect(isAnswered).toBe(false)
    log.release()
    expect(await world.complete(write)).toEqual(ok(1))
  })

  it('that arrive together share one batch', async () => {
    const { world, log, runtime } = await serving()
    const writes = Promise.all([1, 2, 3].map((by) => runtime.write(PARTITION, (machine) => machine.add('a', by))))
    expect(await world.complete(writes)).toEqual([ok(1), ok(3), ok(6)])
    expect(log.batches).toHaveLength(1)
  })

  it('are appended one by one with a linger of 0, and gathered for as long as the linger says', async () => {
    const at0 = await serving({ appendLingerMs: 0 })
    await at0.world.complete(Promise.all([1, 2].map((by) => at0.runtime.write(PARTITION, (machine) => machine.add('a', by)))))
    expect(at0.log.batches).toHaveLength(2)

    const at50 = await serving({ appendLingerMs: 50 })
    const first = at50.runtime.write(PARTITION, (machine) => machine.add('a', 1))
    await at50.world.run(40)
    const second = at50.runtime.write(PARTITION, (machine) => machine.add('a', 2))
    expect(at50.log.batches).toHaveLength(0)
    await at50.world.complete(Promise.all([first, second]), { withinMs: 20 })
    expect(at50.log.batches).toHaveLength(1)
  })

  it('that do not fit into a batch begin another', async () => {
    const log = new MemoryLog()
    log.maxBatchBytes = 200
    const { world, runtime } = await serving({}, log)
    const writes = Array.from({ length: 10 }, (_, index) => runtime.write(PARTITION, (machine) => machine.add(`counter-${index}`, 1)))
    await world.complete(Promise.all(writes))
    expect(log.batches.length).toBeGreaterThan(1)
    expect(log.batches.every((batch) => batch.length <= 200)).toBe(true)
  })

  it('that are too large for any batch fail alone, with nothing left of them', async () => {
    const log = new MemoryLog()
    log.maxBatchBytes = 200
    const { world, runtime, machine } = await serving({}, log)
    const large = runtime.write(PARTITION, (machine) => machine.add('x'.repeat(500), 1))
    expect(await world.complete(large)).toEqual(failed(ErrorCode.MESSAGE_TOO_LARGE))
    expect(machine().state()).toEqual({})
    expect(await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))).toEqual(ok(1))
  })

  it('without records wait for what they may have seen', async () => {
    const { world, log, runtime } = await serving()
    log.hold()
    const write = runtime.write(PARTITION, (machine) => machine.add('a', 1))
    const look = runtime.write(PARTITION, (machine) => ({ reply: machine.counters.get('a') ?? 0, records: [] }))
    let isAnswered = false
    void look.then(() => {
      isAnswered = true
    })
    await world.run(100)
    expect(isAnswered).toBe(false)
    log.release()
    expect(await world.complete(look)).toEqual(ok(1))
    await write
    expect(await world.complete(runtime.write(PARTITION, () => ({ reply: 9, records: [] })))).toEqual(ok(9))
  })

  it('that are not committed in time say so, though they may count later', async () => {
    const { world, log, runtime, machine } = await serving({ writeTimeoutMs: 700 })
    log.hold()
    const settled: number[] = []
    const write = runtime.write(PARTITION, (machine) => ({ ...machine.add('a', 1), onSettled: (errorCode) => settled.push(errorCode) }))
    expect(await world.complete(write, { withinMs: 800 })).toEqual(failed(ErrorCode.REQUEST_TIMED_OUT))
    log.release()
    expect(settled).toEqual([ErrorCode.REQUEST_TIMED_OUT])
    expect(machine().state()).toEqual({ a: 1 })
  })

  it('are refused when too many wait already', async () => {
    const { world, log, runtime } = await serving()
    log.hold()
    const writes = Array.from({ length: MAX_PENDING_WRITES }, () => runtime.write(PARTITION, (machine) => machine.add('a', 1)))
    expect(await runtime.write(PARTITION, (machine) => machine.add('a', 1))).toEqual(failed(ErrorCode.COORDINATOR_NOT_AVAILABLE))
    await world.run(10)
    log.release()
    expect((await world.complete(Promise.all(writes))).every((outcome) => outcome.ok)).toBe(true)
  })
})

describe('an append that fails', () => {
  it('is warned of, but not where the partition is no longer led here: of that this coordinator is about to hear', async () => {
    const { world, log, lines, runtime } = await serving()
    const warnings = () => lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields.errorCode)
    log.failNext(ErrorCode.NOT_LEADER_OR_FOLLOWER)
    log.failNext(ErrorCode.KAFKA_STORAGE_ERROR)
    expect(await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))).toEqual(failed(ErrorCode.NOT_LEADER_OR_FOLLOWER))
    expect(warnings()).toEqual([])
    await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))
    expect(warnings()).toEqual([ErrorCode.KAFKA_STORAGE_ERROR])
  })

  it('takes back the state and fails the requests of its batch, and no others', async () => {
    const { world, log, runtime, machine } = await serving()
    log.hold()
    const before = runtime.write(PARTITION, (machine) => machine.add('a', 1))
    await world.run(10)
    log.failNext(ErrorCode.NOT_ENOUGH_REPLICAS)
    const doomed = [runtime.write(PARTITION, (machine) => machine.add('a', 10)), runtime.write(PARTITION, (machine) => machine.add('b', 5))]
    expect(machine().state()).toEqual({ a: 11, b: 5 })
    expect(await world.complete(Promise.all(doomed))).toEqual([failed(ErrorCode.NOT_ENOUGH_REPLICAS), failed(ErrorCode.NOT_ENOUGH_REPLICAS)])
    expect(machine().state()).toEqual({ a: 1 })
    log.release()
    expect(await world.complete(before)).toEqual(ok(1))
    expect(await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))).toEqual(ok(2))
  })

  it('fails also a request that only looked at what the batch said', async () => {
    const { world, log, runtime } = await serving()
    log.failNext(ErrorCode.KAFKA_STORAGE_ERROR)
    const write = runtime.write(PARTITION, (machine) => machine.add('a', 1))
    const look = runtime.write(PARTITION, (machine) => ({ reply: machine.counters.get('a') ?? 0, records: [] }))
    expect(await world.complete(Promise.all([write, look]))).toEqual([failed(ErrorCode.KAFKA_STORAGE_ERROR), failed(ErrorCode.KAFKA_STORAGE_ERROR)])
  })

  it('in the middle of a decision that may be spread leaves what was appended before it', async () => {
    const log = new MemoryLog()
    log.maxBatchBytes = 200
    const { world, runtime, machine } = await serving({}, log)
    const records = Array.from({ length: 12 }, (_, index) => ({ name: `counter-${index}`, total: 1 }))
    log.hold()
    const spread = runtime.write(PARTITION, () => {
      // The first batch of this decision goes through.
      queueMicrotask(() => log.release())
      return { reply: 0, records: records.slice(0, 5), atomic: false }
    })
    await world.complete(spread)
    const appended = log.endOffset
    log.failNext(ErrorCode.NOT_ENOUGH_REPLICAS)
    expect(await world.complete(runtime.write(PARTITION, () => ({ reply: 0, records: records.slice(5), atomic: false })))).toEqual(
      failed(ErrorCode.NOT_ENOUGH_REPLICAS),
    )
    expect(log.endOffset).toBe(appended)
    expect(Object.keys(machine().state())).toHaveLength(5)
  })
})

describe('a decision that cannot be replayed', () => {
  it('is taken back and rejected, and the shard goes on', async () => {
    const { world, log, runtime, machine } = await serving()
    await expect(
      runtime.write(PARTITION, () => ({
        reply: 0,
        records: [
          { name: 'a', total: 1 },
          { name: 'poison', total: 1 },
        ],
      })),
    ).resolves.toEqual(failed(ErrorCode.UNKNOWN_SERVER_ERROR))
    expect(machine().state()).toEqual({})
    expect(await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))).toEqual(ok(1))
    expect(log.endOffset).toBe(1)
  })

  it('rejects when deciding itself throws', async () => {
    const { runtime } = await serving()
    const broken = runtime.write(PARTITION, () => {
      throw new Error('a defect')
    })
    await expect(broken).rejects.toThrow('a defect')
  })
})

describe('reads', () => {
  it('see what is committed', async () => {
    const { world, log, runtime } = await serving()
    await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))
    log.hold()
    void runtime.write(PARTITION, (machine) => machine.add('a', 1))
    await world.run(10)
    const read = () => runtime.read(PARTITION, (machine, committedOffset) => machine.state(committedOffset))
    expect(read()).toEqual({ ok: true, value: { a: 1 } })
    log.release()
    expect(read()).toEqual({ ok: true, value: { a: 2 } })
  })
})

describe('loading', () => {
  it('answers COORDINATOR_LOAD_IN_PROGRESS until all records are replayed', async () => {
    const { log } = await withRecords(5000)
    const { world, runtime, machine } = start({ loadBufferBytes: 1000 }, log)
    runtime.load(PARTITION, 2)
    expect(await runtime.write(PARTITION, (machine) => machine.add('a', 1))).toEqual(failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS))
    expect(runtime.read(PARTITION, () => 0)).toEqual(failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS))
    await world.complete(runtime.whenServing(PARTITION))
    expect(machine().state()).toEqual({ total: 5000 })
    expect(machine().offsets.at(-1)).toBe(4999)
  })

  it('gives way to other work', async () => {
    const { log } = await withRecords(5000)
    const { world, runtime } = start({}, log)
    runtime.load(PARTITION, 2)
    let turns = 0
    const count = () => {
      turns += 1
      world.node('a').ports.timers.defer(count)
    }
    count()
    await world.complete(runtime.whenServing(PARTITION))
    expect(turns).toBeGreaterThanOrEqual(3)
  })

  it('reads as committed only what is', async () => {
    const log = new MemoryLog()
    const first = await serving({ appendLingerMs: 0 }, log)
    await first.world.complete(first.runtime.write(PARTITION, (machine) => machine.add('a', 1)))
    log.hold()
    void first.runtime.write(PARTITION, (machine) => machine.add('a', 1))
    void first.runtime.write(PARTITION, (machine) => machine.add('a', 1))
    const second = await serving({}, log, 2)
    const committed = () => second.runtime.read(PARTITION, (machine, committedOffset) => machine.state(committedOffset))
    expect(committed()).toEqual({ ok: true, value: { a: 1 } })
    log.advance(2)
    expect(committed()).toEqual({ ok: true, value: { a: 2 } })
    expect(second.machine().state()).toEqual({ a: 3 })
  })

  it('that fails leaves the partition unserved', async () => {
    const log = new MemoryLog()
    log.open(1).append(buildBatch({}, [{ timestamp: 1, key: Buffer.from('poison'), value: null }]))
    const { world, runtime } = start({}, log)
    runtime.load(PARTITION, 2)
    await world.run(100)
    expect(await runtime.write(PARTITION, (machine) => machine.add('a', 1))).toEqual(failed(ErrorCode.NOT_COORDINATOR))
  })
})

describe('leadership', () => {
  it('that is lost answers what waits, and what comes, with NOT_COORDINATOR', async () => {
    const { world, log, runtime, machine } = await serving()
    log.hold()
    const waiting = runtime.write(PARTITION, (machine) => machine.add('a', 1))
    await world.run(10)
    runtime.unload(PARTITION, 2)
    expect(await waiting).toEqual(failed(ErrorCode.NOT_COORDINATOR))
    expect(await runtime.write(PARTITION, (machine) => machine.add('a', 1))).toEqual(failed(ErrorCode.NOT_COORDINATOR))
    expect(machine().isUnloaded).toBe(true)
  })

  it('that was lost before it was won is old news', async () => {
    const { runtime, world } = await serving({}, new MemoryLog(), 5)
    runtime.unload(PARTITION, 5)
    expect(await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))).toEqual(ok(1))
  })

  it('that goes on in a later epoch keeps the state', async () => {
    const { world, log, runtime, machines } = await serving()
    await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))
    runtime.load(PARTITION, 2)
    expect(await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))).toEqual(ok(2))
    expect(machines).toHaveLength(1)
    expect(log.batches.at(-1)?.readInt32BE(12)).toBe(2)
  })

  it('that ends while loading ends the loading', async () => {
    const { log } = await withRecords(5000)
    const { world, runtime, machine } = start({ loadBufferBytes: 1000 }, log)
    runtime.load(PARTITION, 2)
    runtime.unload(PARTITION, 3)
    await world.run(1000)
    expect(machine().isLoaded).toBe(false)
  })

  it('loads again when others wrote to the log', async () => {
    const { world, log, runtime, machines } = await serving()
    await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))
    log.appendForeign(buildBatch({}, [{ timestamp: 1, key: Buffer.from('b'), value: Buffer.from('7') }]))
    expect(await world.complete(runtime.write(PARTITION, (machine) => machine.add('a', 1)))).toEqual(failed(ErrorCode.NOT_COORDINATOR))
    await world.complete(runtime.whenServing(PARTITION))
    expect(machines).toHaveLength(2)
    // What was appended is in the log, whatever its writer was told.
    expect(machines[1]?.state()).toEqual({ a: 2, b: 7 })
  })
})

describe('waiting for a partition', () => {
  it('ends when it serves, when the caller gives up, or with the coordinator', async () => {
    const { world, runtime } = start({}, new MemoryLog())
    const served = runtime.whenServing(PARTITION)
    const controller = new AbortController()
    const abandoned = runtime.whenServing(PARTITION, controller.signal)
    const other = runtime.whenServing(PARTITION + 1)
    controller.abort(new Error('given up'))
    await expect(abandoned).rejects.toThrow('given up')
    runtime.load(PARTITION, 1)
    await world.complete(served)
    runtime.close()
    await expect(other).rejects.toThrow('stopped')
    await expect(runtime.whenServing(PARTITION)).rejects.toThrow('stopped')
  })
})

async function withRecords(count: number): Promise<{ log: MemoryLog }> {
  const log = new MemoryLog()
  const { world, runtime } = await serving({ appendLingerMs: 0 }, log)
  const writes = Array.from({ length: count }, () => runtime.write(PARTITION, (machine) => machine.add('total', 1)))
  await world.complete(Promise.all(writes))
  return { log }
}
