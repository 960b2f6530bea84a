import { describe, expect, it } from 'vitest'
import { errorName } from '../../../protocol/error-codes.ts'
import { deferred } from '../../../src/base/deferred.ts'
import { NotControllerError } from '../../../src/controller/not-controller-error.ts'
import { World } from '../../support/world/world.ts'
import { type StartedController, startController } from './controller-world.ts'

const context = { principal: 'User:test' }

async function startWithBroker(world: World): Promise<StartedController> {
  const started = await world.complete(startController(world.node('a').ports))
  const broker = started.broker()
  await world.complete(broker.register())
  await world.complete(broker.unfence())
  return started
}

async function create({ controller }: StartedController, name: string): Promise<string> {
  const topics = [{ name, partitionCount: 1, replicationFactor: 1, assignments: [], configs: [] }]
  const [answer] = await controller.createTopics(context, { topics, validateOnly: false })
  return errorName(answer?.errorCode ?? 0)
}

describe('the controller', () => {
  it('is active when its bootstrap records and its registration are committed', async () => {
    const world = new World({ seed: 1 })
    const { loader, controller } = await world.complete(startController(world.node('a').ports))
    expect(controller.isActive).toBe(true)
    expect(loader.image().features.metadataVersion).toBe(30)
    expect([...loader.image().cluster.controllers.keys()]).toEqual([1])
  })

  it('bootstraps an empty log once', async () => {
    const world = new World({ seed: 1 })
    await world.complete(startController(world.node('a').ports))
    world.crash('a', 'power')
    const second = await world.complete(startController(world.restart('a')))
    // The opening of the epoch and the registration of the controller.
    expect(second.raft.logEndOffset).toBe(15)
  })

  it('answers when this node has applied what was decided', async () => {
    const world = new World({ seed: 1 })
    const started = await startWithBroker(world)
    const gate = deferred<void>()
    let sawTopic = false
    await world.complete(
      started.loader.addPublisher({
        name: 'slow',
        async onUpdate(delta) {
          if (delta.topics.changed.size === 0) return
          await gate.promise
          sawTopic = true
        },
      }),
    )
    let answer: string | null = null
    void create(started, 'foo').then((result) => {
      answer = result
    })
    await world.run(1000)
    expect(answer).toBeNull()
    gate.resolve()
    await world.run(10)
    expect(answer).toBe('NONE')
    expect(sawTopic).toBe(true)
  })

  it('decides on what it decided before, committed or not', async () => {
    const world = new World({ seed: 1 })
    const started = await startWithBroker(world)
    const answers = await world.complete(Promise.all([create(started, 'foo'), create(started, 'foo'), create(started, 'bar')]))
    expect(answers).toEqual(['NONE', 'TOPIC_ALREADY_EXISTS', 'NONE'])
  })

  it('refuses on behalf of an uncommitted change only when that is committed', async () => {
    const world = new World({ seed: 1 })
    const started = await startWithBroker(world)
    const gate = deferred<void>()
    await world.complete(started.loader.addPublisher({ name: 'slow', onUpdate: (delta) => (delta.topics.changed.size > 0 ? gate.promise : undefined) }))
    const answers: string[] = []
    for (const _ of [1, 2]) void create(started, 'foo').then((answer) => answers.push(answer))
    await world.run(1000)
    expect(answers).toEqual([])
    gate.resolve()
    await world.run(10)
    expect(answers.sort()).toEqual(['NONE', 'TOPIC_ALREADY_EXISTS'])
  })

  it('keeps every topic that it acknowledged, wherever the power fails', async () => {
    for (let seed = 1; seed <= 15; seed++) {
      const world = new World({ seed })
      const started = await startWithBroker(world)
      world.node('a').faults.crashAtChange(1 + world.random.below(40))
      const acknowledged: string[] = []
      for (let index = 0; index < 20; index++) {
        create(started, `topic-${index}`).then(
          (answer) => answer === 'NONE' && acknowledged.push(`topic-${index}`),
          () => undefined,
        )
        await world.run(world.random.below(3))
      }
      if (world.node('a').isRunning) world.crash('a', 'power')
      world.node('a').faults.clear()
      const again = await world.complete(startController(world.restart('a')))
      const names = new Set(again.loader.image().topics.byName.keys())
      for (const name of acknowledged) expect(names, `seed ${seed}`).toContain(name)
      expect(again.failures).toEqual([])
    }
  })

  it('answers nobody any longer when its log fails', async () => {
    const world = new World({ seed: 1 })
    const started = await startWithBroker(world)
    world.node('a').faults.failNext({ reason: 'io', operation: 'flush', times: Number.POSITIVE_INFINITY })
    await expect(world.complete(create(started, 'foo'))).rejects.toBeInstanceOf(NotControllerError)
    await expect(create(started, 'bar')).rejects.toBeInstanceOf(NotControllerError)
    expect(started.failures).toMatchObject([{ code: 'METADATA_LOG' }])
  })

  it('is not the controller any longer when the node stopped', async () => {
    const world = new World({ seed: 1 })
    const started = await startWithBroker(world)
    await world.complete(started.stop())
    expect(started.controller.isActive).toBe(false)
    await expect(create(started, 'foo')).rejects.toBeInstanceOf(NotControllerError)
  })

  it('writes an empty record as often as it was told', async () => {
    const world = new World({ seed: 1 })
    const { raft } = await world.complete(startController(world.node('a').ports, { maxIdleIntervalMs: 500 }))
    const before = raft.logEndOffset
    await world.run(5100)
    expect(raft.logEndOffset - before).toBeGreaterThanOrEqual(9)
    expect(raft.logEndOffset - before).toBeLessThanOrEqual(10)
  })

  it('writes nothing by itself when the interval is 0', async () => {
    const world = new World({ seed: 1 })
    const { raft } = await world.complete(startController(world.node('a').ports))
    const before = raft.logEndOffset
    await world.run(60_000)
    expect(raft.logEndOffset).toBe(before)
  })
})

