import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Endpoint, ListenOptions, Network } from '../../src/base/ports.ts'
import { nodePorts } from '../../src/platform/node-ports.ts'
import { ApiTable } from '../../src/server/api-table.ts'
import { Server } from '../../src/server/server.ts'
import { DEFAULT_SERVER_SETTINGS } from '../../src/server/settings.ts'
import { recordingLogger } from '../unit/server/harness.ts'

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

/** A server with one listener, and what it listened on. */
function serverAt(at: Endpoint) {
  const { network, clock, timers } = nodePorts()
  const opened: ListenOptions[] = []
  const watched: Network = {
    listen(options, onConnection) {
      opened.push(options)
      return network.listen(options, onConnection)
    },
    connect: (to, signal) => network.connect(to, signal),
  }
  const server = stack.use(
    new Server<object>({
      nodeId: 1,
      listeners: [{ name: 'PLAINTEXT', kind: 'broker', securityProtocol: 'PLAINTEXT', at }],
      apis: new ApiTable<object>([]),
      settings: DEFAULT_SERVER_SETTINGS,
      network: watched,
      clock,
      timers,
      logger: recordingLogger([]),
      onBroken(error) {
        throw error
      },
    }),
  )
  return { server, opened }
}

/** A port on which something listens at `host` until the test ends, or has stopped listening. */
async function portAt(host: string, isTaken: boolean): Promise<number> {
  const other = createServer().listen(0, host)
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const close = async () => {
    other.close()
    await once(other, 'close')
  }
  if (isTaken) stack.defer(close)
  else await close()
  return port
}

describe('a fixed port', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['localhost', '127.0.0.1'],
    ['', '127.0.0.1'],
    ['0.0.0.0', '127.0.0.1'],
    ['127.0.0.1', '0.0.0.0'],
  ])('of host "%s" that another program has at %s is refused before it is needed', async (host, taken) => {
    const port = await portAt(taken, true)
    const { server, opened } = serverAt({ host, port })
    await expect(server.claimPorts()).rejects.toMatchObject({ reason: 'address-in-use', message: expect.stringContaining(`127.0.0.1:${port}`) })
    expect(opened).toEqual([])
  })

  test('is not opened, not for a moment, before requests are served', async () => {
    const { server, opened } = serverAt({ host: '127.0.0.1', port: await portAt('127.0.0.1', false) })
    await server.claimPorts()
    expect(opened).toEqual([])
    await server.open({})
    expect(opened).toHaveLength(1)
  })
})
