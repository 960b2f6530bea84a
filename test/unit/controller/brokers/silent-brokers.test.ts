import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import { knownFeatures } from '../../../../src/metadata/features.ts'
import { World } from '../../../support/world/world.ts'
import { brokerDirectory } from '../../metadata/records.ts'
import { type StartedController, startController } from '../controller-world.ts'
import { TestPeer } from '../test-peer.ts'

/** Nobody waits for the other broker, which says nothing by itself. */
const context = { principal: 'User:test', timeoutMs: 1 }
const SESSION_MS = 9000

function registration(brokerId: number, incarnation = 'A') {
  return {
    clusterId: 'cluster',
    brokerId,
    incarnationId: `${incarnation}incarnationAAAAAAAAAA` as Uuid,
    endpoints: [],
    features: knownFeatures,
    rack: null,
    logDirs: [brokerDirectory(brokerId)],
    previousBrokerEpoch: -1,
  }
}

/** Broker 1 runs beside the controller, broker 2 elsewhere; the one partition is led by 2. */
async function startTwo(world: World) {
  const started = await world.complete(startController(world.node('a').ports))
  const own = started.broker()
  await world.complete(own.register())
  await world.complete(own.unfence())
  const { brokerEpoch } = await world.complete(started.controller.brokers.registerBroker(registration(2), 'anywhere'))
  const beat = () => heartbeat(world, started, brokerEpoch)
  expect(await beat()).toMatchObject({ errorCode: 0, isFenced: false })
  const assignments = [{ partitionIndex: 0, brokerIds: [2, 1] }]
  const topics = [{ name: 'foo', partitionCount: -1, replicationFactor: -1, assignments, configs: [] }]
  await world.complete(started.controller.createTopics(context, { topics, validateOnly: false }))
  return { started, beat }
}

function heartbeat(world: World, { controller, loader }: StartedController, brokerEpoch: number) {
  const wishes = { wantFence: false, wantShutDown: false, offlineLogDirs: [], cordonedLogDirs: null }
  const currentMetadataOffset = loader.image().provenance.offset
  return world.complete(controller.brokers.brokerHeartbeat({ brokerId: 2, brokerEpoch, currentMetadataOffset, ...wishes }, new TestPeer(2)))
}

const partitionOf = ({ loader }: StartedController) => loader.image().topics.byName.get('foo')?.partitions[0]
const isFenced = ({ loader }: StartedController, id: number) => loader.image().cluster.brokers.get(id)?.fenced

describe('a broker on another node', () => {
  it('that goes on sending heartbeats stays', async () => {
    const world = new World({ seed: 1 })
    const { started, beat } = await startTwo(world)
    for (let second = 0; second < 30; second += 5) {
      await world.complete(world.node('a').ports.timers.sleep(5000))
      expect(await beat()).toMatchObject({ isFenced: false })
    }
    expect([isFenced(started, 2), partitionOf(started)?.leader]).toEqual([false, 2])
  })

  it('that is silent for its session is fenced, and what it led another leads; the own broker stays', async () => {
    const world = new World({ seed: 1 })
    const { started, beat } = await startTwo(world)
    await world.complete(world.node('a').ports.timers.sleep(SESSION_MS + 100))
    expect([isFenced(started, 1), isFenced(started, 2)]).toEqual([false, true])
    expect(partitionOf(started)).toMatchObject({ leader: 1, isr: [1], leaderEpoch: 1 })
    expect(await beat()).toMatchObject({ isFenced: false })
    expect(isFenced(started, 2)).toBe(false)
    expect(started.failures).toEqual([])
  })

  it('is fenced by a controller that begins after the crash of the last one', async () => {
    const world = new World({ seed: 1 })
    await startTwo(world)
    world.crash('a', 'power')
    const second = await world.complete(startController(world.restart('a')))
    expect(isFenced(second, 2)).toBe(false)
    await world.complete(world.node('a').ports.timers.sleep(SESSION_MS + 100))
    expect(isFenced(second, 2)).toBe(true)
  })

  it('may not be replaced while it is heard, and may afterwards', async () => {
    const world = new World({ seed: 1 })
    const { started } = await startTwo(world)
    const another = () => world.complete(started.controller.brokers.registerBroker(registration(2, 'B'), 'anywhere'))
    expect((await another()).errorCode).toBe(ErrorCode.DUPLICATE_BROKER_REGISTRATION)
    await world.complete(world.node('a').ports.timers.sleep(SESSION_MS + 100))
    expect((await another()).errorCode).toBe(ErrorCode.NONE)
  })

  it('may not take the number of the broker beside the controller', async () => {
    const world = new World({ seed: 1 })
    const { started } = await startTwo(world)
    const taken = await world.complete(started.controller.brokers.registerBroker(registration(1, 'B'), 'anywhere'))
    expect(taken.errorCode).toBe(ErrorCode.DUPLICATE_BROKER_REGISTRATION)
  })
})
