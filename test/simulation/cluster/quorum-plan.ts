import { randomUuid } from '../../../protocol/uuid.ts'
import type { BeginQuorum } from '../../../src/node/directories/format-node.ts'
import { KRAFT_VERSION } from '../../../src/raft/format/format-directories.ts'
import type { VoterEndpoint, VoterSet } from '../../../src/raft/voter-set.ts'
import type { SeededRandom } from '../../support/world/seeded-random.ts'
import { CONTROLLER_PORT, isController, type NodePlan } from './node-plan.ts'

export const CONTROLLER_LISTENER = 'CONTROLLER'

/** How the voters are said: by a setting, or by the log, which begins with one or with several of them. */
export type QuorumKind = 'static' | 'standalone' | 'initial-controllers'

/** A quorum of which the log says who votes. */
export interface DynamicQuorum {
  /** `--initial-controllers`; null where the first node begins alone (`--standalone`). */
  readonly initialVoters: VoterSet | null
  /** Controllers become voters without being told; else whoever looks after the quorum adds them. */
  readonly joinsByItself: boolean
}

/** undefined for a static quorum. */
export function planQuorum(kind: QuorumKind, nodes: readonly NodePlan[], random: SeededRandom): DynamicQuorum | undefined {
  switch (kind) {
    case 'static':
      return undefined
    case 'standalone':
      return { initialVoters: null, joinsByItself: true }
    case 'initial-controllers':
      return {
        initialVoters: nodes.filter((node) => isController(node) && node.isLate !== true).map((node) => newVoter(node, random)),
        joinsByItself: random.chance(0.6),
      }
  }
}

export function quorumSettings(nodes: readonly NodePlan[], quorum: DynamicQuorum | undefined): Record<string, string> {
  const controllers = nodes.filter(isController)
  if (quorum === undefined) return { 'controller.quorum.voters': controllers.map(({ id, name }) => `${id}@${name}:${CONTROLLER_PORT}`).join() }
  return { 'controller.quorum.bootstrap.servers': controllers.map(({ name }) => `${name}:${CONTROLLER_PORT}`).join() }
}

/** How a directory is formatted that was never used. */
export function quorumToBegin({ initialVoters }: DynamicQuorum, { id }: NodePlan): BeginQuorum {
  if (initialVoters === null) return id === 1 ? 'standalone' : 'elsewhere'
  return initialVoters.some((voter) => voter.id === id) ? initialVoters : 'elsewhere'
}

export function controllerEndpoint({ name }: Pick<NodePlan, 'name'>): VoterEndpoint {
  return { name: CONTROLLER_LISTENER, host: name, port: CONTROLLER_PORT }
}

function newVoter(node: NodePlan, random: SeededRandom): VoterSet[number] {
  const directoryId = randomUuid((count) => random.bytes(count))
  return { id: node.id, directoryId, endpoints: [controllerEndpoint(node)], minKraftVersion: 0, maxKraftVersion: KRAFT_VERSION }
}
