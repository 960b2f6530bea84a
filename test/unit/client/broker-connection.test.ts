import { describe, expect, test } from 'vitest'
import { HeartbeatApi, type HeartbeatRequest, HeartbeatRequest as HeartbeatRequestSchema, HeartbeatResponse } from '../../../protocol/messages/heartbeat.ts'
import { decodeFrom, encodeToBuffer } from '../../../protocol/schema/codec.ts'
import { BrokerConnection } from '../../../src/client/broker-connection.ts'
import { BrokerSide, response } from './broker-side.ts'

const BROKER = { host: 'broker', port: 9092 }
/** The last version that is not flexible: its headers are the short ones. */
const VERSION = 3

function beat(groupId: string): HeartbeatRequest {
  return { groupId, generationId: 1, memberId: 'm', groupInstanceId: null }
}

function answer(correlationId: number, errorCode: number): Buffer {
  return response(correlationId, encodeToBuffer(HeartbeatResponse, { errorCode }, VERSION))
}

async function connected(options: ConstructorParameters<typeof BrokerSide>[0] = {}) {
  const broker = new BrokerSide(options)
  return { broker, connection: await BrokerConnection.open(BROKER, broker.options) }
}

describe('a connection to a broker', () => {
  test('sends a request with its header and gives back the response', async () => {
    const { broker, connection } = await connected()
    const answered = connection.send(HeartbeatApi, VERSION, beat('g'))
    const [request = Buffer.alloc(0)] = broker.requests
    expect([request.readInt16BE(0), request.readInt16BE(2)]).toEqual([HeartbeatApi.key, VERSION])
    expect(decodeFrom(HeartbeatRequestSchema, request.subarray(10 + 'client'.length), VERSION)).toMatchObject({ groupId: 'g', memberId: 'm' })
    broker.socket.receive(answer(1, 27))
    expect(await answered).toMatchObject({ errorCode: 27 })
  })

  test('sends flexible versions with flexible headers', async () => {
    const { broker, connection } = await connected()
    const answered = connection.send(HeartbeatApi, 4, beat('g'))
    broker.socket.receive(response(1, Buffer.concat([Buffer.from([0]), encodeToBuffer(HeartbeatResponse, { errorCode: 5 }, 4)])))
    expect(await answered).toMatchObject({ errorCode: 5 })
  })

  test('has several requests under way and tells their responses apart, however they are cut', async () => {
    const { broker, connection } = await connected()
    const answered = [1, 2, 3].map((number) => connection.send(HeartbeatApi, VERSION, beat(`g${number}`)))
    expect(broker.correlationIds).toEqual([1, 2, 3])
    const bytes = Buffer.concat([answer(1, 11), answer(2, 12), answer(3, 13)])
    for (const byte of bytes.subarray(0, 30)) broker.socket.receive(Buffer.from([byte]))
    broker.socket.receive(bytes.subarray(30))
    expect((await Promise.all(answered)).map(({ errorCode }) => errorCode)).toEqual([11, 12, 13])
  })

  test('refuses more requests than may be under way', async () => {
    const { broker, connection } = await connected({ maxInFlight: 1 })
    const first = connection.send(HeartbeatApi, VERSION, beat('g'))
    await expect(connection.send(HeartbeatApi, VERSION, beat('h'))).rejects.toMatchObject({ code: 'CLIENT_BUSY' })
    broker.socket.receive(answer(1, 0))
    await first
    void connection.send(HeartbeatApi, VERSION, beat('i')).catch(() => {})
    expect(broker.requests).toHaveLength(2)
  })

  test('is closed when a response does not come in time, and all that waits fails', async () => {
    const { broker, connection } = await connected()
    const waiting = [beat('g'), beat('h')].map((request) => connection.send(HeartbeatApi, VERSION, request))
    broker.time.advance(1000)
    for (const one of waiting)
      await expect(one).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT', message: 'Heartbeat v3 to broker:9092 took longer than 1000 ms' })
    expect([connection.isOpen, broker.socket.state]).toEqual([false, 'destroyed'])
    await expect(connection.send(HeartbeatApi, VERSION, beat('i'))).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT' })
  })

  test('sets no deadline for what was answered', async () => {
    const { broker, connection } = await connected()
    const answered = connection.send(HeartbeatApi, VERSION, beat('g'))
    broker.socket.receive(answer(1, 0))
    await answered
    expect(broker.time.pendingCount).toBe(0)
    expect(connection.isOpen).toBe(true)
  })

  test.each([
    ['an answer that nobody waits for', answer(7, 0), 'a response to 7 came where 1 (Heartbeat v3) was awaited'],
    ['a length below that of a header', Buffer.from([0, 0, 0, 3]), 'a response of 3 bytes is announced'],
    ['a negative length', Buffer.from([255, 255, 255, 255]), 'a response of -1 bytes is announced'],
    ['HTTP', Buffer.from('HTTP/1.1 400 Bad Request'), 'it is an answer of HTTP'],
    ['a body that is cut off', response(1, Buffer.alloc(2)), ''],
  ])('is closed by %s', async (_what, bytes, why) => {
    const { broker, connection } = await connected()
    const answered = connection.send(HeartbeatApi, VERSION, beat('g'))
    broker.socket.receive(bytes)
    await expect(answered).rejects.toMatchObject({ code: 'CLIENT_PROTOCOL', message: expect.stringContaining(why) })
    expect(broker.socket.state).toBe('destroyed')
  })

  test('takes no response larger than its bound', async () => {
    const { broker, connection } = await connected({ maxResponseBytes: 9 })
    const answered = connection.send(HeartbeatApi, VERSION, beat('g'))
    broker.socket.receive(answer(1, 0))
    await expect(answered).rejects.toMatchObject({ code: 'CLIENT_PROTOCOL' })
  })

  test('fails what waits when the other side closes', async () => {
    const { broker, connection } = await connected()
    const answered = connection.send(HeartbeatApi, VERSION, beat('g'))
    broker.socket.close()
    await expect(answered).rejects.toMatchObject({ code: 'CLIENT_CLOSED', message: 'broker:9092: the other side closed the connection' })
  })

  test('fails what waits when it is disposed', async () => {
    const { broker, connection } = await connected()
    const answered = connection.send(HeartbeatApi, VERSION, beat('g'))
    await connection[Symbol.asyncDispose]()
    await expect(answered).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    expect([broker.socket.state, broker.time.pendingCount]).toEqual(['destroyed', 0])
  })
})

