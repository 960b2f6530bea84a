import { World } from '../support/world/world.ts'
import type { Scenario } from './scenario.ts'

export interface Played {
  readonly seed: number
  /** Of all that happened: two plays of a seed have the same. */
  readonly traceHash: string
  readonly eventCount: number
  readonly simulatedMs: number
}

/** Plays the scenario once. What it throws names the seed and the command that plays it again. */
export async function play(scenario: Scenario, seed: number): Promise<Played> {
  const world = new World({ seed })
  try {
    await scenario.play(world)
  } catch (cause) {
    const message = `${scenario.name} failed with seed ${seed}, ${world.nowMs.toFixed(0)} simulated ms in: ${(cause as Error).message}\n${replayCommand(scenario, seed)}`
    throw new Error(message, { cause })
  }
  return { seed, traceHash: world.trace.hash, eventCount: world.trace.count, simulatedMs: world.nowMs }
}

export function replayCommand(scenario: Scenario, seed: number): string {
  return `Replay: npm run simulate -- --scenario ${scenario.name} --seed ${seed}`
}
