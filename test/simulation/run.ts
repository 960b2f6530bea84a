import { parseArgs } from 'node:util'
import { play } from './play.ts'
import { scenarios } from './scenarios.ts'

/**
 * `npm run simulate -- [--scenario NAME] [--seed N] [--seeds COUNT]`: plays scenarios and prints what came of it.
 * With `--seed` alone that seed is played twice, and both plays must be the same; with `--seeds` so many from there on.
 */
const { values } = parseArgs({
  options: { scenario: { type: 'string' }, seed: { type: 'string' }, seeds: { type: 'string' } },
})

const firstSeed = Number(values.seed ?? Date.now() % 1_000_000)
const count = Number(values.seeds ?? (values.seed === undefined ? 100 : 1))
const chosen = scenarios.filter(({ name }) => values.scenario === undefined || values.scenario === name)

// Stacks of what is thrown and caught again cost a twelfth of the time: whoever replays the one seed has them.
if (count > 1) Error.stackTraceLimit = 0

if (chosen.length === 0) {
  console.error(`There is no scenario ${values.scenario}. Known are: ${scenarios.map(({ name }) => name).join(', ')}`)
  process.exit(2)
}

for (const scenario of chosen) {
  console.log(`${scenario.name}: ${scenario.promise}. Seeds ${firstSeed} to ${firstSeed + count - 1}`)
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const played = await play(scenario, seed)
    if (count === 1 && (await play(scenario, seed)).traceHash !== played.traceHash)
      throw new Error(`seed ${seed} does not replay: something is outside of the ports`)
    if (count === 1)
      console.log(`held over ${played.eventCount} events in ${(played.simulatedMs / 1000).toFixed(1)} simulated seconds, trace ${played.traceHash}`)
  }
}
console.log('all held')
