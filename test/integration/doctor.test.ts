import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { type Node, startNode } from '../../src/index.ts'

let stack: AsyncDisposableStack
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

async function node(config: Record<string, string> = {}): Promise<Node> {
  return stack.use(await startNode({ config, logLevel: 'error' }))
}

async function doctor(...args: readonly string[]): Promise<{ readonly exit: number; readonly out: string }> {
  const texts: string[] = []
  const keep = (text: string) => void texts.push(text)
  const exit = await runCli(['doctor', ...args], { out: keep, err: keep })
  return { exit, out: texts.join('') }
}

/** A program that is no broker. */
async function stranger(onConnection: Parameters<typeof createServer>[1]): Promise<number> {
  const server: Server = createServer(onConnection).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stack.defer(() => void server.close())
  return (server.address() as AddressInfo).port
}

describe('odradek doctor', () => {
  test('says what a broker tells, and that it is reached', async () => {
    const { port, clusterId } = await node()
    const { exit, out } = await doctor(`127.0.0.1:${port}`)
    expect(out.split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^127\\.0\\.0\\.1:${port} answers \\(at 127\\.0\\.0\\.1\\): a Kafka broker with \\d+ APIs, metadata\\.version 30, cluster ${clusterId}\\.$`),
      ),
      'A client here is told of:',
      expect.stringMatching(new RegExp(`^  broker 1 at localhost:${port}: reached \\(at (127\\.0\\.0\\.1|::1)\\)\\.$`)),
      'Clients here reach every broker.',
      '',
    ])
    expect(exit).toBe(0)
  })

  test('recognises a port that speaks HTTP', async () => {
    const port = await stranger((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const { exit, out } = await doctor(`127.0.0.1:${port}`)
    expect(out).toContain("this is no response of Kafka's protocol: it is an answer of HTTP, as of a web server or of metrics.port")
    expect(exit).toBe(1)
  })

  test('names an address that cannot be resolved', async () => {
    const { port } = await node({ 'advertised.listeners': 'PLAINTEXT://nowhere.invalid:9092' })
    const { exit, out } = await doctor(`127.0.0.1:${port}`)
    expect(out).toContain('broker 1 at nowhere.invalid:9092: not reached.')
    expect(out).toContain('Set advertised.listeners of broker 1 to a name that can be resolved here, such as 127.0.0.1')
    expect(exit).toBe(1)
  })

  test('names an address where nothing listens', async () => {
    const { port } = await node({ 'advertised.listeners': 'PLAINTEXT://127.0.0.1:1' })
    const { exit, out } = await doctor(`127.0.0.1:${port}`)
    expect(out).toContain('broker 1 at 127.0.0.1:1: not reached.')
    expect(out).toContain(`Set advertised.listeners of broker 1 to port ${port}, or publish its port 1 under the same number.`)
    expect(exit).toBe(1)
  })

  test('notices that an address leads to another cluster', async () => {
    const other = await node()
    const { port } = await node({ 'advertised.listeners': `PLAINTEXT://127.0.0.1:${other.port}` })
    const { exit, out } = await doctor(`127.0.0.1:${port}`)
    expect(out).toContain(`broker 1 at 127.0.0.1:${other.port}: another Kafka answers there, of cluster ${other.clusterId}.`)
    expect(exit).toBe(1)
  })

  test('says that nothing listens, with what to do', async () => {
    const { exit, out } = await doctor('127.0.0.1:1')
    expect(out).toMatch(/^127\.0\.0\.1:1 does not answer as a Kafka broker\.\n.*nothing listens there.*\n {2}Start the broker, /)
    expect(exit).toBe(1)
  })

  test('says that something listens which is no broker', async () => {
    const port = await stranger((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const { exit, out } = await doctor(`127.0.0.1:${port}`)
    expect(out).toContain('What listens there may want TLS or SASL, which this command does not speak, or may be no Kafka broker.')
    expect(exit).toBe(1)
  })

  test('waits no longer than it is told to', async () => {
    const port = await stranger((socket) => void stack.defer(() => void socket.destroy()))
    const { exit, out } = await doctor(`127.0.0.1:${port}`, '--timeout-ms', '100')
    expect(out).toContain('took longer than 100 ms')
    expect(exit).toBe(1)
  })

  test.each([
    [[], 'needs a HOST:PORT'],
    [['a:1', 'b:2'], 'takes one HOST:PORT'],
    [['a:b:c'], 'is no HOST:PORT'],
    [['localhost:70000'], 'is no HOST:PORT'],
    [['localhost', '--timeout-ms', 'soon'], 'is a number of milliseconds'],
  ])('refuses %j', async (args, why) => {
    const { exit, out } = await doctor(...args)
    expect(out).toContain(why)
    expect(exit).toBe(2)
  })
})
