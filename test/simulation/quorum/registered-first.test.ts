import { describe, expect, it } from 'vitest'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { World } from '../../support/world/world.ts'
import { Cluster } from '../cluster/cluster.ts'
import { DATA } from '../cluster/cluster-node.ts'
import { CONTROLLER_PORT, type NodePlan } from '../cluster/node-plan.ts'

const CONTROLLER = 1
const RETURNING = 2
const OTHER = 3
const SESSION_MS = 9000
const MADE = 0

async function start() {
  const world = new World({ seed: 21 })
  const nodes: readonly NodePlan[] = [CONTROLLER, RETURNING, OTHER].map((id) => ({
    id,
    name: `node-${id}`,
    roles: [id === CONTROLLER ? 'controller' : 'broker'],
  }))
  const settings = { 'controller.quorum.voters': `${CONTROLLER}@node-${CONTROLLER}:${CONTROLLER_PORT}`, 'broker.session.timeout.ms': String(SESSION_MS) }
  const cluster = new Cluster({ world, plan: { nodes, isFlushed: false, settings } })
  cluster.startAll()
  await world.runUntil(() => cluster.isServing, { withinMs: 20_000 })
  const client = cluster.client('client')
  await world.complete(client.metadata(null))
  return { world, cluster, client }
}

describe('a broker that comes back before its last session is over', () => {
  it('leaves its logs alone until it is registered: what the cluster says by then was meant for the one that died', async () => {
    const { world, cluster, client } = await start()
    const logs = async () => (await world.complete(cluster.node(RETURNING).machine.ports.disk.list(DATA))).map(({ name }) => name)
    cluster.node(RETURNING).crash('process')
    const assignments = [{ partitionIndex: 0, brokerIds: [RETURNING, OTHER] }]
    const topics = [{ name: 'meanwhile', numPartitions: -1, replicationFactor: -1, assignments, configs: [] }]
    const made = await world.complete(client.broker(OTHER).ask(CreateTopicsApi, 7, { topics, timeoutMs: 500, validateOnly: false }))
    expect(made.topics[0]?.errorCode).toBe(MADE)
    cluster.node(RETURNING).start()
    await world.run(SESSION_MS / 2)
    expect(cluster.node(RETURNING).state).toBe('starting')
    expect(await logs()).not.toContain('meanwhile-0')
    await world.runUntil(() => cluster.isServing, { withinMs: 2 * SESSION_MS })
    expect(await logs()).toContain('meanwhile-0')
  })
})
