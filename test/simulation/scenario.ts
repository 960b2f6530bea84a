import type { World } from '../support/world/world.ts'

/** A story that chance tells: the same seed tells the same. */
export interface Scenario {
  /** As in file names. */
  readonly name: string
  /** One sentence: what must hold. */
  readonly promise: string
  /** Resolves when the story is over and the promise held; throws what broke it. */
  play(world: World): Promise<void>
}