describe('what is told without an answer', () => {
  const told = { groupId: 'g', generationId: 1, memberId: 'm', groupInstanceId: null }

  /** The other side reads nothing from the first request on. */
  async function stuck() {
    const { broker, connection } = await connected()
    broker.socket.isStuck = true
    return { broker, connection }
  }

  /** What becomes of a promise by now. */
  async function stateOf(promise: Promise<unknown>): Promise<string> {
    const states = [promise.then(() => 'resolved').catch(() => 'rejected'), new Promise((resolve) => setImmediate(() => resolve('waits')))]
    return String(await Promise.race(states))
  }

  test('is over at once where the system takes it', async () => {
    const { broker, connection } = await connected()
    await connection.tell(HeartbeatApi, VERSION, told)
    expect([broker.correlationIds, broker.time.pendingCount]).toEqual([[1], 0])
  })

  test('waits for a slow other side, and goes on when that has read', async () => {
    const { broker, connection } = await stuck()
    const telling = [1, 2].map(() => connection.tell(HeartbeatApi, VERSION, told))
    expect(await Promise.all(telling.map(stateOf))).toEqual(['waits', 'waits'])
    broker.socket.drain()
    await Promise.all(telling)
    broker.time.advance(10_000)
    expect([connection.isOpen, broker.time.pendingCount]).toEqual([true, 0])
  })

  test('fails where the other side does not read in time', async () => {
    const { broker, connection } = await stuck()
    const telling = connection.tell(HeartbeatApi, VERSION, told)
    broker.time.advance(1000)
    await expect(telling).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT', message: 'Heartbeat v3 to broker:9092 took longer than 1000 ms' })
    expect(broker.socket.state).toBe('destroyed')
  })

  test('fails with the connection', async () => {
    const { broker, connection } = await stuck()
    const telling = connection.tell(HeartbeatApi, VERSION, told)
    broker.socket.close()
    await expect(telling).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    expect(broker.time.pendingCount).toBe(0)
    await expect(connection.tell(HeartbeatApi, VERSION, told)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
  })

  test('is sent to its end by disposal, and what waits for an answer fails before', async () => {
    const { broker, connection } = await connected()
    const asked = connection.send(HeartbeatApi, VERSION, beat('g'))
    asked.catch(() => undefined)
    broker.socket.isStuck = true
    connection.tell(HeartbeatApi, VERSION, told).catch(() => undefined)
    const disposing = connection[Symbol.asyncDispose]()
    await expect(asked).rejects.toMatchObject({ code: 'CLIENT_CLOSED' })
    expect([await stateOf(disposing), broker.socket.state]).toEqual(['waits', 'ended'])
    broker.socket.close()
    await disposing
    expect(broker.time.pendingCount).toBe(0)
  })

  test('fails disposal where it is not taken to its end, and tells how much is lost', async () => {
    const { broker, connection } = await stuck()
    connection.tell(HeartbeatApi, VERSION, told).catch(() => undefined)
    const disposing = connection[Symbol.asyncDispose]()
    broker.time.advance(1000)
    const bytes = broker.socket.bufferedBytes
    await expect(disposing).rejects.toMatchObject({
      code: 'CLIENT_TIMEOUT',
      message: `broker:9092: the last ${bytes} bytes were not taken within 1000 ms, and are lost`,
    })
    expect(broker.socket.state).toBe('destroyed')
  })

  test('holds up disposal no longer than its time where only the other side does not end its half', async () => {
    const { broker, connection } = await connected()
    await connection.tell(HeartbeatApi, VERSION, told)
    const disposing = connection[Symbol.asyncDispose]()
    broker.time.advance(1000)
    await disposing
    expect(broker.socket.state).toBe('destroyed')
  })
})

describe('connecting to a broker', () => {
  test('fails as the network says', async () => {
    const broker = new BrokerSide()
    broker.connects = 'refused'
    await expect(BrokerConnection.open(BROKER, broker.options)).rejects.toMatchObject({ code: 'NETWORK_REFUSED' })
    expect(broker.time.pendingCount).toBe(0)
  })

  test('takes no longer than its time', async () => {
    const broker = new BrokerSide()
    broker.connects = 'never'
    const opening = BrokerConnection.open(BROKER, broker.options)
    broker.time.advance(1000)
    await expect(opening).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT', message: 'Connecting to broker:9092 took longer than 1000 ms' })
  })
})
