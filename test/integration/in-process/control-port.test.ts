import { request } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Node, startNode } from '../../../src/index.ts'
import { connectedProducer, messages, reader } from './client.ts'

let node: Node

beforeAll(async () => {
  node = await startNode({ clock: 'manual', logLevel: 'error', config: { 'odradek.control.port': 0 } })
})
beforeEach(() => node.reset())
afterAll(() => node?.stop())

interface Answer {
  readonly status: number
  readonly body: unknown
}

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await fetch(`${node.controlUrl}${path}`, { method, headers, ...(text === undefined ? {} : { body: text }) })
  expect(answer.headers.get('content-type')).toBe('application/json')
  return { status: answer.status, body: await answer.json() }
}

/** As a page would ask whose name was made to lead here. */
function askAs(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${node.controlUrl}/`, { headers: { host } }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end()
  })
}

describe('the control port', () => {
  test('tells what there is', async () => {
    const { nodeId, clusterId, port } = node
    expect(await ask('GET', '/')).toEqual({
      status: 200,
      body: {
        ...{ nodeId, clusterId, bootstrapServers: `localhost:${port}`, clock: 'manual', faults: 0 },
        paths: ['GET /', 'GET /faults', 'POST /faults', 'DELETE /faults', 'POST /reset', 'POST /wait/group', 'POST /wait/records', 'POST /clock/advance'],
      },
    })
  })

  test('has as many waits under way as there may be, answers beside them, and refuses one more', async () => {
    // The question whether it is full has a place while it is asked, and may take that of the last one.
    const untilPlaced = async (): Promise<Answer> => {
      const answer = await ask('POST', '/wait/records', { topic: 'orders', count: 1, timeoutMs: 120_000 })
      return answer.status === 429 ? untilPlaced() : answer
    }
    const waits = Array.from({ length: 1_000 }, untilPlaced)
    const tooMany = { status: 429, body: { error: '1000 waits are under way already.', code: 'TOO_MANY_WAITS' } }
    const untilFull = async (): Promise<Answer> => {
      const answer = await ask('POST', '/wait/records', { topic: 'others', count: 1, timeoutMs: 0 })
      return answer.status === 429 ? answer : untilFull()
    }
    expect(await untilFull()).toEqual(tooMany)
    expect(await ask('GET', '/')).toMatchObject({ status: 200 })
    const producer = await connectedProducer(node)
    await producer.send({ topic: 'orders', messages: messages('a') })
    const answers = await Promise.all(waits)
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    await producer.disconnect()
  }, 60_000)

  test('makes faults, tells their hits, and ends them', async () => {
    const producer = await connectedProducer(node)
    const made = await ask('POST', '/faults', { api: 'Produce', topic: 'orders', error: 'NOT_LEADER_OR_FOLLOWER', times: 1 })
    const { id } = made.body as { id: number }
    expect(made).toEqual({ status: 201, body: { id, hits: 0, isOver: false } })
    await producer.send({ topic: 'orders', messages: messages('a') })
    expect(await ask('GET', `/faults/${id}`)).toEqual({ status: 200, body: { id, hits: 1, isOver: true } })
    const other = (await ask('POST', '/faults', { delayMs: 0 })).body as { id: number }
    expect(await ask('GET', '/faults')).toMatchObject({ body: { faults: [{ id: other.id, isOver: false }] } })
    expect(await ask('DELETE', `/faults/${other.id}`)).toMatchObject({ status: 200, body: { id: other.id, isOver: true } })
    await ask('POST', '/faults', { delayMs: 0 })
    expect(await ask('DELETE', '/faults')).toEqual({ status: 200, body: { ended: 1 } })
    expect(await ask('GET', '/faults/12345')).toEqual({ status: 404, body: { error: 'There is no fault 12345 that was made here.' } })
    await producer.disconnect()
  })

  test('waits for records and groups, resets, and lets time pass', async () => {
    const producer = await connectedProducer(node)
    const waiting = ask('POST', '/wait/records', { topic: 'orders', count: 2 })
    await producer.send({ topic: 'orders', messages: messages('a', 'b') })
    expect(await waiting).toEqual({ status: 200, body: { count: 2 } })
    const { consumer } = await reader(node, 'billing', 'orders')
    expect(await ask('POST', '/wait/group', { group: 'billing', stable: true, lag: 0 })).toEqual({ status: 200, body: { state: 'Stable', members: 1, lag: 0 } })
    expect(await ask('POST', '/clock/advance', { ms: 1 })).toEqual({ status: 200, body: {} })
    await Promise.all([producer.disconnect(), consumer.disconnect()])
    expect(await ask('POST', '/reset')).toEqual({ status: 200, body: {} })
    expect(await ask('POST', '/wait/records', { topic: 'orders', count: 1, timeoutMs: 1 })).toEqual({
      status: 504,
      body: { error: 'Waited for 1 records in orders, and it did not come true within 1 ms: there is no orders.', code: 'WAIT_TIMED_OUT' },
    })
  })

  test.each<[string, string, unknown, number, string]>([
    ['POST', '/faults', '{"api": "Produce", ', 400, 'The body is not JSON: '],
    ['POST', '/faults', '\u0000', 400, 'The body is not JSON: '],
    ['POST', '/faults', '[]', 400, 'A fault is an object.'],
    ['POST', '/faults', 'null', 400, 'A fault is an object.'],
    ['POST', '/faults', { api: 'Produce', error: 'NO_SUCH_ERROR' }, 400, 'Kafka has no error NO_SUCH_ERROR.'],
    ['POST', '/faults', { api: 'Produce', delayMs: 1, tims: 1 }, 400, 'A fault has no tims; it has api,'],
    ['POST', '/faults', { api: 'Produce', delayMs: '1' }, 400, 'delayMs is a whole number'],
    ['POST', '/reset', { topics: ['orders'] }, 400, 'Nothing is asked for here'],
    ['POST', '/reset', '[]', 400, 'Nothing is asked for here'],
    ['POST', '/wait/group', { stable: true }, 400, 'The group is a name, not undefined.'],
    ['POST', '/wait/group', { group: 'g' }, 400, 'Nothing is awaited of the group'],
    ['POST', '/wait/group', { group: 'g', stable: true, signal: {} }, 400, 'There is no field signal here, but group,'],
    ['POST', '/wait/records', { topic: 'orders' }, 400, 'count is missing'],
    ['POST', '/wait/records', '7', 400, 'The body is a JSON object.'],
    ['POST', '/clock/advance', { ms: -1 }, 400, 'A clock is moved by milliseconds from 0 on'],
    ['POST', '/clock/advance', {}, 400, 'A clock is moved by milliseconds from 0 on'],
    ['GET', '/reset', undefined, 405, '/reset takes POST, not GET.'],
    ['PUT', '/faults', undefined, 405, '/faults takes GET, POST, DELETE, not PUT.'],
    ['GET', '/nothing', undefined, 404, 'There is no /nothing here'],
    ['GET', '/faults/1/2', undefined, 404, 'There is no /faults/1/2 here'],
    ['GET', '/constructor', undefined, 404, 'There is no /constructor here'],
  ])('refuses %s %s %j with %i, and changes nothing', async (method, path, body, status, error) => {
    expect(await ask(method, path, body)).toMatchObject({ status, body: { error: expect.stringContaining(error) } })
    expect(await ask('GET', '/faults')).toEqual({ status: 200, body: { faults: [] } })
  })

  test('takes JSON alone, which pages of others cannot send without asking', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp']) {
      expect(await ask('POST', '/faults', { delayMs: 1 }, { 'content-type': type })).toMatchObject({ status: 415 })
    }
    expect(await ask('POST', '/faults', { delayMs: 0 }, { 'content-type': 'application/json; charset=utf-8' })).toMatchObject({ status: 201 })
    expect(await ask('OPTIONS', '/faults')).toMatchObject({ status: 405 })
  })

  test('answers to the names of the loopback alone, whoever else leads here', async () => {
    const port = new URL(node.controlUrl ?? '').port
    expect(await Promise.all(['localhost', `127.0.0.1:${port}`, `[::1]:${port}`, 'LOCALHOST'].map(askAs))).toEqual([200, 200, 200, 200])
    expect(await Promise.all(['evil.example', `evil.example:${port}`, 'localhost.evil.example', '10.0.0.1'].map(askAs))).toEqual([403, 403, 403, 403])
  })

  test('does not read a body without end', async () => {
    const answer = await fetch(`${node.controlUrl}/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: ' '.repeat(100_000) })
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 413, body: { error: 'the body is longer than 65536 bytes' } })
  })
})

test('a node without it has no control port, and one with a clock that goes by itself does not move it', async () => {
  await using plain = await startNode()
  expect(plain.controlUrl).toBeNull()
  await using real = await startNode({ logLevel: 'error', config: { 'odradek.control.port': 0 } })
  const answer = await fetch(`${real.controlUrl}/clock/advance`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"ms":1}' })
  expect({ status: answer.status, body: await answer.json() }).toMatchObject({ status: 409, body: { code: 'CLOCK_NOT_MANUAL' } })
})

test('a control port that is taken is refused by the name of the setting', async () => {
  const { port } = new URL(node.controlUrl ?? '')
  const why = `odradek.control.port: Listening on 127.0.0.1:${port} failed: another program listens there`
  await expect(startNode({ config: { 'odradek.control.port': port } })).rejects.toThrow(why)
})
