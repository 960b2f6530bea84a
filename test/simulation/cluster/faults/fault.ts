import type { SeededRandom } from '../../../support/world/seeded-random.ts'
import type { CrashKind } from '../../../support/world/simulated-node.ts'
import type { Cluster } from '../cluster.ts'
import type { ClusterNode } from '../cluster-node.ts'

/** What a fault has to work with. */
export interface FaultContext {
  readonly cluster: Cluster
  readonly random: SeededRandom
  /** Something went wrong that a fault had waited for. */
  tell(what: string): void
  /** Asks for leave to let this one crash; false where more might be lost than was promised to stay. See `Damage`. */
  mayCrash(node: ClusterNode, kind: CrashKind): boolean
  /** The same for one that loses all that it has. */
  mayLoseDirectory(node: ClusterNode): boolean
}

/** Something that goes wrong for a while. */
export interface Fault {
  readonly name: string
  /** Nothing happens before the fault says so. */
  readonly waits?: boolean
  /** Begins it; null where it cannot be now. @returns what ends it */
  begin(context: FaultContext): (() => void) | null
}

export function pickRunning({ cluster, random }: FaultContext): ClusterNode | null {
  const running = cluster.nodes.filter(({ state }) => state === 'serving')
  return running.length === 0 ? null : random.pick(running)
}
