import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DescribeQuorumApi } from '../../protocol/messages/describe-quorum.ts'
import { ask, createTopic, untilState } from '../support/cluster/administer.ts'
import { type Cluster, startCluster } from '../support/cluster/cluster.ts'
import { judge } from '../support/cluster/judge.ts'
import type { NodeKind } from '../support/cluster/node-plan.ts'
import { QUICK_SESSIONS, share } from './scenario.ts'

const CONTROLLERS = [101, 102, 103]
const TIMEOUT_MS = 180_000
const SOME = 30

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

async function activeController(cluster: Cluster, via: number): Promise<number> {
  const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
  const answer = await ask(cluster, via, DescribeQuorumApi, 2, { topics })
  return answer.topics[0]?.partitions[0]?.leaderId as number
}

/** One kind in the quorum, and brokers of the other beside one of each: as many processes of Apache Kafka as need be. */
const CLUSTERS: readonly { readonly controllers: NodeKind; readonly brokers: readonly [NodeKind, NodeKind] }[] = [
  { controllers: 'odradek', brokers: ['kafka', 'odradek'] },
  { controllers: 'kafka', brokers: ['odradek', 'odradek'] },
]

describe.each(CLUSTERS)('three controllers of kind $controllers with brokers of kind $brokers', ({ controllers, brokers }) => {
  test(
    'the active one is killed under load: brokers go on with the next one, which moves leaders and makes topics',
    async () => {
      const nodes = [
        ...CONTROLLERS.map((id) => ({ id, kind: controllers, roles: 'controller' }) as const),
        ...brokers.map((kind, index) => ({ id: index + 1, kind, roles: 'broker' }) as const),
      ]
      const cluster = stack.use(await startCluster({ nodes, settings: QUICK_SESSIONS }))
      const shared = await share(cluster, 'survives', [1, 2])
      const first = await activeController(cluster, 1)
      await cluster.node(first).kill()
      await createTopic(cluster, 2, { name: 'made-by-the-next', assignments: [[2, 1]] })
      expect(CONTROLLERS.filter((id) => id !== first)).toContain(await activeController(cluster, 2))
      await shared.producer.more(SOME)
      await cluster.node(1).kill()
      await untilState(cluster, 2, 'survives', 'broker 2 leads', ({ leader }) => leader === 2)
      await shared.producer.more(SOME)
      await cluster.node(first).start()
      await cluster.node(1).start()
      await judge(shared)
    },
    TIMEOUT_MS,
  )
})
