import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Area, type AreaName, areas } from './areas.ts'
import { type Pair, startPair } from './pair.ts'
import { perform } from './perform.ts'

/** Declares a test for each version of each scenario of an area: the same requests to Apache Kafka and to Odradek, the answers compared whole. */
export function runArea(name: AreaName): void {
  describe(name, () => {
    const { scenarios, ...setup }: Area = areas[name]
    let pair: Pair
    beforeAll(async () => {
      pair = await startPair(setup)
    })
    afterAll(async () => {
      await pair?.[Symbol.asyncDispose]()
    })

    for (const [index, scenario] of scenarios.entries()) {
      test.each(scenario.versions)(`${scenario.name}, version %i`, async (version) => {
        const how = { version, prefix: `s${index}v${version}` }
        const [expected, actual] = await Promise.all([perform(scenario, pair.kafka, how), perform(scenario, pair.odradek, how)])
        expect(actual).toEqual(expected)
      })
    }
  })
}
