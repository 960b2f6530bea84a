import { expect, it } from 'vitest'
import type { Ports, Socket } from '../../../../src/base/ports.ts'
import { World } from '../../../support/world/world.ts'

/** A program that uses all ports: it answers what it is sent after it has written it. */
async function startEcho(ports: Ports): Promise<void> {
  await ports.disk.makeDirectory('/data')
  const file = await ports.disk.open('/data/log', 'create')
  await ports.network.listen({ host: '0.0.0.0', port: 9092 }, (socket) => {
    const onData = async (bytes: Buffer) => {
      const chunk = Buffer.from(bytes)
      file.writeAt([chunk], file.sizeBytes())
      if (ports.random.below(2) === 0) await file.flush()
      socket.write([chunk])
    }
    socket.handle({ onData: (chunk) => void onData(chunk), onDrain() {}, onClose() {} })
  })
}

async function connect(ports: Ports, onData: (chunk: Buffer) => void): Promise<Socket> {
  const socket = await ports.network.connect({ host: 'broker', port: 9092 })
  socket.handle({ onData, onDrain() {}, onClose() {} })
  return socket
}

async function play(seed: number): Promise<{ readonly hash: string; readonly nowMs: number; readonly echoed: number }> {
  const world = new World({ seed })
  world.node('broker').faults.slowCallProbability = 0.1
  await world.complete(startEcho(world.node('broker').ports))
  const client = world.node('client').ports
  let echoed = 0
  const socket = await world.complete(
    connect(client, (chunk) => {
      echoed += chunk.length
    }),
  )
  for (let round = 0; round < 50; round++) {
    socket.write([client.random.bytes(200)])
    await world.run(client.random.below(20))
  }
  await world.run(1000)
  return { hash: world.trace.hash, nowMs: world.nowMs, echoed }
}

it('the same seed gives the same run to the byte, another seed another', async () => {
  const first = await play(1)
  expect(first.echoed).toBe(50 * 200)
  expect(await play(1)).toEqual(first)
  expect((await play(2)).hash).not.toBe(first.hash)
})

it('a simulated day passes in no time when little happens', async () => {
  const world = new World({ seed: 1 })
  const { timers } = world.node('a').ports
  let minutes = 0
  const tick = () => {
    minutes++
    timers.schedule(60_000, tick)
  }
  timers.schedule(60_000, tick)
  const startedMs = performance.now()
  await world.run(86_400_000)
  expect(minutes).toBe(1440)
  expect(performance.now() - startedMs).toBeLessThan(5000)
})

it('every promise that an event settles continues before the next event', async () => {
  const world = new World({ seed: 1 })
  const { timers } = world.node('a').ports
  const order: string[] = []
  const chain = async () => {
    await timers.sleep(1)
    for (let link = 0; link < 100; link++) await null
    order.push('chain')
  }
  void chain()
  timers.schedule(1.001, () => order.push('next'))
  await world.run(5)
  expect(order).toEqual(['chain', 'next'])
})

it('waiting for what cannot happen fails with the seed and the latest events', async () => {
  const world = new World({ seed: 'abc' })
  world.node('a').ports.timers.schedule(3, () => {})
  await expect(world.complete(new Promise(() => {}))).rejects.toThrow(/seed abc.*nothing is left(.|\n)*a timer/)
})

it('waiting longer than allowed fails, while the world could go on', async () => {
  const world = new World({ seed: 1 })
  const { timers } = world.node('a').ports
  const tick = () => timers.schedule(10, tick)
  tick()
  await expect(world.runUntil(() => false, { withinMs: 100 })).rejects.toThrow('did not happen within 100 ms')
})

it('what a callback throws comes out of the run', async () => {
  const world = new World({ seed: 1 })
  world.node('a').ports.timers.schedule(1, () => {
    throw new Error('a defect')
  })
  await expect(world.run(5)).rejects.toThrow('a defect')
})
