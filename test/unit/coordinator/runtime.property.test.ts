import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { CoordinatorRuntime } from '../../../src/coordinator/coordinator-runtime.ts'
import type { Outcome } from '../../../src/coordinator/shard-machine.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { World } from '../../support/world/world.ts'
import { CounterMachine, type CounterRecord, counterCodec } from './counter-machine.ts'
import { MemoryLog } from './memory-log.ts'

const PARTITION = 0

type Step = { readonly do: 'add'; readonly name: string; readonly by: number } | { readonly do: 'fail' | 'hold' | 'release' | 'turn' | 'renew' | 'reload' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('add' as const), name: fc.constantFrom('a', 'b', 'c'), by: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('fail' as const, 'hold' as const, 'release' as const, 'turn' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('renew' as const, 'reload' as const) }) },
)

/** Drives one partition through any history of writes, failed appends, stalled replication and changes of leadership. */
class History {
  readonly world = new World({ seed: 1 })
  readonly log = new MemoryLog()
  #epoch = 0
  #runtime = this.#newRuntime()
  readonly answers: Promise<Outcome<number>>[] = []
  #machine: CounterMachine | null = null

  async run(steps: readonly Step[]): Promise<void> {
    await this.#load()
    for (const step of steps) await this.#apply(step)
    this.log.release()
    await this.world.run(10_000)
  }

  machine(): CounterMachine {
    return this.#machine as CounterMachine
  }

  async reloaded(): Promise<CounterMachine> {
    this.#runtime.close()
    this.#runtime = this.#newRuntime()
    await this.#load()
    return this.machine()
  }

  async #apply(step: Step): Promise<void> {
    switch (step.do) {
      case 'add':
        this.answers.push(this.#runtime.write(PARTITION, (machine) => machine.add(step.name, step.by)))
        return
      case 'fail':
        return this.log.failNext(ErrorCode.NOT_ENOUGH_REPLICAS)
      case 'hold':
        return this.log.hold()
      case 'release':
        return this.log.release()
      case 'turn':
        return this.world.run(1)
      case 'renew':
        this.#epoch += 1
        return this.#runtime.load(PARTITION, this.#epoch)
      case 'reload':
        await this.reloaded()
    }
  }

  async #load(): Promise<void> {
    this.#epoch += 1
    this.#runtime.load(PARTITION, this.#epoch)
    await this.world.complete(this.#runtime.whenServing(PARTITION))
  }

  #newRuntime() {
    const { clock, timers } = this.world.node('a').ports
    return new CoordinatorRuntime<CounterMachine, CounterRecord>({
      topic: '__counters',
      openLog: (_topic, _partition, leaderEpoch) => this.log.open(leaderEpoch),
      codec: counterCodec,
      makeMachine: ({ snapshots }) => {
        this.#machine = new CounterMachine(snapshots)
        return this.#machine
      },
      settings: { writeTimeoutMs: 3_600_000, appendLingerMs: -1, loadBufferBytes: 300, compression: 'none' },
      clock,
      timers,
      logger: silentLogger,
    })
  }
}

describe('whatever happens to a shard', () => {
  it('its state is what its log says, and every request is answered', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const history = new History()
        await history.run(steps)
        const answers = await history.world.complete(Promise.all(history.answers))
        const state = history.machine().state()
        expect((await history.reloaded()).state()).toEqual(state)
        const totalOf = (wanted: (outcome: Outcome<number>) => boolean) =>
          steps.filter((step) => step.do === 'add').reduce((sum, step, index) => (wanted(answers[index] as Outcome<number>) ? sum + step.by : sum), 0)
        const total = Object.values(state).reduce((sum, counter) => sum + counter, 0)
        // What was acknowledged is there; what was refused is not, unless it was appended before the leadership was lost.
        expect(total).toBeGreaterThanOrEqual(totalOf((outcome) => outcome.ok))
        expect(total).toBeLessThanOrEqual(totalOf((outcome) => outcome.ok || outcome.errorCode === ErrorCode.NOT_COORDINATOR))
      }),
      { numRuns: 300 },
    )
  })
})
