import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HeartbeatApi } from '../../../protocol/messages/heartbeat.ts'
import type { ProduceRequest } from '../../../protocol/messages/produce.ts'
import { InvariantError } from '../../../src/base/assert.ts'
import type { Result } from '../../../src/server/api-table.ts'
import { correlationIds, Harness, type HarnessOptions, heartbeat, heartbeatReplies, produce, request } from './harness.ts'

const FINE = { errorCode: 0 }

/** A handler whose answers come when the test says so. */
class Held {
  readonly #answer: object
  readonly #resolvers: ((value: object | null) => void)[] = []

  constructor(answer: object = FINE) {
    this.#answer = answer
  }

  readonly handle = (): Result =>
    new Promise((resolve) => {
      this.#resolvers.push(resolve)
    })

  get count(): number {
    return this.#resolvers.length
  }

  async answer(index: number, answer: object | null = this.#answer): Promise<void> {
    this.#resolvers[index]?.(answer)
    await turn()
  }
}

/** Lets the promises that are resolved run their course. */
async function turn(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

describe('replies', () => {
  test('a handler that answers at once is answered in the same turn', () => {
    const socket = new Harness(() => FINE).connect()
    socket.receive(heartbeat(7))
    expect(heartbeatReplies(socket)).toEqual([{ correlationId: 7, errorCode: 0 }])
  })

  test('pipelined requests that arrive together are answered in one write, in order', () => {
    const socket = new Harness(() => FINE).connect()
    socket.receive(Buffer.concat([heartbeat(1), heartbeat(2), heartbeat(3)]))
    expect(socket.sent).toHaveLength(1)
    expect(heartbeatReplies(socket).map(({ correlationId }) => correlationId)).toEqual([1, 2, 3])
  })

  test('keep the order of the requests whichever handlers wait and however the bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 200 }), async (waits, chunkBytes) => {
        let served = 0
        const socket = new Harness(() => (waits[served++] ? Promise.resolve().then(() => FINE) : FINE)).connect()
        const stream = Buffer.concat(waits.map((_, index) => heartbeat(index)))
        for (let position = 0; position < stream.length; position += chunkBytes) {
          while (socket.isPaused) await turn()
          socket.receive(stream.subarray(position, position + chunkBytes))
        }
        await turn()
        await turn()
        while (served < waits.length) await turn()
        await turn()
        expect(heartbeatReplies(socket).map(({ correlationId }) => correlationId)).toEqual(waits.map((_, index) => index))
      }),
      { numRuns: 50 },
    )
  })

  test('one request of a connection is served at a time, and reading stops while others wait behind it', async () => {
    const held = new Held()
    const socket = new Harness(held.handle).connect()
    socket.receive(Buffer.concat([heartbeat(1), heartbeat(2)]))
    expect(held.count).toBe(1)
    expect(socket.isPaused).toBe(true)
    await held.answer(0)
    expect(held.count).toBe(2)
    expect(socket.isPaused).toBe(false)
    await held.answer(1)
    expect(heartbeatReplies(socket).map(({ correlationId }) => correlationId)).toEqual([1, 2])
  })

  test('null sends nothing and the next request is served', () => {
    const socket = new Harness((context) => (context.correlationId === 1 ? null : FINE)).connect()
    socket.receive(Buffer.concat([heartbeat(1), heartbeat(2)]))
    expect(heartbeatReplies(socket)).toEqual([{ correlationId: 2, errorCode: 0 }])
  })

  test('a peer that does not read its replies is not served further until it does', () => {
    let served = 0
    const socket = new Harness(() => {
      served++
      return FINE
    }).connect()
    socket.isStuck = true
    socket.receive(heartbeat(1))
    socket.receive(heartbeat(2))
    expect(served).toBe(1)
    expect(socket.isPaused).toBe(true)
    socket.drain()
    expect(served).toBe(2)
    expect(socket.isPaused).toBe(false)
  })
})

