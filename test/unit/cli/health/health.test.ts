import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { expect, test } from 'vitest'
import { runCli } from '../../../../src/cli/run-cli.ts'

interface Said {
  readonly code: number
  readonly out: string
  readonly err: string
}

async function health(...args: readonly string[]): Promise<Said> {
  let [out, err] = ['', '']
  const code = await runCli(['health', ...args], {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}

/** What is said of whoever answers so. */
async function healthOf(answer: RequestListener, ...args: readonly string[]): Promise<Said> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await health('--port', String((server.address() as AddressInfo).port), ...args)
  } finally {
    server.close()
  }
}

const says =
  (state: string): RequestListener =>
  ({ url }, response) => {
    response.writeHead(url === '/readyz' && state === 'ready' ? 200 : 503).end(`${state}\n`)
  }

test.each([
  ['ready', 0, 0, /^The node at 127\.0\.0\.1:\d+ is ready: it serves requests in full\.\n$/],
  ['starting', 1, 0, /is starting: it serves no requests yet\./],
  ['stopping', 1, 0, /is stopping: it serves no new requests\./],
  ['failed', 1, 1, /has failed: its log says why\./],
])('a node that says %s: exit code %i, and %i for --live', async (state, code, liveCode, text) => {
  expect(await healthOf(says(state))).toEqual({ code, out: expect.stringMatching(text), err: '' })
  expect((await healthOf(says(state), '--live')).code).toBe(liveCode)
})

test('as JSON it is the same, in fields', async () => {
  const { code, out } = await healthOf(says('starting'), '--json')
  expect(code).toBe(1)
  expect(JSON.parse(out)).toEqual({ host: '127.0.0.1', port: expect.any(Number), state: 'starting', ready: false, live: true })
})

test('somebody else who answers is no node, however much and however friendly', async () => {
  const chatter: RequestListener = (_, response) => {
    response.writeHead(200).end('ready\n'.repeat(100_000))
  }
  const { code, out } = await healthOf(chatter)
  expect(code).toBe(1)
  expect(out).toMatch(/is no Odradek \(HTTP status 200\): give the node's metrics\.port with --port\.\n$/)
  expect(JSON.parse((await healthOf(chatter, '--json')).out)).toMatchObject({ state: 'unknown', ready: false, live: false })
})

test('where nobody listens it says so', async () => {
  const server = createSocketServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const { code, out } = await health('--port', String(port))
  expect(code).toBe(1)
  expect(out).toMatch(/^Nothing answers at 127\.0\.0\.1:\d+: the connection is refused\. The node is down, or its metrics\.port is another/)
})

test('a node that stands still is given up after the time', async () => {
  const silent: RequestListener = () => {}
  const { code, out } = await healthOf(silent, '--timeout-ms', '50', '--json')
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({ state: 'unreachable', live: false, reason: 'no answer within 50 ms' })
})

test.each([['0'], ['65536'], ['x'], ['1.5']])('--port %s is refused', async (port) => {
  expect(await health('--port', port)).toEqual({ code: 2, out: '', err: expect.stringContaining('`--port` is a whole number from 1') })
})
