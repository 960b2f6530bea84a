import { describe, expect, it } from 'vitest'
import { CreateTopicsApi } from '../../../protocol/messages/create-topics.ts'
import { DescribeQuorumApi } from '../../../protocol/messages/describe-quorum.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import { World } from '../../support/world/world.ts'
import { type ClusterClient, METADATA_VERSION } from '../cluster/client/cluster-client.ts'
import { Cluster } from '../cluster/cluster.ts'
import { DATA } from '../cluster/cluster-node.ts'
import { CONTROLLER_PORT, type NodePlan, type NodeRole } from '../cluster/node-plan.ts'

const BOTH: readonly NodeRole[] = ['broker', 'controller']
const METADATA_LOG = { topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }

class Nodes {
  readonly world: World
  readonly cluster: Cluster
  readonly client: ClusterClient

  constructor(seed: number, roles: readonly (readonly NodeRole[])[], settings: Readonly<Record<string, string>> = {}) {
    this.world = new World({ seed })
    const nodes: readonly NodePlan[] = roles.map((own, index) => ({ id: index + 1, name: `node-${index + 1}`, roles: own }))
    const voters = nodes.filter((node) => node.roles.includes('controller')).map(({ id, name }) => `${id}@${name}:${CONTROLLER_PORT}`)
    this.cluster = new Cluster({
      world: this.world,
      plan: { nodes, isFlushed: false, settings: { 'controller.quorum.voters': voters.join(), ...settings } },
    })
    this.client = this.cluster.client('client', 3000)
  }

  /** Resolves when all nodes serve; gives how long that took. */
  async start(withinMs: number): Promise<number> {
    const startMs = this.world.nowMs
    this.cluster.startAll()
    await this.world.runUntil(() => this.cluster.isServing, { withinMs })
    const tookMs = this.world.nowMs - startMs
    // Until each has heard of all others, too.
    await this.world.run(100)
    return tookMs
  }

  /** As told by one broker, which asks the leader. */
  async describe(brokerId: number) {
    await this.world.complete(this.client.metadata(null))
    const asked = this.client.askUntil(this.client.broker(brokerId), DescribeQuorumApi, 2, { topics: [METADATA_LOG] }, ({ topics }) => {
      return topics[0]?.partitions[0]?.errorCode === 0
    })
    const answer = await this.world.complete(asked, { withinMs: 10_000 })
    return answer.topics[0]?.partitions[0]
  }

  async createTopic(name: string, withinMs = 20_000): Promise<void> {
    const topic = { name, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }
    const request = { topics: [topic], timeoutMs: 2000, validateOnly: false }
    const isThere = ({ topics }: { readonly topics: readonly { readonly errorCode: number }[] }) => [0, 36].includes(topics[0]?.errorCode ?? -1)
    await this.world.complete(this.client.askUntil(this.client.anyBroker(), CreateTopicsApi, 7, request, isThere), { withinMs })
  }

  /** The machine gets a new disk while the node is down. */
  async loseDirectory(id: number): Promise<void> {
    const node = this.cluster.node(id)
    if (node.state !== 'down') node.crash('power')
    await this.world.complete(this.world.restart(node.name).disk.removeDirectory(DATA))
    this.world.crash(node.name, 'process')
  }

  /** The offsets at which the segments of a node's metadata log begin. */
  async metadataSegments(id: number): Promise<readonly number[]> {
    const { disk } = this.world.node(`node-${id}`).ports
    const entries = await this.world.complete(disk.list(`${DATA}/__cluster_metadata-0`))
    return entries.filter(({ name }) => name.endsWith('.log')).map(({ name }) => Number.parseInt(name, 10))
  }

  /** Names of all topics, as each broker tells them to who has just come. */
  async topics(): Promise<readonly (readonly string[])[]> {
    const client = this.cluster.client(`reader-${this.world.nowMs}`, 3000)
    await this.world.complete(client.metadata(null))
    const answers = this.cluster.brokers.map(({ id }) => client.metadata(null, client.broker(id)))
    const told = await this.world.complete(Promise.all(answers), { withinMs: 10_000 })
    return told.map(({ topics }) => topics.map(({ name }) => name ?? '').sort())
  }
}

describe('three nodes that are broker and controller', () => {
  it('elect one active controller well before an election time-out is over, and all follow its metadata', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const nodes = new Nodes(seed, [BOTH, BOTH, BOTH])
      expect(await nodes.start(10_000)).toBeLessThan(1000)
      await nodes.createTopic('a-topic')
      await nodes.world.run(100)
      expect(await nodes.topics()).toEqual([['a-topic'], ['a-topic'], ['a-topic']])
      const told = [await nodes.describe(1), await nodes.describe(2), await nodes.describe(3)]
      expect(new Set(told.map((partition) => partition?.leaderId)).size).toBe(1)
      expect(told[0]?.currentVoters.map(({ replicaId }) => replicaId).sort()).toEqual([1, 2, 3])
    }
  })

  it('go on when the active controller dies, and when it is back', async () => {
    const nodes = new Nodes(7, [BOTH, BOTH, BOTH])
    await nodes.start(10_000)
    for (let round = 1; round <= 3; round++) {
      const leaderId = (await nodes.describe((round % 3) + 1))?.leaderId ?? 0
      nodes.cluster.node(leaderId).crash('power')
      await nodes.createTopic(`topic-${round}`)
      nodes.cluster.node(leaderId).start()
      await nodes.world.runUntil(() => nodes.cluster.isServing, { withinMs: 30_000 })
      await nodes.world.run(100)
      expect((await nodes.describe(leaderId))?.leaderEpoch).toBeGreaterThan(round)
    }
    await nodes.world.run(1000)
    const all = ['topic-1', 'topic-2', 'topic-3']
    expect(await nodes.topics()).toEqual([all, all, all])
  })

  it('stop in order one after another, and are what they were when they start again', async () => {
    const nodes = new Nodes(9, [BOTH, BOTH, BOTH])
    await nodes.start(10_000)
    await nodes.createTopic('kept')
    for (const node of nodes.cluster.nodes) node.stop()
    await nodes.world.runUntil(() => nodes.cluster.nodes.every(({ state }) => state === 'down'), { withinMs: 30_000 })
    await nodes.start(10_000)
    expect(await nodes.topics()).toEqual([['kept'], ['kept'], ['kept']])
  })
})

