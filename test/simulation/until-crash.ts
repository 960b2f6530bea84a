import type { SimulatedNode } from '../support/world/simulated-node.ts'
import type { World } from '../support/world/world.ts'

/**
 * Resolves when the work is done (true), or its machine has crashed in the midst of it (false): what the work says then is of
 * no interest. Rejects with what went wrong on a machine that runs.
 */
export async function isDoneBeforeCrash(world: World, node: SimulatedNode, work: Promise<unknown>): Promise<boolean> {
  let outcome: { readonly error?: unknown } | null = null
  work.then(
    () => {
      outcome = {}
    },
    (error: unknown) => {
      outcome = { error }
    },
  )
  await world.runUntil(() => outcome !== null || !node.isRunning)
  const ended = outcome as { readonly error?: unknown } | null
  if (node.isRunning && ended?.error !== undefined) throw ended.error
  return ended !== null && ended.error === undefined
}
