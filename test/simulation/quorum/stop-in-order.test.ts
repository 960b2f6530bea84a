import { describe, expect, it } from 'vitest'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi } from '../../../protocol/messages/delete-topics.ts'
import { ProduceApi } from '../../../protocol/messages/produce.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { CLEAN_SHUTDOWN_FILE } from '../../../src/storage/directory/clean-shutdown.ts'
import { World } from '../../support/world/world.ts'
import { Cluster } from '../cluster/cluster.ts'
import { DATA } from '../cluster/cluster-node.ts'
import { CONTROLLER_PORT, type NodePlan } from '../cluster/node-plan.ts'

const CONTROLLER = 1
const LEAVING = 2
const STAYING = 3
const NAME = 'gone'
const DONE = 0
const SLOW_FLUSH_MS = 5000

async function start() {
  const world = new World({ seed: 22 })
  const nodes: readonly NodePlan[] = [CONTROLLER, LEAVING, STAYING].map((id) => ({
    id,
    name: `node-${id}`,
    roles: [id === CONTROLLER ? 'controller' : 'broker'],
  }))
  const settings = { 'controller.quorum.voters': `${CONTROLLER}@node-${CONTROLLER}:${CONTROLLER_PORT}` }
  const cluster = new Cluster({ world, plan: { nodes, isFlushed: false, settings } })
  cluster.startAll()
  await world.runUntil(() => cluster.isServing, { withinMs: 20_000 })
  const client = cluster.client('client')
  await world.complete(client.metadata(null))
  return { world, cluster, client, leaving: cluster.node(LEAVING) }
}

/** With a file of the log that is closed. */
const has = (world: World, operation: string, file: string) =>
  world.trace.recent().some((event) => event.endsWith(`disk ${operation} ${DATA}/${NAME}-0/${file}`))

describe('a broker that stops in order', () => {
  it('closes its logs undisturbed by what the cluster does to them meanwhile', async () => {
    const { world, client, leaving } = await start()
    const assignments = [{ partitionIndex: 0, brokerIds: [STAYING, LEAVING] }]
    const topics = [{ name: NAME, numPartitions: -1, replicationFactor: -1, assignments, configs: [] }]
    await world.complete(client.broker(STAYING).ask(CreateTopicsApi, 7, { topics, timeoutMs: 5000 }))
    const records = buildBatch({}, [{ timestamp: 1, value: Buffer.from('a') }])
    const topicData = [{ name: NAME, partitionData: [{ index: 0, records }] }]
    await world.complete(client.leader({ topic: NAME, partition: 0 }).ask(ProduceApi, 9, { acks: -1, timeoutMs: 5000, topicData }))
    leaving.stop()
    await world.runUntil(() => has(world, 'flush', '00000000000000000000.index'))
    leaving.machine.faults.flushMaxMs = SLOW_FLUSH_MS
    await world.runUntil(() => has(world, 'open', '00000000000000000000.timeindex'))
    leaving.machine.faults.flushMaxMs = 1
    const deleted = await world.complete(client.broker(STAYING).ask(DeleteTopicsApi, 6, { topics: [{ name: NAME }], timeoutMs: 5000 }))
    expect([deleted.responses[0]?.errorCode, leaving.state]).toEqual([DONE, 'stopping'])
    await world.runUntil(() => leaving.state === 'down')
    expect(leaving.latestError).toBeNull()
    expect(leaving.machine.volume.find(`${DATA}/${CLEAN_SHUTDOWN_FILE}`)).not.toBeNull()
    expect(leaving.machine.volume.find(`${DATA}/${NAME}-0`)).not.toBeNull()
  })
})
