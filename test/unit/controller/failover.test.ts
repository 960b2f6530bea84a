import { describe, expect, it } from 'vitest'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { World } from '../../support/world/world.ts'
import { feature } from '../metadata/records.ts'
import { admit, createTopic, heartbeatOf, ScriptedQuorum } from './scripted-quorum.ts'
import { TestPeer } from './test-peer.ts'

const notController = { code: 'NOT_CONTROLLER' }

/** Controllers 1, 2 and 3, of which 1 leads; broker 11 serves on another node. */
async function start(world: World) {
  const quorum = new ScriptedQuorum(world, [1, 2, 3])
  quorum.elect(1)
  await world.complete(quorum.node(1).controller.active())
  const brokerEpoch = await world.complete(admit(quorum.node(1), 11))
  return { quorum, brokerEpoch }
}

const topicsOf = (quorum: ScriptedQuorum, id: number) => [...quorum.node(id).loader.image().topics.byName.keys()]

describe('when the active controller is another one', () => {
  it('the new one goes on with what is committed, the old one refuses', async () => {
    const world = new World({ seed: 1 })
    const { quorum } = await start(world)
    expect((await world.complete(createTopic(quorum.node(1), 'foo', [11])))?.errorCode).toBe(0)
    quorum.elect(2)
    await world.complete(quorum.node(2).controller.active())
    await expect(createTopic(quorum.node(1), 'bar', [11])).rejects.toMatchObject(notController)
    expect((await world.complete(createTopic(quorum.node(2), 'foo', [11])))?.errorCode).toBe(36)
    expect((await world.complete(createTopic(quorum.node(2), 'bar', [11])))?.errorCode).toBe(0)
    expect(topicsOf(quorum, 3)).toEqual(['foo', 'bar'])
    expect([1, 2, 3].map((id) => quorum.node(id).controller.isActive)).toEqual([false, true, false])
  })

  it('whoever waits for an answer of the old one asks again, also where nothing was to be written', async () => {
    const world = new World({ seed: 1 })
    const { quorum } = await start(world)
    quorum.commitsAtOnce = false
    const answers = [createTopic(quorum.node(1), 'foo', [11]), createTopic(quorum.node(1), 'foo', [11])].map((answer) =>
      answer.then(
        () => 'answered',
        (error) => error.code,
      ),
    )
    quorum.commitsAtOnce = true
    quorum.elect(2)
    await world.complete(quorum.node(2).controller.active())
    expect(await world.complete(createTopic(quorum.node(2), 'bar', [11]))).toMatchObject({ errorCode: 0 })
    expect(await world.complete(Promise.all(answers))).toEqual(['NOT_CONTROLLER', 'NOT_CONTROLLER'])
    expect(topicsOf(quorum, 1)).toEqual(['bar'])
  })

  it('one that leads again has forgotten what it decided in vain', async () => {
    const world = new World({ seed: 1 })
    const { quorum } = await start(world)
    quorum.commitsAtOnce = false
    const lost = createTopic(quorum.node(1), 'foo', [11])
    quorum.commitsAtOnce = true
    quorum.elect(2)
    await expect(world.complete(lost)).rejects.toMatchObject(notController)
    quorum.elect(1)
    await world.complete(quorum.node(1).controller.active())
    expect((await world.complete(createTopic(quorum.node(1), 'foo', [11])))?.errorCode).toBe(0)
    expect(topicsOf(quorum, 2)).toEqual(['foo'])
  })

  it('what the old one wrote and the new one has counts', async () => {
    const world = new World({ seed: 1 })
    const { quorum } = await start(world)
    quorum.commitsAtOnce = false
    const uncertain = createTopic(quorum.node(1), 'foo', [11])
    quorum.commitsAtOnce = true
    quorum.elect(2, { keeps: true })
    await expect(world.complete(uncertain)).rejects.toMatchObject(notController)
    await world.complete(quorum.node(2).controller.active())
    expect((await world.complete(createTopic(quorum.node(2), 'foo', [11])))?.errorCode).toBe(36)
  })

  it('an activation that a resignation overtook says nothing of the next one', async () => {
    const world = new World({ seed: 1 })
    const { quorum } = await start(world)
    quorum.elect(2)
    quorum.elect(1)
    quorum.elect(2)
    await world.complete(quorum.node(2).controller.active())
    expect(quorum.node(2).controller.isActive).toBe(true)
    expect([1, 2, 3].flatMap((id) => quorum.node(id).failures)).toEqual([])
  })

  it('each of them is registered when it has led', async () => {
    const world = new World({ seed: 1 })
    const { quorum } = await start(world)
    for (const id of [2, 3]) {
      quorum.elect(id)
      await world.complete(quorum.node(id).controller.active())
    }
    expect([...quorum.node(1).loader.image().cluster.controllers.keys()].sort()).toEqual([1, 2, 3])
  })

  it('the bootstrap records are written once', async () => {
    const world = new World({ seed: 1 })
    const { quorum } = await start(world)
    quorum.elect(2)
    await world.complete(quorum.node(2).controller.active())
    const levels = quorum.records.filter((record) => record.type === 'FeatureLevelRecord' && record.data.name === 'metadata.version')
    expect(levels).toHaveLength(1)
  })

  it('the new one ends a transaction that the old one left open', async () => {
    const world = new World({ seed: 1 })
    const { quorum } = await start(world)
    const begin: MetadataRecord = { type: 'BeginTransactionRecord', version: 0, data: { name: null } }
    quorum.append([begin, feature('transaction.version', 1)])
    quorum.commit()
    quorum.elect(2)
    await world.complete(quorum.node(2).controller.active())
    expect(quorum.records.at(-2)?.type).toBe('AbortTransactionRecord')
    expect(quorum.node(2).loader.hasOpenTransaction).toBe(false)
    expect((await world.complete(createTopic(quorum.node(2), 'foo', [11])))?.errorCode).toBe(0)
  })
})

