import { describe, expect, it } from 'vitest'
import { type Deferred, deferred } from '../../src/base/deferred.ts'
import type { Listener, Socket } from '../../src/base/ports.ts'
import { bytes, type OpenSetting, type Setting } from './setting.ts'

/** One end of a connection, which keeps what it hears. */
class End {
  readonly socket: Socket
  readonly received: Buffer[] = []
  readonly closes: (Error | undefined)[] = []
  drains = 0
  readonly #closed: Deferred<void> = deferred()
  #waiting: (() => void)[] = []

  constructor(socket: Socket, onData: (chunk: Buffer, end: End) => void = () => {}) {
    this.socket = socket
    socket.handle({
      onData: (chunk) => {
        this.received.push(Buffer.from(chunk))
        onData(chunk, this)
        this.#wake()
      },
      onDrain: () => {
        this.drains++
        this.#wake()
      },
      onClose: (error) => {
        this.closes.push(error)
        this.#closed.resolve()
        this.#wake()
      },
    })
  }

  get text(): string {
    return Buffer.concat(this.received).toString('latin1')
  }

  get count(): number {
    return this.received.reduce((sum, chunk) => sum + chunk.length, 0)
  }

  get closed(): Promise<void> {
    return this.#closed.promise
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}

interface Pair {
  readonly client: End
  readonly server: End
  readonly listener: Listener
}

async function connectPair(setting: Setting, onServerData?: (chunk: Buffer, end: End) => void): Promise<Pair> {
  const accepted = deferred<End>()
  const listener = await setting.ports.network.listen({ host: setting.host, port: 0 }, (socket) => accepted.resolve(new End(socket, onServerData)))
  const client = new End(await setting.ports.network.connect(listener.local))
  return { client, server: await accepted.promise, listener }
}

const MEGABYTE = 1 << 20

export function networkContract(open: OpenSetting): void {
  describe('Network: connections', () => {
    it('both ends know both addresses, and the port is a real one', async () => {
      await using setting = await open()
      const { client, server, listener } = await connectPair(setting)
      expect(listener.local.port).toBeGreaterThan(0)
      expect(client.socket.remote).toEqual(listener.local)
      expect(server.socket.local).toEqual(listener.local)
      expect(server.socket.remote).toEqual(client.socket.local)
      client.socket.destroy()
      await server.closed
      await listener.close()
    })

    it('bytes arrive in order, in both directions, whatever the chunks were', async () => {
      await using setting = await open()
      const { client, server, listener } = await connectPair(setting, (chunk, end) => end.socket.write([Buffer.from(chunk)]))
      const sent: Buffer[] = []
      for (let index = 0; index < 200; index++) {
        const chunks = [bytes(`<${index}`), bytes(''), bytes('x'.repeat(index)), bytes('>')]
        sent.push(...chunks)
        client.socket.write(chunks)
      }
      const expected = Buffer.concat(sent).toString('latin1')
      await client.until(() => client.count === expected.length)
      expect(client.text).toBe(expected)
      expect(server.text).toBe(expected)
      client.socket.end()
      await listener.close()
    })

    it('an ended connection delivers all that was written, and closes once at both ends without error', async () => {
      await using setting = await open()
      const { client, server, listener } = await connectPair(setting)
      const content = Buffer.alloc(3 * MEGABYTE, 'abcdefg')
      client.socket.write([content.subarray(0, MEGABYTE), content.subarray(MEGABYTE)])
      client.socket.end()
      client.socket.end()
      await Promise.all([client.closed, server.closed])
      expect(server.count).toBe(content.length)
      expect(Buffer.concat(server.received).equals(content)).toBe(true)
      expect([client.closes, server.closes]).toEqual([[undefined], [undefined]])
      await listener.close()
    })

    it('a destroyed connection closes once at both ends', async () => {
      await using setting = await open()
      const { client, server, listener } = await connectPair(setting)
      client.socket.destroy()
      client.socket.destroy()
      await Promise.all([client.closed, server.closed])
      expect([client.closes.length, server.closes.length]).toEqual([1, 1])
      expect(client.closes).toEqual([undefined])
      await listener.close()
    })

    it('writing to a connection that is over says no and does nothing else', async () => {
      await using setting = await open()
      const { client, server, listener } = await connectPair(setting)
      client.socket.end()
      expect(client.socket.write([bytes('late')])).toBe(false)
      await Promise.all([client.closed, server.closed])
      expect(server.text).toBe('')
      expect(server.socket.write([bytes('late'), bytes('r')])).toBe(false)
      expect(server.socket.bufferedBytes).toBe(0)
      server.socket.pause()
      server.socket.resume()
      server.socket.end()
      server.socket.destroy()
      await listener.close()
    })

    it('a receiver that pauses fills the sender, which hears when to go on', async () => {
      await using setting = await open()
      const { client, server, listener } = await connectPair(setting)
      server.socket.pause()
      const chunk = Buffer.alloc(MEGABYTE, 'z')
      let written = 0
      while (written < 64 && client.socket.write([chunk])) written++
      expect(written).toBeLessThan(64)
      expect(client.socket.bufferedBytes).toBeGreaterThan(0)
      expect(client.drains).toBe(0)
      server.socket.resume()
      await client.until(() => client.drains > 0)
      await server.until(() => server.count === (written + 1) * MEGABYTE)
      expect(client.socket.bufferedBytes).toBe(0)
      client.socket.end()
      await listener.close()
    })

    it('a paused receiver hears nothing until it resumes, even when it pauses amid the data', async () => {
      await using setting = await open()
      let isPaused = false
      const { client, server, listener } = await connectPair(setting, (_chunk, end) => {
        expect(isPaused).toBe(false)
        end.socket.pause()
        isPaused = true
        setting.ports.timers.schedule(1, () => {
          isPaused = false
          end.socket.resume()
        })
      })
      const content = Buffer.alloc(MEGABYTE, '0123456789')
      client.socket.write([content])
      await server.until(() => server.count === content.length)
      expect(Buffer.concat(server.received).equals(content)).toBe(true)
      client.socket.end()
      await listener.close()
    })

    it('a chunk is valid until its receiver returns, and its memory is used for others then', async () => {
      await using setting = await open()
      const kept: Buffer[] = []
      const { client, server, listener } = await connectPair(setting, (chunk) => kept.push(chunk))
      client.socket.write([bytes('first')])
      await server.until(() => server.count === 5)
      client.socket.write([bytes('SECOND')])
      await server.until(() => server.count === 11)
      expect(server.text).toBe('firstSECOND')
      expect(kept[0]?.toString('latin1')).not.toBe('first')
      client.socket.destroy()
      await listener.close()
    })

    it('what many connections send at the same time does not mix', async () => {
      await using setting = await open()
      const ends: End[] = []
      const listener = await setting.ports.network.listen({ host: setting.host, port: 0, backlog: 100 }, (socket) => ends.push(new End(socket)))
      const letters = ['a', 'b', 'c', 'd', 'e', 'f']
      const clients = await Promise.all(letters.map(async () => new End(await setting.ports.network.connect(listener.local))))
      for (const [index, client] of clients.entries()) {
        client.socket.write([Buffer.alloc(MEGABYTE, letters[index])])
        client.socket.end()
      }
      await Promise.all(clients.map((client) => client.closed))
      await Promise.all(ends.map((end) => end.closed))
      expect(ends.map((end) => end.text).sort()).toEqual(letters.map((letter) => letter.repeat(MEGABYTE)))
      await listener.close()
    })

    it('a connection destroyed over bytes that it never read closes once at the other end', async () => {
      await using setting = await open()
      const { client, server, listener } = await connectPair(setting)
      server.socket.pause()
      client.socket.write([bytes('unread')])
      await new Promise<void>((resolve) => setting.ports.timers.schedule(20, resolve))
      server.socket.destroy()
      await client.closed
      expect(client.closes).toHaveLength(1)
      await listener.close()
    })

    it('an end that the other side ended is over too, and nothing comes after', async () => {
      await using setting = await open()
      const { client, server, listener } = await connectPair(setting)
      server.socket.write([bytes('bye')])
      server.socket.end()
      await client.closed
      expect(client.text).toBe('bye')
      expect(client.closes).toEqual([undefined])
      await server.closed
      await listener.close()
    })
  })

  describe('Network: listening and connecting', () => {
    it('many connections are kept apart', async () => {
      await using setting = await open()
      const listener = await setting.ports.network.listen({ host: setting.host, port: 0, backlog: 100 }, (socket) => {
        new End(socket, (chunk, end) => end.socket.write([Buffer.from(chunk)]))
      })
      const clients = await Promise.all(Array.from({ length: 50 }, async () => new End(await setting.ports.network.connect(listener.local))))
      for (const [index, client] of clients.entries()) client.socket.write([bytes(`number ${index}`)])
      await Promise.all(clients.map((client, index) => client.until(() => client.count === `number ${index}`.length)))
      expect(clients.map((client) => client.text)).toEqual(clients.map((_, index) => `number ${index}`))
      for (const client of clients) client.socket.end()
      await listener.close()
    })

    it('where nothing listens, connecting is refused, and the error says where and what to do', async () => {
      await using setting = await open()
      const listener = await setting.ports.network.listen({ host: setting.host, port: 0 }, () => {})
      const endpoint = listener.local
      await listener.close()
      await listener.close()
      await expect(setting.ports.network.connect(endpoint)).rejects.toMatchObject({
        name: 'NetworkError',
        reason: 'refused',
        endpoint,
        message: expect.stringContaining(`Connecting to ${endpoint.host}:${endpoint.port} failed: nothing listens there. Check`),
      })
    })

    it('a name without an address is not found', async () => {
      await using setting = await open()
      await expect(setting.ports.network.connect({ host: 'no-such-host.invalid', port: 9092 })).rejects.toMatchObject({ reason: 'not-found' })
    })

    it('a taken address is refused, and free again when its listener closed', async () => {
      await using setting = await open()
      const { network } = setting.ports
      const first = await network.listen({ host: setting.host, port: 0 }, () => {})
      await expect(network.listen(first.local, () => {})).rejects.toMatchObject({
        reason: 'address-in-use',
        message: expect.stringContaining('Listening on'),
      })
      await first.close()
      await using second = await network.listen(first.local, () => {})
      expect(second.local).toEqual(first.local)
    })

    it('closing a listener leaves its connections', async () => {
      await using setting = await open()
      const { client, server, listener } = await connectPair(setting, (chunk, end) => end.socket.write([Buffer.from(chunk)]))
      await listener.close()
      client.socket.write([bytes('still there')])
      await client.until(() => client.count === 11)
      client.socket.end()
      await server.closed
    })

    it('an aborted attempt to connect rejects with the reason, before or during it', async () => {
      await using setting = await open()
      await using listener = await setting.ports.network.listen({ host: setting.host, port: 0 }, (socket) => socket.destroy())
      const controller = new AbortController()
      const attempt = setting.ports.network.connect(listener.local, controller.signal)
      controller.abort(new Error('stopping'))
      await expect(attempt).rejects.toThrow('stopping')
      await expect(setting.ports.network.connect(listener.local, controller.signal)).rejects.toThrow('stopping')
    })
  })
}
