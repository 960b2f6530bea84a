import { describe, expect, test } from 'vitest'
import { connectionClosed, connectionOpened, requestDone } from '../../../src/telemetry/channels.ts'
import { Harness, heartbeat, heartbeatReplies } from './harness.ts'

const FINE = { errorCode: 0 }
const never = () => new Promise<object>(() => {})

describe('limits', () => {
  test('an address with as many connections as it may have is turned away with a line', () => {
    const harness = new Harness(() => FINE, { settings: { maxConnectionsPerIp: 2 } })
    const [first, , third, other] = [harness.connect('10.0.0.1'), harness.connect('10.0.0.1'), harness.connect('10.0.0.1'), harness.connect('10.0.0.2')]
    expect(third?.state).toBe('destroyed')
    expect(other?.state).toBe('open')
    expect(harness.lines).toMatchObject([{ fields: { why: 'max.connections.per.ip is reached' } }])
    expect(harness.connections.listeners[0]?.refused).toEqual({ 'open-files': 0, 'max.connections': 0, 'max.connections.per.ip': 1 })
    first?.close()
    expect(harness.connect('10.0.0.1').state).toBe('open')
  })

  test('a connection for which there is no descriptor is turned away with a line, waiting or not', () => {
    const harness = new Harness(() => FINE, { settings: { maxConnections: 1, maxSockets: 2 } })
    const [first, second, third] = [harness.connect(), harness.connect(), harness.connect()]
    expect([first?.isPaused, second?.isPaused, third?.state]).toEqual([false, true, 'destroyed'])
    expect(harness.lines).toMatchObject([{ fields: { why: 'the process may open no more files (ulimit -n)' } }])
    expect(harness.connections.listeners[0]).toMatchObject({ open: 1, waiting: 1, refused: { 'open-files': 1 } })
    second?.close()
    expect(harness.connect().state).toBe('open')
  })

  test('an override stands above the limit of all addresses', () => {
    const harness = new Harness(() => FINE, { settings: { maxConnectionsPerIp: 0, maxConnectionsPerIpOverrides: new Map([['10.0.0.1', 1]]) } })
    expect(harness.connect('10.0.0.1').state).toBe('open')
    expect(harness.connect('10.0.0.1').state).toBe('destroyed')
    expect(harness.connect('10.0.0.2').state).toBe('destroyed')
  })

  test('a connection over max.connections waits unread until another closes', () => {
    const harness = new Harness(() => FINE, { settings: { maxConnections: 1, backlog: 1 } })
    const [first, second, third] = [harness.connect(), harness.connect(), harness.connect()]
    expect([first?.isPaused, second?.isPaused, third?.state]).toEqual([false, true, 'destroyed'])
    expect(harness.connections.count).toBe(1)
    expect(harness.connections.listeners[0]).toMatchObject({ open: 1, waiting: 1, refused: { 'max.connections': 1 } })
    first?.close()
    expect(harness.connections.listeners[0]).toMatchObject({ open: 1, waiting: 0 })
    expect(second?.isPaused).toBe(false)
    second?.receive(heartbeat(1))
    expect(heartbeatReplies(second as NonNullable<typeof second>)).toHaveLength(1)
  })

  test('a listener with a limit of its own does not hold up others', () => {
    const harness = new Harness(() => FINE, { settings: { maxConnectionsOn: (name) => (name === 'PLAINTEXT' ? 1 : 9) } })
    const [first, second] = [harness.connect(), harness.connect()]
    expect([first?.isPaused, second?.isPaused]).toEqual([false, true])
    first?.close()
    expect(second?.isPaused).toBe(false)
  })

  test('a higher limit admits those that wait, a lower one closes those that were used least', () => {
    const harness = new Harness(() => FINE, { settings: { maxConnections: 1 } })
    const [first, second, third] = [harness.connect(), harness.connect(), harness.connect()]
    harness.settings.maxConnections = 3
    harness.connections.limitsChanged()
    expect([second?.isPaused, third?.isPaused]).toEqual([false, false])
    harness.settings.maxConnections = 1
    harness.connections.limitsChanged()
    expect([first?.state, second?.state, third?.state]).toEqual(['destroyed', 'destroyed', 'open'])
  })

  test('requests that fill the memory stop other connections from reading, and these go on when it is free', async () => {
    let answer: (value: object) => void = () => {}
    const harness = new Harness(
      () =>
        new Promise<object>((resolve) => {
          answer = resolve
        }),
      { settings: { requestMemoryBytes: 5_000 } },
    )
    const large = heartbeat(1, 'g'.repeat(30_000))
    const [served, exempt, stopped] = [harness.connect(), harness.connect(), harness.connect()]
    served?.receive(large)
    expect(harness.connections.requestBytes).toBe(large.length - 4)
    exempt?.receive(large.subarray(0, 1_000))
    stopped?.receive(large.subarray(0, 1_000))
    expect([exempt?.isPaused, stopped?.isPaused]).toEqual([false, true])
    answer(FINE)
    await Promise.resolve()
    await Promise.resolve()
    expect(heartbeatReplies(served as NonNullable<typeof served>)).toHaveLength(1)
    exempt?.close()
    expect(stopped?.isPaused).toBe(false)
    stopped?.close()
    expect(harness.connections.requestBytes).toBe(0)
  })

  test('half a request holds no more than a few times the bytes that came', () => {
    const harness = new Harness(() => FINE)
    for (let i = 0; i < 1_000; i++) harness.connect(`10.0.${i % 250}.1`).receive(Buffer.from('05f5e10000120004', 'hex'))
    expect(harness.connections.requestBytes).toBeLessThan(1_000 * 5_000)
  })
})

