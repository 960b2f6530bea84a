import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HeartbeatApi } from '../../protocol/messages/heartbeat.ts'
import { nodePorts } from '../../src/platform/node-ports.ts'
import { ApiTable } from '../../src/server/api-table.ts'
import { Server } from '../../src/server/server.ts'
import { DEFAULT_SERVER_SETTINGS } from '../../src/server/settings.ts'
import { heartbeat, type Line, recordingLogger } from '../unit/server/harness.ts'

const LISTENER = 'PLAINTEXT'
const SILENT_CONNECTIONS = 1_000
const IDLE_MS = 2_000

const lines: Line[] = []
let server: Server<object>

beforeAll(async () => {
  const { network, clock, timers } = nodePorts()
  server = new Server<object>({
    nodeId: 1,
    listeners: [{ name: LISTENER, kind: 'broker', securityProtocol: 'PLAINTEXT', at: { host: 'localhost', port: 0 } }],
    apis: new ApiTable<object>([{ api: HeartbeatApi, listeners: ['broker'], handle: () => ({ errorCode: 0 }) }]),
    settings: { ...DEFAULT_SERVER_SETTINGS, maxIdleMs: IDLE_MS, backlog: 511 },
    network,
    clock,
    timers,
    logger: recordingLogger(lines),
    onBroken(error) {
      throw error
    },
  })
  await server.claimPorts()
  await server.open({})
})

afterAll(() => server[Symbol.asyncDispose]())

async function open(): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: server.endpoint(LISTENER)?.port ?? 0 })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

async function closed(socket: Socket): Promise<void> {
  socket.resume()
  if (!socket.closed) await once(socket, 'close')
}

describe('connections that do not speak the protocol', () => {
  test.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['a TLS hello', Buffer.from('160301020001000001fc0303', 'hex')],
    ['random bytes', Buffer.from('f3a9c1d277e0be1145', 'hex')],
    ['an oversized length', Buffer.from('7fffffff', 'hex')],
    ['a negative length', Buffer.from('80000000', 'hex')],
  ])('%s: closed, with a line that says who', async (_name, bytes) => {
    const socket = await open()
    const remote = `127.0.0.1:${socket.localPort}`
    socket.write(bytes)
    await closed(socket)
    expect(lines.at(-1)).toMatchObject({ level: 'warn', message: 'closed a connection', fields: { remote } })
  })

  test('a thousand silent ones are served beside others, closed when they are idle too long, and leave nothing behind', async () => {
    const silent = await Promise.all(Array.from({ length: SILENT_CONNECTIONS }, open))
    const half = heartbeat(1).subarray(0, 9)
    for (const socket of silent.slice(0, 500)) socket.write(half)
    const speaking = await open()
    speaking.write(heartbeat(7))
    const [reply] = (await once(speaking, 'data')) as [Buffer]
    expect(reply.readInt32BE(4)).toBe(7)
    // Connections are accepted in the order in which they came, so all of them are there.
    expect(server.connectionCount).toBe(SILENT_CONNECTIONS + 1)
    await Promise.all([...silent, speaking].map(closed))
    // The server's ends of these sockets, in this same process, close a little later than the clients'.
    while (server.connectionCount > 0) await setImmediate()
    expect(server.requestBytes).toBe(0)
    expect(lines.length).toBeLessThan(20)
  })
})