describe('brokers under a new active controller', () => {
  const isFenced = (quorum: ScriptedQuorum) => quorum.node(3).loader.image().cluster.brokers.get(11)?.fenced

  it('have a whole session to say that they live', async () => {
    const world = new World({ seed: 1 })
    const { quorum, brokerEpoch } = await start(world)
    await world.run(8000)
    quorum.elect(2)
    await world.complete(quorum.node(2).controller.active())
    await world.run(8000)
    expect(isFenced(quorum)).toBe(false)
    expect(
      await world.complete(quorum.node(2).controller.brokers.brokerHeartbeat(heartbeatOf(quorum.node(2), 11, brokerEpoch), new TestPeer(11))),
    ).toMatchObject({
      errorCode: 0,
      isFenced: false,
    })
    await world.run(8000)
    expect(isFenced(quorum)).toBe(false)
    await world.run(1100)
    expect(isFenced(quorum)).toBe(true)
  })

  it('are fenced by it alone: the one that resigned writes nothing more', async () => {
    const world = new World({ seed: 1 })
    const { quorum } = await start(world)
    quorum.elect(2)
    await world.complete(quorum.node(2).controller.active())
    await world.run(20_000)
    expect(isFenced(quorum)).toBe(true)
    const fenced = quorum.records.filter((record) => record.type === 'BrokerRegistrationChangeRecord' && record.data.fenced === 1)
    expect(fenced).toHaveLength(1)
    expect(quorum.node(1).failures).toEqual([])
  })
})

describe('what is done now and then', () => {
  it('is done by the active controller alone, whoever that is', async () => {
    const world = new World({ seed: 1 })
    const quorum = new ScriptedQuorum(world, [1, 2, 3], { maxIdleIntervalMs: 500 })
    for (const id of [1, 2, 1]) {
      quorum.elect(id)
      await world.complete(quorum.node(id).controller.active())
      const before = quorum.endOffset
      await world.run(5100)
      expect(quorum.endOffset - before).toBe(10)
    }
    quorum.depose()
    const before = quorum.endOffset
    await world.run(5100)
    expect(quorum.endOffset).toBe(before)
  })
})