describe('requests that wait only for others to confirm them', () => {
  const PRODUCED = { responses: [], throttleTimeMs: 0 }
  const RECORDS = Buffer.from('some records')

  function connect(options: HarnessOptions = {}) {
    const held = new Held(PRODUCED)
    const harness = new Harness(held.handle, { produceOverlaps: true, produceBorrows: true, ...options })
    return { held, harness, socket: harness.connect() }
  }

  function produces(count: number): Buffer {
    return Buffer.concat(Array.from({ length: count }, (_, index) => produce(index + 1, RECORDS)))
  }

  test('are served one behind the other, and answered in order whichever is confirmed first', async () => {
    const { held, socket } = connect()
    socket.receive(produces(3))
    expect(held.count).toBe(3)
    expect(socket.isPaused).toBe(false)
    await held.answer(2)
    await held.answer(1)
    expect(correlationIds(socket)).toEqual([])
    await held.answer(0)
    expect(correlationIds(socket)).toEqual([1, 2, 3])
  })

  test('are answered in one write where they are confirmed together, also when others still wait', async () => {
    const { held, socket } = connect()
    socket.receive(produces(4))
    await Promise.all([0, 1, 2].map((index) => held.answer(index)))
    expect(correlationIds(socket)).toEqual([1, 2, 3])
    expect(socket.sent).toHaveLength(1)
  })

  test('are as many as 16 at a time; then reading stops until one is answered', async () => {
    const { held, socket } = connect()
    socket.receive(produces(18))
    expect(held.count).toBe(16)
    expect(socket.isPaused).toBe(true)
    await held.answer(0)
    expect(held.count).toBe(17)
    await held.answer(1)
    expect(held.count).toBe(18)
    expect(socket.isPaused).toBe(false)
  })

  test('hold up one of another API, and are held up by it', async () => {
    const { held, socket } = connect()
    socket.receive(Buffer.concat([produces(2), heartbeat(3), produce(4, RECORDS)]))
    expect(held.count).toBe(2)
    await held.answer(0)
    expect(held.count).toBe(2)
    await held.answer(1)
    expect(held.count).toBe(3)
    await held.answer(2, FINE)
    expect(held.count).toBe(4)
    await held.answer(3)
    expect(correlationIds(socket)).toEqual([1, 2, 3, 4])
  })

  test('are served one at a time with an interceptor, who may call the handler later', async () => {
    const { held, socket } = connect({ intercept: (_context, asked, handle) => handle(asked) })
    socket.receive(produces(2))
    expect(held.count).toBe(1)
    await held.answer(0)
    expect(held.count).toBe(2)
  })

  test('are all answered, and none behind them, when the node stops', async () => {
    const { held, harness, socket } = connect()
    socket.receive(produces(2))
    const drained = harness.connections.drain('broker', 10_000)
    socket.receive(produces(1))
    await held.answer(0)
    expect(socket.state).toBe('open')
    await held.answer(1)
    expect(correlationIds(socket)).toEqual([1, 2])
    expect(socket.state).toBe('ended')
    socket.close()
    await drained
    expect(held.count).toBe(2)
  })

  test('are not answered behind one that gets no answer as the node stops, whose answer the client would take them for', async () => {
    const { held, harness, socket } = connect()
    socket.receive(produces(4))
    await held.answer(0)
    await held.answer(2)
    const drained = harness.connections.drain('broker', 10_000)
    await held.answer(1, null)
    expect(socket.state).toBe('ended')
    await held.answer(3)
    expect(correlationIds(socket)).toEqual([1])
    socket.close()
    await drained
  })

  test('are served the same however the bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 300 }), async (count, chunkBytes) => {
        const { held, socket } = connect()
        const stream = produces(count)
        let answered = 0
        for (let position = 0; position < stream.length; position += chunkBytes) {
          while (socket.isPaused) await held.answer(answered++)
          socket.receive(stream.subarray(position, position + chunkBytes))
        }
        while (answered < count) await held.answer(answered++)
        expect(correlationIds(socket)).toEqual(Array.from({ length: count }, (_, index) => index + 1))
      }),
      { numRuns: 50 },
    )
  })

  test('whose records are borrowed hold no memory while they wait', () => {
    const { harness, socket } = connect()
    socket.receive(Buffer.concat([produce(1, Buffer.alloc(100_000)), produce(2, Buffer.alloc(100_000))]))
    expect(harness.connections.requestBytes).toBe(0)
  })
})

