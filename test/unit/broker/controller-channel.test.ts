import { describe, expect, test } from 'vitest'
import { AllocateProducerIdsApi } from '../../../protocol/messages/allocate-producer-ids.ts'
import { MetadataApi } from '../../../protocol/messages/metadata.ts'
import type { ControllerCall } from '../../../src/broker/controller-channel.ts'
import { checkController } from '../../../src/broker/requests/not-controller.ts'
import { NotControllerError } from '../../../src/controller/not-controller-error.ts'
import { type Served, served } from '../../support/peers/answering-node.ts'
import { ScriptedControllers } from './scripted-controllers.ts'

const NOT_CONTROLLER = 41

/** Answers with blocks that begin with `first`. */
const giving = (first: number) => served(AllocateProducerIdsApi, () => ({ throttleTimeMs: 0, errorCode: 0, producerIdStart: first, producerIdLen: 1 }))
const silent = served(AllocateProducerIdsApi, () => null)
const deposed = served(AllocateProducerIdsApi, () => ({ throttleTimeMs: 0, errorCode: NOT_CONTROLLER, producerIdStart: 0, producerIdLen: 0 }))

/** Asks for a block; 1 in this process. */
const ask: ControllerCall<number> = {
  what: 'a block',
  here: () => Promise.resolve(1),
  there: async (peer) => checkController(await peer.send(AllocateProducerIdsApi, { brokerId: 1, brokerEpoch: 1 })).producerIdStart,
}

/** Asks while `two` leads the quorum, and half a second later it has said nothing that would do. */
async function askedOfTwo(api: Served) {
  const controllers = new ScriptedControllers()
  await controllers.start('two', [api])
  controllers.lead(2, 'two')
  const answer = controllers.channel().call(ask)
  await controllers.world.run(500)
  return { controllers, answer }
}

describe('a call to the active controller', () => {
  test('goes to who leads the quorum, on one connection', async () => {
    const controllers = new ScriptedControllers()
    const two = await controllers.start('two', [giving(2)])
    controllers.lead(2, 'two')
    const channel = controllers.channel()
    expect(await controllers.world.complete(Promise.all([channel.call(ask), channel.call(ask)]))).toEqual([2, 2])
    expect(two.connectionCount).toBe(1)
  })

  test('stays in the process where the controller is here, and leaves it when the leadership moves on', async () => {
    const controllers = new ScriptedControllers()
    await controllers.start('two', [giving(2)])
    controllers.lead(1, 'self')
    const channel = controllers.channel()
    expect([channel.isHere, await controllers.world.complete(channel.call(ask))]).toEqual([true, 1])
    const here = () => {
      controllers.lead(2, 'two')
      return Promise.reject(new NotControllerError('the leadership ended'))
    }
    expect(await controllers.world.complete(channel.call({ ...ask, here }))).toBe(2)
    expect(channel.isHere).toBe(false)
  })

  test('waits for a leader to be known', async () => {
    const controllers = new ScriptedControllers()
    await controllers.start('two', [giving(2)])
    const answer = controllers.channel().call(ask)
    await controllers.world.run(1000)
    controllers.lead(2, 'two')
    expect(await controllers.world.complete(answer)).toBe(2)
    expect(controllers.world.nowMs).toBeLessThan(1100)
  })

  test('asks again who says that he is not the one, until he or another is', async () => {
    const { controllers, answer } = await askedOfTwo(deposed)
    await controllers.start('three', [giving(3)])
    controllers.lead(3, 'three')
    expect(await controllers.world.complete(answer)).toBe(3)
  })

  test('does not wait for the answer of a leader that has a successor', async () => {
    const { controllers, answer } = await askedOfTwo(silent)
    await controllers.start('three', [giving(3)])
    controllers.lead(3, 'three')
    expect(await controllers.world.complete(answer)).toBe(3)
    expect(controllers.world.nowMs).toBeLessThan(550)
  })

  test('goes on when the controller dies and comes back', async () => {
    const { controllers, answer } = await askedOfTwo(silent)
    controllers.world.crash('two', 'process')
    await controllers.world.run(1000)
    await controllers.start('two', [giving(2)])
    expect(await controllers.world.complete(answer)).toBe(2)
  })

  test('ends when its time is over, and says why nobody answered', async () => {
    const controllers = new ScriptedControllers()
    const answer = controllers.channel(2000).call(ask)
    const why = 'a block was not answered by the controller within 2000 ms: no leader of the metadata quorum is known'
    await expect(controllers.world.complete(answer)).rejects.toMatchObject({ code: 'CONTROLLER_TIMEOUT', message: why })
    expect(controllers.world.nowMs).toBeCloseTo(2000, -1)
  })

  test('is not made again of a controller that does not know the request', async () => {
    const controllers = new ScriptedControllers()
    await controllers.start('two', [giving(2)])
    controllers.lead(2, 'two')
    const answer = controllers.channel().call<object>({ ...ask, here: () => Promise.resolve({}), there: (peer) => peer.send(MetadataApi, { topics: [] }) })
    await expect(controllers.world.complete(answer)).rejects.toMatchObject({ code: 'CLIENT_VERSION' })
  })

  test('passes a mistake of ours on', async () => {
    const controllers = new ScriptedControllers()
    controllers.lead(1, 'self')
    await expect(controllers.channel().call({ ...ask, here: () => Promise.reject(new TypeError('a mistake')) })).rejects.toThrow('a mistake')
  })

  test('is refused when ten thousand wait already', async () => {
    const controllers = new ScriptedControllers()
    const channel = controllers.channel()
    const waiting = Array.from({ length: 10_000 }, () => channel.call(ask))
    await expect(channel.call(ask)).rejects.toMatchObject({ code: 'CONTROLLER_TIMEOUT' })
    controllers.lead(1, 'self')
    expect(new Set(await controllers.world.complete(Promise.all(waiting)))).toEqual(new Set([1]))
    expect(await channel.call(ask)).toBe(1)
  })

  test('ends when the node stops', async () => {
    const controllers = new ScriptedControllers()
    const channel = controllers.channel()
    const answer = channel.call(ask)
    answer.catch(() => undefined)
    await channel[Symbol.asyncDispose]()
    await expect(controllers.world.complete(answer)).rejects.toMatchObject({ code: 'CONTROLLER_CLOSED' })
  })
})

describe('a controller that nobody reaches', () => {
  test('is told in one line after some seconds, with what to check, and again when it answers', async () => {
    const controllers = new ScriptedControllers()
    controllers.lead(2, 'two')
    const answer = controllers.channel(120_000).call(ask)
    await controllers.world.run(4000)
    expect(controllers.lines).toEqual([])
    await controllers.world.run(30_000)
    expect(controllers.lines).toHaveLength(1)
    expect(controllers.lines[0]).toMatchObject({ level: 'warn', message: expect.stringContaining('no active controller answers'), fields: { controller: 2 } })
    await controllers.start('two', [giving(2)])
    await controllers.world.complete(answer)
    expect(controllers.lines).toHaveLength(2)
    expect(controllers.lines[1]).toMatchObject({ level: 'info', message: 'the active controller answers again' })
  })

  test('is not worth a line for an election', async () => {
    const controllers = new ScriptedControllers()
    await controllers.start('two', [giving(2)])
    const answer = controllers.channel().call(ask)
    await controllers.world.run(4000)
    controllers.lead(2, 'two')
    await controllers.world.complete(answer)
    expect(controllers.lines).toEqual([])
  })
})
