import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster/cluster.ts'
import { judge } from '../support/cluster/judge.ts'
import type { NodeKind } from '../support/cluster/node-plan.ts'
import { moveTo, QUICK_SESSIONS, restart, share } from './scenario.ts'

export interface Kinds {
  readonly controller: NodeKind
  readonly brokers: readonly [NodeKind, NodeKind]
}

const CONTROLLER = 100
const STORY_TIMEOUT_MS = 180_000

/** The same stories with whichever kinds of node: what the one can, the other can beside it. */
export function tellStories({ controller, brokers }: Kinds): void {
  describe(`under a controller of kind ${controller}, replicas on brokers of kind ${brokers.join(' and ')}`, () => {
    const owned = new AsyncDisposableStack()
    let cluster: Cluster
    beforeAll(async () => {
      const roles = 'broker'
      cluster = owned.use(
        await startCluster({
          nodes: [{ id: CONTROLLER, kind: controller, roles: 'controller' }, ...brokers.map((kind, index) => ({ id: index + 1, kind, roles }) as const)],
          settings: QUICK_SESSIONS,
        }),
      )
    })
    afterAll(() => owned.disposeAsync())

    test(
      'each of them leads, is stopped, killed, left by the partition and joined again, under load: nothing is lost, nothing is there twice, the bytes are the same',
      async () => {
        const shared = await share(cluster, 'shared', [1, 2])
        await restart(shared, 2, 'stop')
        await restart(shared, 1, 'stop')
        await moveTo(shared, [1, 2])
        await restart(shared, 1, 'kill')
        await moveTo(shared, [2])
        await moveTo(shared, [1, 2])
        await moveTo(shared, [1])
        await moveTo(shared, [2, 1])
        await restart(shared, 2, 'kill')
        await judge(shared)
      },
      STORY_TIMEOUT_MS,
    )
  })
}
