import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Cluster, type ClusterOptions, prepareCluster, startCluster } from '../../support/cluster/cluster.ts'
import type { ClusterNode } from '../../support/cluster/cluster-node.ts'
import { judge } from '../../support/cluster/judge.ts'
import type { NodePlan } from '../../support/cluster/node-plan.ts'
import { KIND, plan, QUICK, SOME, says, underLoad } from './faults.ts'

const TIMEOUT_MS = 120_000
const CONTROLLER = 100
const OTHER_CLUSTER = 'QwErTyUiOpAsDfGhJkLzXw'
const SETTINGS = { ...QUICK, 'min.insync.replicas': 1, 'offsets.topic.replication.factor': 1, 'initial.broker.registration.timeout.ms': 8_000 }

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

async function twoBrokers(): Promise<Cluster> {
  return stack.use(await startCluster({ nodes: [plan(CONTROLLER, 'controller'), plan(1, 'broker'), plan(2, 'broker')], settings: SETTINGS }))
}

/** A node that was not planned with the cluster and wants to join its quorum. Not started. */
async function stranger(cluster: Cluster, node: NodePlan, options: Pick<ClusterOptions, 'clusterId' | 'quorum'> = {}): Promise<ClusterNode> {
  const { nodes } = await prepareCluster({ nodes: [node], settings: SETTINGS, quorum: cluster.quorum, ...options }, stack)
  return nodes[0] as ClusterNode
}

/** Resolves when the process has ended by itself without ever serving. */
async function endsAtStart(node: ClusterNode): Promise<void> {
  await expect(node.start()).rejects.toThrow(/ended/)
}

describe('a node that does not fit', () => {
  test(
    'is of another cluster: it says so with its own, and the others go on',
    async () => {
      const cluster = await twoBrokers()
      const load = await underLoad(cluster, 'other-cluster', [1, 2])
      const node = await stranger(cluster, plan(3, 'broker'), { clusterId: OTHER_CLUSTER })
      await node.launch()
      await says(node, new RegExp(OTHER_CLUSTER))
      await says(node, /belongs to another cluster/)
      await load.producer.more(SOME)
      await judge(load)
    },
    TIMEOUT_MS,
  )

  test(
    'has the id of a broker that is there: it ends, says so, and the one that was first goes on',
    async () => {
      const cluster = await twoBrokers()
      const load = await underLoad(cluster, 'twice', [1, 2])
      const node = await stranger(cluster, plan(1, 'broker'))
      await endsAtStart(node)
      await says(node, /another broker is registered under the id of this one/)
      await load.producer.more(SOME)
      await judge(load)
    },
    TIMEOUT_MS,
  )

  test(
    "has the directory of another node: it does not start, and names both nodes' ids",
    async () => {
      const cluster = await twoBrokers()
      await cluster.node(2).kill()
      const node = await stranger(cluster, plan(3, 'broker', { 'log.dirs': cluster.node(2).dataDirectory }))
      await expect(node.start()).rejects.toThrow(KIND === 'kafka' ? /ended/ : /(3[\s\S]*2|2[\s\S]*3)/)
    },
    TIMEOUT_MS,
  )
})

describe('settings that contradict the quorum', () => {
  test(
    'a broker alone with the id of a voter does not start, and says why',
    async () => {
      const cluster = await twoBrokers()
      await expect(stranger(cluster, plan(CONTROLLER, 'broker')).then((node) => node.start())).rejects.toThrow(/must not be included in the set of voters/)
    },
    TIMEOUT_MS,
  )

  test(
    'a controller that is not among the voters does not start, and says why',
    async () => {
      const cluster = await twoBrokers()
      await expect(stranger(cluster, plan(101, 'controller')).then((node) => node.start())).rejects.toThrow(/node.id|node id|voters/i)
    },
    TIMEOUT_MS,
  )
})

test(
  'a controller that names other voters than at its last start says so, and with the former ones everything is there',
  async () => {
    const cluster = await twoBrokers()
    const load = await underLoad(cluster, 'other-voters', [1, 2])
    const controller = cluster.node(CONTROLLER)
    await controller.stop()
    const quorum = { 'controller.quorum.voters': `${cluster.quorum['controller.quorum.voters']},101@127.0.0.1:1` }
    const changed = await stranger(cluster, plan(CONTROLLER, 'controller', { 'log.dirs': controller.dataDirectory }), { quorum })
    await changed.launch()
    await says(changed, /names other voters than at the last start/)
    await changed.kill()
    await controller.start()
    await load.producer.more(SOME)
    await judge(load)
  },
  TIMEOUT_MS,
)

test(
  'a broker that cannot reach any controller says whom it asked, and serves when one is there',
  async () => {
    const cluster = await prepareCluster({ nodes: [plan(CONTROLLER, 'controller'), plan(1, 'broker')], settings: SETTINGS }, stack)
    await cluster.node(1).launch()
    await says(cluster.node(1), new RegExp(`127\\.0\\.0\\.1:${cluster.proxy(CONTROLLER, 'controller').port}`))
    await cluster.node(CONTROLLER).start()
    await cluster.node(1).ready()
  },
  TIMEOUT_MS,
)
