import { describe, expect, it } from 'vitest'
import type { Uuid } from '../../../protocol/uuid.ts'
import { World } from '../../support/world/world.ts'
import { type StartedController, startController } from '../controller/controller-world.ts'

const OTHER = 'EF9wINcfRkKJhJQASwIdCA' as Uuid

/** A controller that knows a topic `t`, whose replica is in one of the two directories of broker 1. */
async function startedWithTopic(world: World): Promise<StartedController> {
  const started = await world.complete(startController(world.node('a').ports))
  const first = started.broker(-1, [OTHER])
  await world.complete(first.register())
  await world.complete(first.unfence())
  const topics = [{ name: 't', partitionCount: 1, replicationFactor: 1, assignments: [], configs: [] }]
  await world.complete(started.controller.createTopics({ principal: 'User:test' }, { topics, validateOnly: false }))
  const topicId = started.loader.image().topics.byName.get('t')?.id as Uuid
  await world.complete(first.assignReplicas([{ topicId, partition: 0, directoryId: OTHER }]))
  return started
}

const placeOf = ({ loader }: StartedController) => loader.image().topics.byName.get('t')?.partitions[0]
const logDirsOf = ({ loader }: StartedController) => loader.image().cluster.brokers.get(1)?.logDirs ?? []

describe('a log directory that fails', () => {
  it('is led from by nobody any more', async () => {
    const world = new World({ seed: 1 })
    const started = await startedWithTopic(world)
    const broker = started.broker(-1, [OTHER])
    await world.complete(broker.register())
    await world.complete(broker.unfence())
    expect(placeOf(started)?.leader).toBe(1)
    await world.complete(broker.directoryFailed(OTHER))
    expect(placeOf(started)?.leader).toBe(-1)
  })

  it('between the registration and the unfencing is led from by nobody either', async () => {
    const world = new World({ seed: 1 })
    await startedWithTopic(world)
    world.crash('a', 'process')
    const started = await world.complete(startController(world.restart('a')))
    const broker = started.broker(-1, [OTHER])
    await world.complete(broker.register())
    await world.complete(broker.directoryFailed(OTHER))
    await world.complete(broker.unfence())
    expect([placeOf(started)?.leader, logDirsOf(started).includes(OTHER)]).toEqual([-1, false])
  })

  it('stays failed when the broker registers again', async () => {
    const world = new World({ seed: 1 })
    const started = await startedWithTopic(world)
    const broker = started.broker(-1, [OTHER])
    await world.complete(broker.register())
    await world.complete(broker.unfence())
    await world.complete(broker.directoryFailed(OTHER))
    await world.complete(broker.register())
    expect([placeOf(started)?.leader, logDirsOf(started).includes(OTHER)]).toEqual([-1, false])
  })
})