describe('a broker that observes', () => {
  const SMALL = {
    'metadata.log.max.record.bytes.between.snapshots': '500',
    'metadata.max.retention.bytes': '500',
    'internal.metadata.log.segment.bytes': '20000',
    'metadata.max.idle.interval.ms': '100',
  }

  it('is up to date when it was away for so long that the log does not go back to it', async () => {
    const nodes = new Nodes(11, [['controller'], ['controller'], ['controller'], ['broker'], ['broker']], SMALL)
    await nodes.start(10_000)
    await nodes.createTopic('before')
    await nodes.world.run(500)
    const known = (await nodes.describe(4))?.observers.find(({ replicaId }) => replicaId === 5)?.logEndOffset ?? -1
    nodes.world.network.partition(['node-5'], ['node-1', 'node-2', 'node-3'])
    for (let number = 1; number <= 5; number++) await nodes.createTopic(`meanwhile-${number}`)
    await nodes.world.run(30_000)
    nodes.world.network.heal()
    await nodes.world.run(20_000)
    const segments = await nodes.metadataSegments(5)
    expect(Math.min(...segments)).toBeGreaterThan(known)
    const [first, second] = await nodes.topics()
    expect(first).toContain('meanwhile-5')
    expect(second).toEqual(first)
  })
})

describe('a voter of a static quorum with an empty directory', () => {
  it('comes late, where it was not there before', async () => {
    const nodes = new Nodes(13, [BOTH, BOTH, BOTH])
    nodes.cluster.node(1).start()
    nodes.cluster.node(2).start()
    await nodes.world.runUntil(() => nodes.cluster.node(1).state === 'serving' && nodes.cluster.node(2).state === 'serving', { withinMs: 10_000 })
    await nodes.world.run(5000)
    await nodes.start(5000)
    expect((await nodes.describe(3))?.currentVoters.map(({ replicaId }) => replicaId).sort()).toEqual([1, 2, 3])
  })

  it('does not start where it took part before, and lost what it knew', async () => {
    const nodes = new Nodes(15, [BOTH, BOTH, BOTH])
    await nodes.start(10_000)
    await nodes.loseDirectory(3)
    nodes.cluster.node(3).start()
    await nodes.world.runUntil(() => nodes.cluster.node(3).latestError !== null, { withinMs: 10_000 })
    expect(nodes.cluster.node(3).latestError).toMatchObject({
      code: 'METADATA_QUORUM',
      message: expect.stringContaining('restore the directory, or start with --replace-voter'),
    })
  })

  it('does not start where it led, and the others still take it for their leader', async () => {
    const nodes = new Nodes(16, [BOTH, BOTH, BOTH])
    await nodes.start(10_000)
    const leaderId = (await nodes.describe(1))?.leaderId ?? 0
    await nodes.loseDirectory(leaderId)
    nodes.cluster.node(leaderId).start()
    await nodes.world.run(300)
    // They stand still for so long that nobody else is elected.
    for (const node of nodes.cluster.nodes) if (node.id !== leaderId) node.machine.process.spend(5000)
    await nodes.world.run(8000)
    expect(nodes.cluster.node(leaderId).latestError).toMatchObject({ code: 'METADATA_QUORUM' })
    expect(nodes.cluster.node(leaderId).state).not.toBe('serving')
  })

  it('waits while the others cannot say, and its vote elects nobody who is behind', async () => {
    const nodes = new Nodes(17, [BOTH, BOTH, BOTH])
    await nodes.start(10_000)
    const leaderId = (await nodes.describe(1))?.leaderId ?? 0
    const [behind, lost] = [1, 2, 3].filter((id) => id !== leaderId) as [number, number]
    nodes.cluster.node(behind).crash('power')
    await nodes.createTopic('committed-without-one')
    nodes.cluster.node(leaderId).crash('power')
    await nodes.loseDirectory(lost)
    nodes.cluster.node(lost).start()
    nodes.cluster.node(behind).start()
    await nodes.world.run(30_000)
    expect([nodes.cluster.node(lost).state, nodes.cluster.node(behind).state]).toEqual(['starting', 'starting'])
    nodes.cluster.node(leaderId).start()
    await nodes.world.runUntil(() => nodes.cluster.node(lost).latestError !== null, { withinMs: 30_000 })
    await nodes.world.runUntil(() => nodes.cluster.node(leaderId).state === 'serving' && nodes.cluster.node(behind).state === 'serving', { withinMs: 30_000 })
    const { client } = nodes
    const asked = client.askUntil(client.anyBroker(), MetadataApi, METADATA_VERSION, { topics: null }, ({ brokers }) => brokers.length > 0)
    expect((await nodes.world.complete(asked)).topics.map(({ name }) => name)).toContain('committed-without-one')
  })

  it('starts and is filled by the others where that is accepted', async () => {
    const nodes = new Nodes(19, [BOTH, BOTH, BOTH])
    await nodes.start(10_000)
    await nodes.createTopic('kept')
    await nodes.loseDirectory(3)
    nodes.cluster.node(3).replacesVoter = true
    await nodes.start(20_000)
    expect(await nodes.topics()).toEqual([['kept'], ['kept'], ['kept']])
  })
})