describe('the broker of the node', () => {
  const partitionOf = ({ loader }: StartedController) => loader.image().topics.byName.get('foo')?.partitions[0]

  it('leads again what it led before a clean shutdown', async () => {
    const world = new World({ seed: 1 })
    const first = await world.complete(startController(world.node('a').ports))
    const broker = first.broker()
    await world.complete(broker.register())
    await world.complete(broker.unfence())
    await world.complete(create(first, 'foo'))
    await world.complete(broker.shutDown())
    expect(partitionOf(first)).toMatchObject({ leader: -1, isr: [], eligibleLeaderReplicas: [1] })
    await world.complete(first.stop())
    world.crash('a', 'process')
    const second = await world.complete(startController(world.restart('a')))
    const again = second.broker(broker.brokerEpoch)
    await world.complete(again.register())
    await world.complete(again.unfence())
    expect(partitionOf(second)).toMatchObject({ leader: 1, isr: [1], leaderEpoch: 2, leaderRecoveryState: 'recovered' })
    expect(again.brokerEpoch).toBeGreaterThan(broker.brokerEpoch)
  })

  it('recovers what it led when it ended otherwise', async () => {
    const world = new World({ seed: 1 })
    const first = await startWithBroker(world)
    await world.complete(create(first, 'foo'))
    world.crash('a', 'power')
    const second = await world.complete(startController(world.restart('a')))
    const again = second.broker()
    await world.complete(again.register())
    expect(partitionOf(second)).toMatchObject({ leader: -1, isr: [], eligibleLeaderReplicas: [], lastKnownElr: [1] })
    await world.complete(again.unfence())
    expect(partitionOf(second)).toMatchObject({ leader: 1, isr: [1], leaderRecoveryState: 'recovering' })
  })

  it('does not lead before it is unfenced', async () => {
    const world = new World({ seed: 1 })
    const started = await world.complete(startController(world.node('a').ports))
    await world.complete(started.broker().register())
    expect(await world.complete(create(started, 'foo'))).toBe('INVALID_REPLICATION_FACTOR')
  })
})
