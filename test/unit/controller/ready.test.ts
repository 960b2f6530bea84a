import { describe, expect, it } from 'vitest'
import type { CreatedTopic } from '../../../src/controller/controller.ts'
import { World } from '../../support/world/world.ts'
import { admit, heartbeatOf, type ScriptedController, ScriptedQuorum } from './scripted-quorum.ts'
import { TestPeer } from './test-peer.ts'

const GRACE_MS = 300

/** Controller 1 leads; broker 11 serves on another node, connected by `peer`. */
async function start(peer = new TestPeer(7)) {
  const world = new World({ seed: 1 })
  const quorum = new ScriptedQuorum(world, [1, 2], { connectionGraceMs: GRACE_MS })
  quorum.elect(1)
  const node = quorum.node(1)
  await world.complete(node.controller.active())
  const brokerEpoch = await world.complete(admit(node, 11, peer))
  const beat = (on = peer) => world.complete(node.controller.brokers.brokerHeartbeat(heartbeatOf(node, 11, brokerEpoch), on))
  return { world, quorum, node, peer, beat, create: (timeoutMs = 10_000) => create(node, timeoutMs) }
}

function create({ controller }: ScriptedController, timeoutMs: number, brokerIds: readonly number[] = [11]): { answer: CreatedTopic | null } {
  const topics = [{ name: 'foo', partitionCount: -1, replicationFactor: -1, assignments: [{ partitionIndex: 0, brokerIds }], configs: [] }]
  const state: { answer: CreatedTopic | null } = { answer: null }
  void controller.createTopics({ principal: 'User:test', timeoutMs }, { topics, validateOnly: false }).then(([created]) => {
    state.answer = created ?? null
  })
  return state
}

const created = { errorCode: 0, name: 'foo' }

describe('the answer to a creation of topics', () => {
  it('leaves when the other brokers said that they have applied it', async () => {
    const { world, create, beat } = await start()
    const request = create()
    await world.run(1000)
    expect(request.answer).toBeNull()
    await beat()
    await world.run(1)
    expect(request.answer).toMatchObject(created)
  })

  it('that was made a moment before waits as well', async () => {
    const { world, create, beat } = await start()
    create()
    const second = create()
    await world.run(1000)
    expect(second.answer).toBeNull()
    await beat()
    await world.run(1)
    expect(second.answer).toMatchObject({ errorCode: 36 })
  })

  it('waits for brokers of another kind until they have fetched it', async () => {
    const { world, quorum, create } = await start(new TestPeer(7, 'apache-kafka-java'))
    const request = create()
    await world.run(1000)
    expect(request.answer).toBeNull()
    quorum.fetchOffsets.set(11, quorum.endOffset)
    await world.run(20)
    expect(request.answer).toMatchObject(created)
  })

  it('waits for a broker whose connection is closed, too, until it is fenced: clients may reach it', async () => {
    const { world, peer, create } = await start()
    const request = create()
    await world.run(100)
    peer.close()
    await world.run(GRACE_MS - 10)
    expect(request.answer).toBeNull()
    await world.run(20)
    expect(request.answer).toMatchObject(created)
  })

  it('that would be led by a broker which died waits until the others know who leads it now', async () => {
    const { world, node, peer } = await start()
    const epoch = await world.complete(admit(node, 12, new TestPeer(8)))
    const request = create(node, 10_000, [11, 12])
    const beat = () => world.complete(node.controller.brokers.brokerHeartbeat(heartbeatOf(node, 12, epoch), new TestPeer(8)))
    await beat()
    peer.close()
    await world.run(GRACE_MS + 10)
    expect(node.loader.image().topics.byName.get('foo')?.partitions[0]?.leader).toBe(12)
    expect(request.answer).toBeNull()
    await beat()
    await world.run(1)
    expect(request.answer).toMatchObject(created)
  })

  it('is a success when the time is over, and when another controller leads: the topic is there', async () => {
    const { world, quorum, create } = await start()
    const short = create(500)
    await world.run(600)
    expect(short.answer).toMatchObject(created)
    const { create: createAnother, quorum: another, world: anotherWorld } = await start()
    const long = createAnother()
    await anotherWorld.run(100)
    expect(long.answer).toBeNull()
    another.elect(2)
    await anotherWorld.run(1)
    expect(long.answer).toMatchObject(created)
    expect(quorum.node(1).failures).toEqual([])
  })
})

describe('a broker whose connection to the active controller closes', () => {
  const isFenced = ({ loader }: ScriptedController) => loader.image().cluster.brokers.get(11)?.fenced

  it('is fenced after the grace', async () => {
    const { world, node, peer } = await start()
    await world.run(2000)
    peer.close()
    await world.run(GRACE_MS - 10)
    expect(isFenced(node)).toBe(false)
    await world.run(20)
    expect(isFenced(node)).toBe(true)
  })

  it('stays when it comes back on another', async () => {
    const { world, node, peer, beat } = await start()
    peer.close()
    await world.run(GRACE_MS - 10)
    await beat(new TestPeer(8))
    await world.run(5000)
    expect(isFenced(node)).toBe(false)
  })

  it('is fenced, too, where its node turns out to be gone when a controller begins to lead', async () => {
    const { world, quorum } = await start()
    quorum.elect(2)
    const node = quorum.node(2)
    await world.complete(node.controller.active())
    node.controller.brokers.unreachable(11)
    await world.run(GRACE_MS + 10)
    expect(isFenced(node)).toBe(true)
  })
})
