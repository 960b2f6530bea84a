import { describe, expect, it } from 'vitest'
import { CreatePartitionsApi } from '../../../protocol/messages/create-partitions.ts'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi } from '../../../protocol/messages/delete-topics.ts'
import { ListOffsetsApi } from '../../../protocol/messages/list-offsets.ts'
import { World } from '../../support/world/world.ts'
import type { ClusterClient } from '../cluster/client/cluster-client.ts'
import { Cluster } from '../cluster/cluster.ts'
import { CONTROLLER_PORT, type NodeRole } from '../cluster/node-plan.ts'

const IDS = [1, 2, 3]
const BOTH: readonly NodeRole[] = ['broker', 'controller']
const TIMEOUT_MS = 5000
const REPLICA = -1
const LATEST = -1n

/** Three nodes far from each other, of which each is to hear of what clients do at another one. */
async function start(seed: number): Promise<{ readonly world: World; readonly cluster: Cluster; readonly client: ClusterClient }> {
  const world = new World({ seed })
  const voters = IDS.map((id) => `${id}@node-${id}:${CONTROLLER_PORT}`).join()
  const nodes = IDS.map((id) => ({ id, name: `node-${id}`, roles: BOTH }))
  const settings = { 'controller.quorum.voters': voters, 'odradek.broker.connection.grace.ms': '300' }
  const cluster = new Cluster({ world, plan: { nodes, isFlushed: false, settings } })
  cluster.startAll()
  await world.runUntil(() => cluster.isServing, { withinMs: 20_000 })
  const client = cluster.client('client', TIMEOUT_MS)
  await world.complete(client.metadata(null))
  world.network.maxLatencyMs = 20
  return { world, cluster, client }
}

function creation(name: string, replicationFactor: number) {
  const topic = { name, numPartitions: 3, replicationFactor, assignments: [], configs: [] }
  return { topics: [topic], timeoutMs: TIMEOUT_MS, validateOnly: false }
}

function create(client: ClusterClient, via: number, name: string, replicationFactor = 3) {
  return client.broker(via).ask(CreateTopicsApi, 7, creation(name, replicationFactor))
}

/** What all brokers say of a topic when they are asked at the same moment: the number of its partitions that are led, 0 for an unknown one. */
async function known(world: World, client: ClusterClient, name: string): Promise<readonly number[]> {
  const told = await world.complete(Promise.all(IDS.map((id) => client.metadata([name], client.broker(id)))))
  return told.map(({ topics }) => topics[0]?.partitions.filter(({ leaderId }) => leaderId >= 0).length ?? 0)
}

/** By the leader of each partition, asked at once. */
async function served(world: World, client: ClusterClient, topic: string): Promise<readonly (number | undefined)[]> {
  const answers = [0, 1, 2].map((partition) => {
    const partitions = [{ partitionIndex: partition, timestamp: LATEST, currentLeaderEpoch: -1 }]
    return client.leader({ topic, partition }).ask(ListOffsetsApi, 8, { replicaId: REPLICA, isolationLevel: 0, topics: [{ name: topic, partitions }] })
  })
  return (await world.complete(Promise.all(answers))).map(({ topics }) => topics[0]?.partitions[0]?.errorCode)
}

describe('when the answer arrives, whichever broker was asked', () => {
  it('all brokers know of what was made, added or deleted, and the leaders serve', async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const { world, client } = await start(seed)
      for (const via of IDS) {
        const name = `topic-${via}`
        const { topics } = await world.complete(create(client, via, name))
        expect(topics[0]?.errorCode, `seed ${seed}`).toBe(0)
        expect(await known(world, client, name), `seed ${seed}: made at ${via}`).toEqual([3, 3, 3])
        expect(await served(world, client, name), `seed ${seed}: served`).toEqual([0, 0, 0])
        const more = { topics: [{ name, count: 5, assignments: null }], timeoutMs: TIMEOUT_MS, validateOnly: false }
        await world.complete(client.broker(via).ask(CreatePartitionsApi, 3, more))
        expect(await known(world, client, name), `seed ${seed}: grown at ${via}`).toEqual([5, 5, 5])
        const gone = { topicNames: [name], timeoutMs: TIMEOUT_MS }
        await world.complete(client.broker(via).ask(DeleteTopicsApi, 5, gone))
        expect(await known(world, client, name), `seed ${seed}: deleted at ${via}`).toEqual([0, 0, 0])
      }
    }
  })

  it('the leaders serve that took the place of a broker which has just died', async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const { world, cluster, client } = await start(seed)
      world.network.maxLatencyMs = 2
      const survivors = IDS.filter((id) => id !== 3)
      cluster.node(3).crash('process')
      const via = survivors[seed % 2] as number
      const made = client.askUntil(client.broker(via), CreateTopicsApi, 7, creation('after', 3), ({ topics }) => topics[0]?.errorCode === 0)
      await world.complete(made)
      await world.complete(client.metadata(['after'], client.broker(via)))
      expect(await served(world, client, 'after'), `seed ${seed}`).toEqual([0, 0, 0])
    }
  })

  it('it has come without the broker that died a while ago', async () => {
    const { world, cluster, client } = await start(3)
    const leaders = await world.complete(create(client, 1, 'before'))
    expect(leaders.topics[0]?.errorCode).toBe(0)
    cluster.node(3).crash('process')
    await world.run(2000)
    const startMs = world.nowMs
    const request = client.askUntil(client.broker(1), CreateTopicsApi, 7, creation('after', 2), ({ topics }) => topics[0]?.errorCode === 0)
    await world.complete(request)
    expect(world.nowMs - startMs).toBeLessThan(1000)
  })
})

describe('a node that is both and dies', () => {
  it('is replaced within a second in what it led, the quorum or a partition', async () => {
    for (let seed = 1; seed <= 6; seed++) {
      const { world, cluster, client } = await start(seed)
      world.network.maxLatencyMs = 2
      await world.complete(create(client, 1, 'led'))
      const victim = IDS[seed % IDS.length] as number
      const survivor = IDS.find((id) => id !== victim) as number
      cluster.node(victim).crash('process')
      const isReplaced = async () => {
        const { topics } = await world.complete(client.metadata(['led'], client.broker(survivor)))
        return topics[0]?.partitions.every(({ leaderId }) => leaderId >= 0 && leaderId !== victim)
      }
      const startMs = world.nowMs
      while (!(await isReplaced())) await world.run(10)
      expect(world.nowMs - startMs, `seed ${seed}`).toBeLessThan(1000)
    }
  })
})