describe('what a handler may do', () => {
  test('its context tells who asks', () => {
    const seen: unknown[] = []
    const harness = new Harness(({ clientId, clientHost, connectionId, listenerName, principal, apiVersion }) => {
      seen.push({ clientId, clientHost, connectionId, listenerName, principal, apiVersion })
      return FINE
    })
    harness.connect('::1').receive(heartbeat(1))
    expect(seen).toEqual([
      { clientId: 'test', clientHost: '/0:0:0:0:0:0:0:1', connectionId: 1, listenerName: 'PLAINTEXT', principal: 'User:ANONYMOUS', apiVersion: 4 },
    ])
  })

  test('its wait is told when the connection closes', () => {
    let closed: AbortSignal | undefined
    const socket = new Harness((context) => {
      closed = context.closed
      return new Promise(() => {})
    }).connect()
    socket.receive(heartbeat(1))
    expect(closed?.aborted).toBe(false)
    socket.close()
    expect(closed?.aborted).toBe(true)
  })

  test('it may close the connection instead of answering', () => {
    const harness = new Harness((context) => {
      context.closeConnection('an unacknowledged produce failed')
      return FINE
    })
    const socket = harness.connect()
    socket.receive(heartbeat(1))
    expect(socket.sent).toEqual([])
    expect(socket.state).toBe('destroyed')
    expect(harness.lines).toMatchObject([{ level: 'warn', fields: { why: 'an unacknowledged produce failed' } }])
  })

  test('one that throws is answered UNKNOWN_SERVER_ERROR, and the connection goes on', () => {
    const harness = new Harness((context) => {
      if (context.correlationId === 1) throw new TypeError('a mistake')
      return FINE
    })
    const socket = harness.connect()
    socket.receive(Buffer.concat([heartbeat(1), heartbeat(2)]))
    expect(heartbeatReplies(socket)).toEqual([
      { correlationId: 1, errorCode: -1 },
      { correlationId: 2, errorCode: 0 },
    ])
    expect(harness.lines).toMatchObject([{ level: 'error', fields: { api: 'Heartbeat' } }])
  })

  test('one that rejects is answered the same', async () => {
    const socket = new Harness(() => Promise.reject(new TypeError('a mistake'))).connect()
    socket.receive(heartbeat(1))
    await turn()
    expect(heartbeatReplies(socket)).toEqual([{ correlationId: 1, errorCode: -1 }])
  })

  test('a broken invariant is handed to the node', () => {
    const harness = new Harness(() => {
      throw new InvariantError('the log end never goes back')
    })
    harness.connect().receive(heartbeat(1))
    expect(harness.broken).toEqual([new InvariantError('the log end never goes back')])
  })

  test('an answer that no version can say is a mistake of ours, and never reaches the socket as an exception', () => {
    const harness = new Harness(() => ({ errorCode: 100_000 }))
    const socket = harness.connect()
    socket.receive(heartbeat(1))
    expect(heartbeatReplies(socket)).toEqual([{ correlationId: 1, errorCode: -1 }])
    expect(harness.lines).toMatchObject([{ level: 'error', fields: { api: 'Heartbeat' } }])
  })

  test('an interceptor stands between the table and the handler', () => {
    const harness = new Harness(() => FINE, { intercept: ({ apiKey }, request, handle) => (apiKey === HeartbeatApi.key ? { errorCode: 27 } : handle(request)) })
    const socket = harness.connect()
    socket.receive(heartbeat(1))
    expect(heartbeatReplies(socket)).toEqual([{ correlationId: 1, errorCode: 27 }])
  })
})

