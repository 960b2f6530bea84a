import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { BrokerRegistrationRefresh } from '../../../src/broker/broker-registration-refresh.ts'
import { World } from '../../support/world/world.ts'
import { feature } from '../metadata/records.ts'
import { type StartedController, startController } from './controller-world.ts'

const context = { principal: 'User:test' }
const done = { errorCode: ErrorCode.NONE, errorMessage: null }

async function startWithTopic(world: World): Promise<StartedController> {
  const started = await world.complete(startController(world.node('a').ports))
  const broker = started.broker()
  await world.complete(broker.register())
  await world.complete(broker.unfence())
  const topics = [{ name: 'foo', partitionCount: 1, replicationFactor: 1, assignments: [], configs: [] }]
  await world.complete(started.controller.createTopics(context, { topics, validateOnly: false }))
  return started
}

const partitionOf = ({ loader }: StartedController) => loader.image().topics.byName.get('foo')?.partitions[0]

describe('the controller, asked by an administrator', () => {
  it('has the new level of a feature applied when it answers, and after a loss of power', async () => {
    const world = new World({ seed: 1 })
    const { controller, loader } = await startWithTopic(world)
    const updates = [{ feature: 'transaction.version', level: 1, upgradeType: 'safe-downgrade' as const }]
    expect(await world.complete(controller.updateFeatures(context, { updates, validateOnly: false }))).toEqual(done)
    expect(loader.image().features.levels.get('transaction.version')).toBe(1)
    world.crash('a', 'power')
    const second = await world.complete(startController(world.restart('a')))
    expect(second.loader.image().features.levels.get('transaction.version')).toBe(1)
  })

  it('forgets a broker that runs; it stops in order, and leads again when it comes back', async () => {
    const world = new World({ seed: 1 })
    const first = await startWithTopic(world)
    expect(await world.complete(first.controller.unregisterBroker(context, 1))).toEqual(done)
    expect(first.loader.image().cluster.brokers.has(1)).toBe(false)
    expect(partitionOf(first)).toMatchObject({ leader: -1, isr: [] })
    await world.complete(first.stop())
    world.crash('a', 'process')
    const second = await world.complete(startController(world.restart('a')))
    const broker = second.broker()
    await world.complete(broker.register())
    await world.complete(broker.unfence())
    expect(partitionOf(second)).toMatchObject({ leader: 1, isr: [1] })
  })

  it('lets a broker that it has forgotten stop without a word', async () => {
    const world = new World({ seed: 1 })
    const started = await world.complete(startController(world.node('a').ports))
    const broker = started.broker()
    await world.complete(broker.register())
    await world.complete(started.controller.unregisterBroker(context, 1))
    await world.complete(broker.shutDown())
    expect(started.loader.image().cluster.brokers.has(1)).toBe(false)
  })

  it('registers itself and the directories of the broker when the level of the metadata allows it, and not before', async () => {
    const world = new World({ seed: 1 })
    const { controller, loader, broker, failures } = await world.complete(
      startController(world.node('a').ports, { bootstrapRecords: [feature('metadata.version', 14)] }),
    )
    const lifecycle = broker()
    await world.complete(lifecycle.register())
    await world.complete(loader.addPublisher(new BrokerRegistrationRefresh({ brokerId: 1, lifecycle, onFailure: (error) => void failures.push(error) })))
    await world.complete(lifecycle.unfence())
    const registered = () => ({ controllers: [...loader.image().cluster.controllers.keys()], broker: loader.image().cluster.brokers.get(1) })
    expect(registered()).toMatchObject({ controllers: [], broker: { logDirs: [], fenced: false } })
    const before = registered().broker
    const updates = [{ feature: 'metadata.version', level: 30, upgradeType: 'upgrade' as const }]
    expect(await world.complete(controller.updateFeatures(context, { updates, validateOnly: false }))).toEqual(done)
    await world.run(1000)
    expect(registered()).toMatchObject({ controllers: [1], broker: { epoch: before?.epoch, fenced: false } })
    expect(registered().broker?.logDirs).toHaveLength(1)
    expect(failures).toEqual([])
  })

  it('refuses what came with no time left, and decides what never had a deadline', async () => {
    const world = new World({ seed: 1 })
    const { controller } = await startWithTopic(world)
    const late = { ...context, timeoutMs: 0 }
    await expect(world.complete(controller.electLeaders(late, { type: 'preferred', topics: null }))).rejects.toMatchObject({ code: 'CONTROLLER_TIMEOUT' })
    expect(await world.complete(controller.electLeaders(context, { type: 'preferred', topics: null }))).toEqual({
      ...done,
      topics: [{ topic: 'foo', partitions: [] }],
    })
  })
})
