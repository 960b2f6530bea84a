import type { Scenario, Stage } from '../../scenario.ts'
import { FakeBroker } from './fake-broker.ts'

/** What a scenario has beside its stage: two brokers that serve, and the name of a topic. */
export interface TwoBrokers {
  readonly stage: Stage
  readonly version: number
  readonly first: FakeBroker
  readonly second: FakeBroker
  readonly topic: string
}

export interface TwoBrokersScenario extends Pick<Scenario, 'name' | 'versions'> {
  play(two: TwoBrokers): Promise<readonly unknown[]>
  /** When both have left. */
  afterwards?(two: TwoBrokers): Promise<readonly unknown[]>
}

export function ofTwoBrokers({ name, versions, play, afterwards }: TwoBrokersScenario): Scenario {
  return {
    name,
    versions,
    async run(stage, version) {
      const [first, second] = [await FakeBroker.serving(stage, 1), await FakeBroker.serving(stage, 2)]
      const two = { stage, version, first, second, topic: stage.name('t') }
      const outcomes = await play(two)
      await first.leave()
      await second.leave()
      return [...outcomes, ...((await afterwards?.(two)) ?? [])]
    },
  }
}