describe('who asks when its reply has left', () => {
  function harness(told: number[], answer: () => Result = () => FINE): Harness {
    return new Harness((context) => {
      context.whenSent(() => told.push(context.correlationId))
      return answer()
    })
  }

  test('is told once the system has taken the reply', () => {
    const told: number[] = []
    const socket = harness(told).connect()
    socket.receive(heartbeat(1))
    expect(told).toEqual([1])
    socket.isStuck = true
    socket.receive(Buffer.concat([heartbeat(2), heartbeat(3)]))
    expect(socket.sent).toHaveLength(2)
    expect(told).toEqual([1])
    socket.drain()
    expect(told).toEqual([1, 2, 3])
  })

  test('is not told while the reply is still being made', async () => {
    const told: number[] = []
    const held = new Held()
    const socket = harness(told, held.handle).connect()
    socket.receive(heartbeat(1))
    socket.drain()
    expect(told).toEqual([])
    await held.answer(0)
    expect(told).toEqual([1])
  })

  test('is told when there is no reply', () => {
    const told: number[] = []
    const socket = harness(told, () => null).connect()
    socket.receive(heartbeat(1))
    expect(told).toEqual([1])
  })

  test('is told when the connection is gone, and not while it is only going', () => {
    const told: number[] = []
    const connected = harness(told)
    const socket = connected.connect()
    socket.isStuck = true
    socket.receive(heartbeat(1))
    void connected.connections.drain('broker', 1000)
    socket.bufferedBytes = 0
    expect(told).toEqual([])
    socket.close()
    expect(told).toEqual([1])
  })

  test('is told when the connection goes while the reply is being made', async () => {
    const told: number[] = []
    const held = new Held()
    const socket = harness(told, held.handle).connect()
    socket.receive(heartbeat(1))
    socket.close()
    await held.answer(0)
    expect(told).toEqual([1])
  })
})

describe('the bytes of a request', () => {
  const SMALL = Buffer.from('some records')
  const LARGE = Buffer.alloc(100_000, 'records')

  /** What a handler of Produce that keeps the records finds in them when others have used the connection. */
  function keptAfter(records: Buffer, options: HarnessOptions): Buffer | undefined {
    const kept: Buffer[] = []
    const harness = new Harness((_context, produced: object) => {
      const [partition] = (produced as ProduceRequest).topicData[0]?.partitionData ?? []
      if (partition?.records) kept.push(partition.records)
      return null
    }, options)
    const socket = harness.connect()
    for (const bytes of [produce(1, records), produce(2, Buffer.alloc(records.length))]) {
      socket.receive(bytes.subarray(0, bytes.length - 5))
      socket.receive(bytes.subarray(bytes.length - 5))
      socket.receive(bytes)
    }
    expect(kept).toHaveLength(4)
    expect(kept[2]?.length).toBe(records.length)
    return kept[0]
  }

  test.each([SMALL, LARGE])('stay as they are for as long as its handler keeps them', (records) => {
    expect(keptAfter(records, {})?.equals(records)).toBe(true)
  })

  test('are memory that is used again where the handler says that it keeps none', () => {
    expect(keptAfter(LARGE, { produceBorrows: true })?.equals(LARGE)).toBe(false)
  })

  test('stay as they are with an interceptor, who may call the handler later', () => {
    expect(keptAfter(LARGE, { produceBorrows: true, intercept: (_context, request, handle) => handle(request) })?.equals(LARGE)).toBe(true)
  })

  test('wait in memory of their own while requests before them are served', async () => {
    const held = new Held()
    const socket = new Harness(held.handle).connect()
    socket.receive(Buffer.concat([heartbeat(1), heartbeat(2), heartbeat(3)]))
    for (const index of [0, 1, 2]) await held.answer(index)
    expect(heartbeatReplies(socket).map(({ correlationId }) => correlationId)).toEqual([1, 2, 3])
  })
})