describe('idle connections', () => {
  test('a silent one is closed after connections.max.idle.ms with a line that says who', () => {
    const harness = new Harness(() => FINE, { settings: { maxIdleMs: 1_000 } })
    const socket = harness.connect('10.0.0.9', 1234)
    harness.time.advance(1_000)
    expect(socket.state).toBe('open')
    harness.time.advance(200)
    expect(socket.state).toBe('destroyed')
    expect(harness.lines).toMatchObject([{ fields: { remote: '10.0.0.9:1234' } }])
  })

  test('one that spoke before is closed without a line', () => {
    const harness = new Harness(() => FINE, { settings: { maxIdleMs: 1_000 } })
    const socket = harness.connect()
    harness.time.advance(900)
    socket.receive(heartbeat(1))
    harness.time.advance(900)
    expect(socket.state).toBe('open')
    harness.time.advance(300)
    expect(socket.state).toBe('destroyed')
    expect(harness.lines).toEqual([])
  })

  test('one whose request is being served is not idle', () => {
    const harness = new Harness(never, { settings: { maxIdleMs: 1_000 } })
    const socket = harness.connect()
    socket.receive(heartbeat(1))
    harness.time.advance(5_000)
    expect(socket.state).toBe('open')
  })

  test('a node without connections has no timer', () => {
    const harness = new Harness(() => FINE, { settings: { maxIdleMs: 1_000 } })
    harness.connect().close()
    harness.time.advance(1_000)
    expect(harness.time.pendingCount).toBe(0)
  })
})

test('the node is told of each connection that is gone', () => {
  const harness = new Harness(() => FINE)
  const [first, second] = [harness.connect(), harness.connect()]
  second?.close()
  first?.close()
  expect(harness.closed).toEqual([2, 1])
})

describe('draining', () => {
  test('closes idle connections at once and the others after their reply', async () => {
    let answer: (value: object) => void = () => {}
    const harness = new Harness(
      () =>
        new Promise<object>((resolve) => {
          answer = resolve
        }),
    )
    const [idle, busy] = [harness.connect(), harness.connect()]
    busy?.receive(Buffer.concat([heartbeat(1), heartbeat(2)]))
    const drained = harness.connections.drain('broker', 10_000)
    expect([idle?.state, busy?.state]).toEqual(['ended', 'open'])
    answer(FINE)
    await Promise.resolve()
    await Promise.resolve()
    expect(heartbeatReplies(busy as NonNullable<typeof busy>)).toEqual([{ correlationId: 1, errorCode: 0 }])
    expect(busy?.state).toBe('ended')
    idle?.close()
    busy?.close()
    await drained
  })

  test('ends long polls at once', async () => {
    const harness = new Harness(({ closed }) => new Promise((resolve) => closed.addEventListener('abort', () => resolve(null))))
    const socket = harness.connect()
    socket.receive(heartbeat(1))
    const drained = harness.connections.drain('broker', 10_000)
    await Promise.resolve()
    await Promise.resolve()
    expect([socket.sent, socket.state]).toEqual([[], 'ended'])
    socket.close()
    await drained
  })

  test('cuts off what is still there after the grace', async () => {
    const harness = new Harness(never)
    const socket = harness.connect()
    socket.receive(heartbeat(1))
    const drained = harness.connections.drain('broker', 10_000)
    harness.time.advance(10_000)
    expect(socket.state).toBe('destroyed')
    socket.close()
    await drained
  })
})

test('events tell of connections and requests while someone listens', () => {
  const events: unknown[] = []
  const listen = (event: unknown) => void events.push(event)
  const harness = new Harness(() => FINE)
  for (const channel of [connectionOpened, requestDone, connectionClosed]) channel.subscribe(listen)
  const socket = harness.connect()
  socket.receive(heartbeat(1))
  socket.close()
  for (const channel of [connectionOpened, requestDone, connectionClosed]) channel.unsubscribe(listen)
  expect(events).toMatchObject([
    { nodeId: 1, connectionId: 1, listenerName: 'PLAINTEXT' },
    { api: 'Heartbeat', apiVersion: 4, clientId: 'test', durationMs: 0, requestBytes: heartbeat(1).length - 4, replyBytes: Buffer.concat(socket.sent).length },
    { nodeId: 1, connectionId: 1 },
  ])
})
