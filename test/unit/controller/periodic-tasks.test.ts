import { describe, expect, it } from 'vitest'
import { PeriodicTasks } from '../../../src/controller/periodic-tasks.ts'
import { timedOut } from '../../../src/controller/rejection.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { World } from '../../support/world/world.ts'

const EVERY_MS = 1000

/** One task that does as the outcomes say, one after another, and then nothing. */
function running(outcomes: readonly (boolean | Error)[]) {
  const world = new World({ seed: 1 })
  const { timers, clock } = world.node('a').ports
  const failures: string[] = []
  const runs: number[] = []
  const run = async () => {
    runs.push(Math.round(clock.monotonicMs() - startMs))
    const outcome = outcomes[runs.length - 1] ?? false
    if (outcome instanceof Error) throw outcome
    return outcome
  }
  const tasks = new PeriodicTasks([{ name: 'a task', everyMs: EVERY_MS, run }], {
    timers,
    logger: silentLogger,
    onFailure: ({ message }) => failures.push(message),
  })
  const startMs = clock.monotonicMs()
  tasks.start()
  return { world, tasks, runs, failures }
}

describe('a task of the controller', () => {
  it('goes on a moment later where it has more to do, and else at its time', async () => {
    const { world, runs } = running([true, false])
    await world.run(2500)
    expect(runs).toEqual([1000, 1010, 2010])
  })

  it('is done again at its time when the controller could not write', async () => {
    const { world, runs, failures } = running([timedOut('too much waits')])
    await world.run(2500)
    expect([runs, failures]).toEqual([[1000, 2000], []])
  })

  it('that breaks a rule ends, and the node hears of it', async () => {
    const { world, runs, failures } = running([new Error('a rule')])
    await world.run(2500)
    expect([runs, failures]).toEqual([[1000], ['a rule']])
  })

  it('is not done any more after the end', async () => {
    const { world, tasks, runs } = running([])
    await world.run(1500)
    tasks.stop()
    await world.run(2500)
    expect(runs).toEqual([1000])
  })
})
