import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { deferred } from '../../../../src/base/deferred.ts'
import { NetworkError } from '../../../../src/base/errors.ts'
import type { HttpRequest, HttpResponse, HttpServer, HttpServerOptions } from '../../../../src/base/http.ts'
import { startHttpServer } from '../../../../src/platform/http/http-server.ts'

const servers: HttpServer[] = []
const errors: unknown[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]()
  errors.length = 0
})

type Handle = (request: HttpRequest) => HttpResponse | Promise<HttpResponse>

async function serve(handle: Handle, options: Partial<HttpServerOptions> = {}): Promise<HttpServer> {
  const server = await startHttpServer({ host: '127.0.0.1', port: 0, handle, onError: (error) => errors.push(error), ...options })
  servers.push(server)
  return server
}

const ok: Handle = () => ({ status: 200, body: 'fine\n' })
const urlOf = (server: HttpServer, target: string) => `http://127.0.0.1:${server.local.port}${target}`

/** A connection that says `text` as it is. */
async function raw(server: HttpServer, text: string): Promise<Socket> {
  const socket = connect(server.local.port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

/** All that comes until the other side closes. */
async function answerOn(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  await once(socket, 'close')
  return text
}

test('a request reaches the handler decoded, and its answer goes back', async () => {
  let seen: HttpRequest | undefined
  const server = await serve((request) => {
    seen = request
    return { status: 201, body: '{"a":1}', contentType: 'application/json', headers: { allow: 'GET' } }
  })
  const answer = await fetch(urlOf(server, '/a%20topic?x=1&y=%2F'), { method: 'POST', body: 'größer', headers: { 'X-One': 'eins' } })
  expect(seen).toMatchObject({ method: 'POST', path: '/a topic' })
  expect(seen?.query.get('y')).toBe('/')
  expect(seen?.headers.get('x-one')).toBe('eins')
  expect(seen?.body.toString()).toBe('größer')
  expect(answer.status).toBe(201)
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(answer.headers.get('allow')).toBe('GET')
  expect(await answer.text()).toBe('{"a":1}')
})

test('HEAD is answered as GET is, without the body', async () => {
  const server = await serve(ok)
  const answer = await fetch(urlOf(server, '/'), { method: 'HEAD' })
  expect(answer.headers.get('content-length')).toBe('5')
  expect(await answer.text()).toBe('')
})

test('a body beyond the limit is refused, whether its length is told or not, and one at the limit is taken', async () => {
  let calls = 0
  const server = await serve(
    () => {
      calls++
      return { status: 200, body: '' }
    },
    { maxBodyBytes: 10 },
  )
  expect((await fetch(urlOf(server, '/'), { method: 'POST', body: 'x'.repeat(10) })).status).toBe(200)
  expect((await fetch(urlOf(server, '/'), { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413)
  const chunked = await raw(server, `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n${'x'.repeat(11)}\r\n`)
  expect(await answerOn(chunked)).toMatch(/^HTTP\/1\.1 413 /)
  expect(calls).toBe(1)
})

test('an address that cannot be decoded, and one that is no path, are bad requests', async () => {
  const server = await serve(ok)
  expect((await fetch(urlOf(server, '/%E0%A4%A'))).status).toBe(400)
  const absolute = await raw(server, 'OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  expect(await answerOn(absolute)).toMatch(/^HTTP\/1\.1 400 /)
})

test('bytes that are no HTTP, and a head that is too large, are refused without a call of the handler', async () => {
  let calls = 0
  const server = await serve(() => {
    calls++
    return { status: 200, body: '' }
  })
  expect(await answerOn(await raw(server, '\x00\x00\x00\x12\x00\x12\x00\x03'))).toMatch(/^HTTP\/1\.1 400 /)
  expect(await answerOn(await raw(server, `GET / HTTP/1.1\r\nHost: a\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`))).toMatch(/^HTTP\/1\.1 431 /)
  expect(calls).toBe(0)
})

test('a request that does not come to its end in time is ended', async () => {
  const server = await serve(ok, { receiveTimeoutMs: 50 })
  expect(await answerOn(await raw(server, 'GET / HTTP/1.1\r\nHost: a\r\n'))).toMatch(/^HTTP\/1\.1 408 /)
  expect(await answerOn(await raw(server, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab'))).toMatch(/^HTTP\/1\.1 408 /)
})

test('a connection beyond the limit is closed where all are being answered, and room comes back when one goes', async () => {
  const waiting = deferred<HttpRequest>()
  const server = await serve(
    async (request) => {
      if (request.path === '/') return ok(request)
      waiting.resolve(request)
      await once(request.closed, 'abort')
      throw request.closed.reason
    },
    { maxConnections: 1 },
  )
  const first = await raw(server, 'GET /wait HTTP/1.1\r\nHost: a\r\n\r\n')
  await waiting.promise
  expect(await answerOn(await raw(server, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'))).toBe('')
  first.destroy()
  await expect.poll(async () => (await fetch(urlOf(server, '/')).catch(() => null))?.status).toBe(200)
})

test('connections that say nothing, or half of a request, keep nobody else out', async () => {
  const server = await serve(ok, { maxConnections: 3 })
  const slow = []
  for (const text of ['', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n']) slow.push(await raw(server, text))
  await once(slow[2] as Socket, 'data')
  const oldest = answerOn(slow[0] as Socket)
  expect(await answerOn(await raw(server, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'))).toMatch(/^HTTP\/1\.1 200 /)
  expect(await oldest).toBe('')
})

test('what the server itself refuses has the form that is asked for', async () => {
  const server = await serve(ok, { maxBodyBytes: 1, refuse: (status, sentence) => ({ status, body: JSON.stringify({ no: sentence }) }) })
  expect(await (await fetch(urlOf(server, '/%E0%A4%A'))).json()).toEqual({ no: 'the address is not a path that can be decoded' })
  expect(await (await fetch(urlOf(server, '/'), { method: 'POST', body: 'xx' })).json()).toEqual({ no: 'the body is longer than 1 bytes' })
})

test('what a handler throws is answered 500 without telling it, and is reported', async () => {
  const broken = new Error('a secret')
  const server = await serve(() => {
    throw broken
  })
  const answer = await fetch(urlOf(server, '/'))
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('secret')
  expect(errors).toEqual([broken])
})

test('a handler that waits learns that its client is gone', async () => {
  const waiting = deferred<HttpRequest>()
  const server = await serve(async (request) => {
    waiting.resolve(request)
    await once(request.closed, 'abort')
    throw request.closed.reason
  })
  const socket = await raw(server, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const { closed } = await waiting.promise
  socket.destroy()
  if (!closed.aborted) await once(closed, 'abort')
  expect(errors).toEqual([])
})

test('a client that leaves within its body is no error', async () => {
  const server = await serve(ok, { maxConnections: 1 })
  const socket = await raw(server, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab')
  socket.destroy()
  await expect.poll(async () => (await fetch(urlOf(server, '/')).catch(() => null))?.status).toBe(200)
  expect(errors).toEqual([])
})

test('closing cuts off what waits, and frees the port', async () => {
  const waiting = deferred<HttpRequest>()
  const server = await serve(async (request) => {
    waiting.resolve(request)
    await once(request.closed, 'abort')
    return { status: 200, body: '' }
  })
  const socket = await raw(server, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await waiting.promise
  await Promise.all([server[Symbol.asyncDispose](), answerOn(socket)])
  const again = await serve(ok, { port: server.local.port })
  expect((await fetch(urlOf(again, '/'))).status).toBe(200)
})

test('a port that is taken is refused with its address', async () => {
  const server = await serve(ok)
  const error = await serve(ok, { port: server.local.port }).catch((failure) => failure)
  expect(error).toBeInstanceOf(NetworkError)
  expect(error).toMatchObject({ code: 'NETWORK_ADDRESS_IN_USE', endpoint: { port: server.local.port } })
  expect(error.message).toContain(`127.0.0.1:${server.local.port}`)
})

test('an answer in pieces is sent as fast as it is taken, and made no faster', async () => {
  const PIECE = 'x'.repeat(64 * 1024)
  let made = 0
  async function* pieces() {
    for (; made < 400; made++) yield PIECE
  }
  const server = await serve(() => ({ status: 200, body: pieces() }))
  const answer = await fetch(urlOf(server, '/'))
  expect(answer.headers.get('transfer-encoding')).toBe('chunked')
  // Nobody reads: what the sockets hold is full some time.
  let before = -1
  while (before !== made) {
    before = made
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  expect(made).toBeLessThan(400)
  expect((await answer.text()).length).toBe(400 * PIECE.length)
  expect(errors).toEqual([])
})

test('a client that leaves in the middle of an answer in pieces ends its making', async () => {
  const ended = deferred<void>()
  async function* pieces() {
    try {
      for (;;) yield 'x'.repeat(64 * 1024)
    } finally {
      ended.resolve()
    }
  }
  const server = await serve(() => ({ status: 200, body: pieces() }))
  const socket = await raw(server, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(socket, 'data')
  socket.destroy()
  await ended.promise
  expect(errors).toEqual([])
})

test('a client that takes nothing of an answer in pieces is cut off', async () => {
  const ended = deferred<void>()
  async function* pieces() {
    try {
      for (;;) yield 'x'.repeat(64 * 1024)
    } finally {
      ended.resolve()
    }
  }
  const server = await serve(() => ({ status: 200, body: pieces() }), { stallTimeoutMs: 200 })
  const socket = await raw(server, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  socket.pause()
  await ended.promise
  expect(errors).toEqual([])
  socket.destroy()
})

test('an answer that fails in the middle is cut off, so that nobody takes a half for the whole', async () => {
  const halfCame = deferred<void>()
  async function* pieces() {
    yield 'the first half\n'
    await halfCame.promise
    throw new Error('the second half is not to be had')
  }
  const server = await serve(() => ({ status: 200, body: pieces() }))
  const socket = await raw(server, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  socket.once('data', () => halfCame.resolve())
  const answer = await answerOn(socket)
  expect(answer).toContain('the first half')
  expect(answer.endsWith('0\r\n\r\n')).toBe(false)
  expect(errors).toEqual([expect.objectContaining({ message: 'the second half is not to be had' })])
})

test('HEAD of an answer in pieces makes none', async () => {
  let made = 0
  async function* pieces() {
    made++
    yield 'x'
  }
  const server = await serve(() => ({ status: 200, body: pieces() }))
  expect((await fetch(urlOf(server, '/'), { method: 'HEAD' })).status).toBe(200)
  expect(made).toBe(0)
})
