import { expect, it } from 'vitest'
import type { Socket } from '../../../../src/base/ports.ts'
import { World } from '../../../support/world/world.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

interface Heard {
  socket: Socket
  text: string
  pieces: number
  closes: (string | undefined)[]
}

function listenTo(socket: Socket): Heard {
  const heard: Heard = { socket, text: '', pieces: 0, closes: [] }
  socket.handle({
    onData: (chunk) => {
      heard.text += chunk.toString('latin1')
      heard.pieces++
    },
    onDrain() {},
    onClose: (error) => heard.closes.push((error as { readonly reason?: string } | undefined)?.reason),
  })
  return heard
}

async function twoMachines(seed = 1) {
  const world = new World({ seed })
  const [a, b] = [world.node('a'), world.node('b')]
  let server: Heard | undefined
  await world.complete(
    b.ports.network.listen({ host: '::', port: 9092 }, (socket) => {
      server = listenTo(socket)
    }),
  )
  const client = await world.complete(a.ports.network.connect({ host: 'b', port: 9092 }).then(listenTo))
  await world.runUntil(() => server !== undefined)
  return { world, a, b, client, server: server as unknown as Heard }
}

it('machines know each other by name and by address', async () => {
  const { a, b, client, server } = await twoMachines()
  expect(client.socket.remote).toEqual({ host: b.address, port: 9092 })
  expect(server.socket.remote.host).toBe(a.address)
})

it('what is sent over a cut way arrives when it heals, in order, and the other way stays open', async () => {
  const { world, client, server } = await twoMachines()
  world.network.cut({ from: 'a', to: 'b' })
  client.socket.write([bytes('one ')])
  client.socket.write([bytes('two')])
  server.socket.write([bytes('heard')])
  await world.run(10_000)
  expect([server.text, client.text]).toEqual(['', 'heard'])
  world.network.heal()
  await world.run(1000)
  expect(server.text).toBe('one two')
})

it('a connection cut for too long is given up by the side that sends', async () => {
  const { world, client, server } = await twoMachines()
  world.network.partition(['a'], ['b'])
  client.socket.write([bytes('x')])
  await world.run(2_000_000)
  expect([client.closes, server.closes]).toEqual([['timed-out'], []])
})

it('connecting over a cut way times out, and the answer that comes too late meets nobody', async () => {
  const { world, a } = await twoMachines()
  world.network.cut({ from: 'b', to: 'a' })
  await expect(world.complete(a.ports.network.connect({ host: 'b', port: 9092 }))).rejects.toMatchObject({ reason: 'timed-out' })
  world.network.heal()
  await world.run(5000)
})

it('a killed process closes its connections, and nobody listens until it is back', async () => {
  const { world, a, client } = await twoMachines()
  world.crash('b', 'process')
  await world.run(100)
  expect(client.closes).toHaveLength(1)
  await expect(world.complete(a.ports.network.connect({ host: 'b', port: 9092 }))).rejects.toMatchObject({ reason: 'refused' })
})

it.each([1, 2, 3, 4, 5, 6, 7, 8])('a machine without power says nothing; when it is back, it does not know the connection (seed %i)', async (seed) => {
  const { world, client } = await twoMachines(seed)
  world.crash('b', 'power')
  client.socket.write([bytes('anybody?')])
  await world.run(60_000)
  expect(client.closes).toEqual([])
  world.restart('b')
  await world.run(100)
  expect(client.closes).toEqual(['reset'])
})

it('connections break at packets as often as asked, at both ends', async () => {
  const { world, client, server } = await twoMachines()
  world.network.resetProbability = 1
  client.socket.write([bytes('x')])
  await world.run(100)
  expect([client.closes, server.closes]).toEqual([['reset'], ['reset']])
  expect(client.socket.write([bytes('y')])).toBe(false)
})

it('all connections between two machines can be broken', async () => {
  const { world, client, server } = await twoMachines()
  world.network.resetConnections('b', 'a')
  await world.run(1)
  expect([client.closes, server.closes]).toEqual([['reset'], ['reset']])
})

it('what was written at once arrives in pieces, cut anywhere', async () => {
  const { world, server, client } = await twoMachines()
  world.network.splitProbability = 1
  client.socket.write([bytes('0123456789'.repeat(20))])
  await world.run(100)
  expect(server.text).toBe('0123456789'.repeat(20))
  expect(server.pieces).toBeGreaterThan(1)
})

it('what was written apart may arrive as one', async () => {
  const { world, a, client, server } = await twoMachines()
  client.socket.write([bytes('one')])
  a.ports.timers.schedule(0, () => client.socket.write([bytes('two')]))
  world.node('b').process.spend(100)
  await world.run(200)
  expect([server.text, server.pieces]).toEqual(['onetwo', 1])
})

it('a chunk that its sender changes before it left arrives changed', async () => {
  const { world, client, server } = await twoMachines()
  const chunk = bytes('before')
  client.socket.write([chunk])
  chunk.write('AFTER!')
  await world.run(10)
  expect(server.text).toBe('AFTER!')
})

it('a socket that is not handled in its turn is a defect', async () => {
  const world = new World({ seed: 1 })
  const { network } = world.node('a').ports
  const listener = await world.complete(network.listen({ host: '127.0.0.1', port: 0 }, () => {}))
  const client = await world.complete(network.connect(listener.local).then(listenTo))
  client.socket.write([bytes('x')])
  await expect(world.run(10)).rejects.toThrow('handled in the turn')
})

it('a machine listens on its own addresses only', async () => {
  const world = new World({ seed: 1 })
  const { network } = world.node('a').ports
  world.node('b')
  await expect(world.complete(network.listen({ host: 'b', port: 1 }, () => {}))).rejects.toMatchObject({ reason: 'address-not-available' })
})
