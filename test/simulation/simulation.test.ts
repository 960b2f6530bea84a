import { describe, expect, it } from 'vitest'
import { play } from './play.ts'
import { scenarios } from './scenarios.ts'

/** Where the slice begins: fixed, so that a change's effect is seen; another with ODRADEK_SEED, more with ODRADEK_SIMULATION_SEEDS. */
const FIRST_SEED = Number(process.env.ODRADEK_SEED ?? 1)
const SEEDS = process.env.ODRADEK_SIMULATION_SEEDS
const DEFAULT_SEEDS = 40
/** Far more than a seed takes on a machine that is busy. */
const SEED_TIMEOUT_MS = 30_000

describe.each(scenarios)('$name: $promise', (scenario) => {
  const end = FIRST_SEED + Number(SEEDS ?? scenario.sliceSeeds ?? DEFAULT_SEEDS)

  it(`with seeds ${FIRST_SEED} to ${end - 1}`, { timeout: (end - FIRST_SEED) * SEED_TIMEOUT_MS }, async () => {
    for (let seed = FIRST_SEED; seed < end; seed++) await play(scenario, seed)
  })

  it.each(scenario.regressions ?? [])('with seed %i, which failed once', async (seed) => {
    await play(scenario, seed)
  })

  it('the same seed gives the same run to the byte', async () => {
    expect(await play(scenario, FIRST_SEED)).toEqual(await play(scenario, FIRST_SEED))
  })
})

it('a failure names the seed, the time and the command that replays it', async () => {
  const failing = {
    name: 'failing',
    promise: 'nothing',
    play: async () => {
      throw new Error('it broke')
    },
  }
  await expect(play(failing, 77)).rejects.toThrow(
    'failing failed with seed 77, 0 simulated ms in: it broke\nReplay: npm run simulate -- --scenario failing --seed 77',
  )
})
