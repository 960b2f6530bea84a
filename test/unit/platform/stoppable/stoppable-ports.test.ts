import { afterAll, describe, expect, test } from 'vitest'
import type { Network, Socket } from '../../../../src/base/ports.ts'
import { MemoryDisk } from '../../../../src/platform/disk/memory-disk.ts'
import { nodePorts } from '../../../../src/platform/node-ports.ts'
import { KeptPorts } from '../../../../src/platform/stoppable/kept-ports.ts'
import { Links } from '../../../../src/platform/stoppable/links.ts'
import { type StoppablePorts, stoppablePorts } from '../../../../src/platform/stoppable/stoppable-ports.ts'
import { silentLogger } from '../../../../src/telemetry/logger.ts'

const HOST = '127.0.0.1'
const real = { ...nodePorts(), disk: new MemoryDisk(nodePorts().clock) }
const links = new Links()
const kept = new KeptPorts(real.network)

afterAll(() => kept[Symbol.asyncDispose]())

/** More turns than anything takes that is not held back. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await real.timers.sleep(1)
}

function nodePortsOf(nodeId: number): StoppablePorts {
  return stoppablePorts(nodeId, real, kept, links, silentLogger)
}

/** One side of a connection, and what came to it. */
class Side {
  readonly socket: Socket
  received = ''
  isClosed = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.handle({
      onData: (chunk) => {
        this.received += chunk.toString()
      },
      onDrain() {},
      onClose: () => {
        this.isClosed = true
      },
    })
  }

  write(text: string): void {
    this.socket.write([Buffer.from(text)])
  }
}

async function listening(network: Network, nodeId: number): Promise<{ readonly port: number; readonly accepted: Side[] }> {
  const port = await kept.take(HOST)
  links.own(port, nodeId)
  const accepted: Side[] = []
  await network.listen({ host: HOST, port }, (socket) => void accepted.push(new Side(socket)))
  return { port, accepted }
}

async function connected() {
  const [one, two] = [nodePortsOf(1), nodePortsOf(2)]
  const { port, accepted } = await listening(two.ports.network, 2)
  const client = new Side(await one.ports.network.connect({ host: HOST, port }))
  client.write('hello')
  await turns()
  return { one, two, port, client, server: accepted[0] as Side }
}

describe('a node that stands still', () => {
  test('finds what came due meanwhile when it goes on, in order', async () => {
    const { ports, pause, resume } = nodePortsOf(1)
    const ran: string[] = []
    pause()
    ports.timers.schedule(2, () => ran.push('second'))
    ports.timers.schedule(1, () => ran.push('first'))
    ports.timers.schedule(1, () => ran.push('never')).cancel()
    const cancelledLate = ports.timers.schedule(1, () => ran.push('never'))
    void ports.disk.makeDirectory('/still').then(() => ran.push('disk'))
    await turns()
    cancelledLate.cancel()
    expect(ran).toEqual([])
    resume()
    await turns()
    expect(ran.filter((name) => name !== 'disk')).toEqual(['first', 'second'])
    expect(ran).toContain('disk')
  })

  test('reads nothing and accepts nobody, and does both when it goes on', async () => {
    const { two, port, client, server } = await connected()
    two.pause()
    client.write(' again')
    const late = new Side(await real.network.connect({ host: HOST, port }))
    late.write('late')
    await turns()
    expect(server.received).toBe('hello')
    expect([client.isClosed, late.isClosed]).toEqual([false, false])
    two.resume()
    await turns()
    expect(server.received).toBe('hello again')
    await two.kill()
  })
})

describe('a node that is killed', () => {
  test('has no turn any more, and its connections, files and locks are given back', async () => {
    const { two, client, server } = await connected()
    const { disk, timers } = two.ports
    let ran = false
    await disk.makeDirectory('/killed')
    await disk.lockDirectory('/killed')
    const file = await disk.open('/killed/a', 'create')
    file.writeAt([Buffer.from('kept')], 0)
    timers.schedule(1, () => {
      ran = true
    })
    void disk.readFile('/killed/a').then(() => {
      ran = true
    })
    await two.kill()
    await turns()
    expect([ran, client.isClosed, server.isClosed]).toEqual([false, true, false])
    expect(() => file.sizeBytes()).toThrow()
    expect(String(await real.disk.readFile('/killed/a'))).toBe('kept')
    await (await real.disk.lockDirectory('/killed')).release()
  })

  test('cuts off who connects, until it listens again at the same port', async () => {
    const { two, port } = await connected()
    await two.kill()
    const early = new Side(await real.network.connect({ host: HOST, port }))
    await turns()
    expect(early.isClosed).toBe(true)
    const again = nodePortsOf(2)
    const sides: Side[] = []
    await again.ports.network.listen({ host: HOST, port }, (socket) => void sides.push(new Side(socket)))
    await expect(again.ports.network.listen({ host: HOST, port }, () => {})).rejects.toMatchObject({ reason: 'address-in-use' })
    new Side(await real.network.connect({ host: HOST, port })).write('there')
    await turns()
    expect(sides.map(({ received }) => received)).toEqual(['there'])
  })

  test('refuses other nodes, as a port does on which nobody listens, until it listens again', async () => {
    const { one, two, port } = await connected()
    await two.kill()
    await expect(one.ports.network.connect({ host: HOST, port })).rejects.toMatchObject({ reason: 'refused' })
    const again = nodePortsOf(2)
    await again.ports.network.listen({ host: HOST, port }, (socket) => void new Side(socket))
    const late = new Side(await one.ports.network.connect({ host: HOST, port }))
    await turns()
    expect(late.isClosed).toBe(false)
    await again.kill()
  })
})

describe('nodes between which the wire is cut', () => {
  test('hear nothing of each other, and all of it when it is whole again', async () => {
    const { client, server } = await connected()
    links.partition([[1], [2]])
    client.write(' over')
    server.write('back')
    await turns()
    expect([client.received, server.received]).toEqual(['', 'hello'])
    links.heal()
    await turns()
    expect([client.received, server.received]).toEqual(['back', 'hello over'])
  })

  test('do not hear that the other is gone, until it is whole again', async () => {
    const { two, client } = await connected()
    links.partition([[1], [2]])
    await two.kill()
    await turns()
    expect(client.isClosed).toBe(false)
    links.heal()
    await turns()
    expect(client.isClosed).toBe(true)
  })

  test('give up a connection at once, of which the other side hears later', async () => {
    const { client, server } = await connected()
    links.partition([[1], [2]])
    client.socket.destroy()
    await turns()
    expect([client.isClosed, server.isClosed]).toEqual([true, false])
    links.heal()
    await turns()
    expect(server.isClosed).toBe(true)
  })

  test('wait when they connect, as long as they want to', async () => {
    const { one, port } = await connected()
    const to = { host: HOST, port }
    links.partition([[1]])
    const abort = new AbortController()
    const given = one.ports.network.connect(to, abort.signal)
    const waiting = one.ports.network.connect(to)
    abort.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    let isConnected = false
    void waiting.then(() => {
      isConnected = true
    })
    await turns()
    expect(isConnected).toBe(false)
    links.heal()
    new Side(await waiting).socket.destroy()
  })

  test('do not keep others from them', async () => {
    const { port, server } = await connected()
    links.partition([[1], [2]])
    const stranger = new Side(await real.network.connect({ host: HOST, port }))
    stranger.write('hello')
    await turns()
    expect([stranger.isClosed, server.isClosed]).toEqual([false, false])
    stranger.socket.destroy()
    links.heal()
  })
})
