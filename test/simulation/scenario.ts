import type { World } from '../support/world/world.ts'

/** A story that chance tells: the same seed tells the same. */
export interface Scenario {
  /** As in file names. */
  readonly name: string
  /** One sentence: what must hold. */
  readonly promise: string
  /** Seeds that every run of the tests plays, where fewer than of others: they take long. */
  readonly sliceSeeds?: number
  /** Seeds that failed once: what they found is fixed. */
  readonly regressions?: readonly number[]
  /** Resolves when the story is over and the promise held; throws what broke it. */
  play(world: World): Promise<void>
}