describe('versions', () => {
  test.each([5, 1000, -1])('ApiVersions version %i is answered in v0 with UNSUPPORTED_VERSION and the versions of ApiVersions itself', (version) => {
    const harness = new Harness(() => FINE)
    const socket = harness.connect()
    socket.receive(request(18, version, 77, { flexible: version > 3 }))
    // What Apache Kafka 4.3.1 answers: correlation id, error 35, one entry: key 18, versions 0 to 4.
    expect(Buffer.concat(socket.sent).toString('hex')).toBe('000000100000004d002300000001001200000004')
    expect(socket.state).toBe('open')
  })

  test.each([
    ['a version below the oldest', 0, 2],
    ['a version above the newest', 12, 5],
    ['a version that is not final', 22, 6],
    ['an API that is not served', 1, 11],
    ['an API that does not exist', 999, 0],
    ['a negative API key', -1, 0],
  ])('%s closes the connection with a line', (_name, apiKey, version) => {
    const harness = new Harness(() => FINE)
    const socket = harness.connect('10.0.0.7', 4711)
    socket.receive(request(apiKey, version, 1))
    expect(socket.state).toBe('destroyed')
    expect(harness.lines).toMatchObject([{ level: 'warn', message: 'closed a connection', fields: { remote: '10.0.0.7:4711', listener: 'PLAINTEXT' } }])
  })
})

describe('bytes that are not the protocol', () => {
  test.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'), 'an HTTP request'],
    ['a TLS hello', Buffer.from('16030100c8010000c40303', 'hex'), 'a TLS handshake, but this listener is PLAINTEXT'],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n'), 'an SSH client'],
    ['a negative length', Buffer.from('ffffffff', 'hex'), 'bytes ffffffff'],
    ['an empty request', Buffer.from('00000000', 'hex'), 'nothing'],
    ['a request without a whole header', Buffer.from('000000020012', 'hex'), 'bytes 0012'],
    ['a header that ends early', Buffer.from('0000000a0012000000000001000aabcd', 'hex'), 'bytes 0012000000000001000a'],
  ])('%s closes the connection with a line that says what it looked like', (_name, bytes, looksLike) => {
    const harness = new Harness(() => FINE)
    const socket = harness.connect()
    socket.receive(bytes)
    expect(socket.state).toBe('destroyed')
    expect(socket.sent).toEqual([])
    expect(harness.lines).toMatchObject([{ level: 'warn', fields: { looksLike } }])
  })

  test('any bytes end in served requests, a wait for more, or a closed connection', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 }), (chunks) => {
        const harness = new Harness(() => FINE)
        const socket = harness.connect()
        for (const chunk of chunks) if (socket.state === 'open') socket.receive(Buffer.from(chunk))
        expect(harness.lines.filter(({ level }) => level === 'error')).toEqual([])
      }),
    )
  })

  test('replies made before the bad bytes are sent', () => {
    const socket = new Harness(() => FINE).connect()
    socket.receive(Buffer.concat([heartbeat(1), Buffer.from('ffffffff', 'hex')]))
    expect(heartbeatReplies(socket)).toEqual([{ correlationId: 1, errorCode: 0 }])
    expect(socket.state).toBe('destroyed')
  })

  test('a thousand bad connections from one address write a handful of lines', () => {
    const harness = new Harness(() => FINE)
    for (let i = 0; i < 1_000; i++) harness.connect('10.0.0.1', 40_000 + i).receive(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    expect(harness.lines).toHaveLength(5)
    harness.time.advance(60_000)
    harness.connect('10.0.0.1').receive(Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    expect(harness.lines.slice(5)).toMatchObject([{ fields: { count: 995 } }, { fields: { looksLike: 'an HTTP request' } }])
  })
})
