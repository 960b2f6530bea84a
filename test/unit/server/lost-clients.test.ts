import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { LostClients, type Visit } from '../../../src/server/lost-clients.ts'
import { type Line, ManualTime, recordingLogger } from './harness.ts'

const TOLD = { host: 'kafka', port: 9092 }

/** A node that clients ask where to connect. */
class Stage {
  readonly time = new ManualTime()
  readonly lines: Line[] = []
  /** The connections that are open. */
  readonly visits = new Map<number, Visit>()
  readonly lost = new LostClients({
    clock: this.time,
    timers: this.time,
    logger: recordingLogger(this.lines),
    visitOf: (connectionId) => this.visits.get(connectionId) ?? null,
  })

  /** A connection that is the newest of its host, until another comes. */
  open(connectionId: number): void {
    for (const [id, visit] of this.visits) this.visits.set(id, { ...visit, isNewestOfHost: false })
    this.visits.set(connectionId, { hasWorked: false, isNewestOfHost: true })
  }

  work(connectionId: number): void {
    this.visits.set(connectionId, { ...(this.visits.get(connectionId) as Visit), hasWorked: true })
  }

  ask(connectionId: number, { told = TOLD, remote = '10.0.0.9', local = '10.0.0.1', clientId = 'app' } = {}): void {
    if (!this.visits.has(connectionId)) this.open(connectionId)
    this.lost.asked({ connectionId, clientId, remote: { host: remote, port: 50_000 + connectionId }, local: { host: local, port: 9092 } }, told)
  }

  /** Asks every second, so many times. */
  keepAsking(connectionId: number, times: number): void {
    for (let time = 0; time < times; time++) {
      this.ask(connectionId)
      this.time.advance(1000)
    }
  }

  get told(): unknown[] {
    return this.lines.map(({ fields }) => fields.clientId)
  }
}

describe('a client that does not come to the address that it was told', () => {
  test('is told of in one line: who, what it was told, what to do', () => {
    const stage = new Stage()
    stage.ask(1)
    stage.time.advance(30_000)
    stage.ask(1)
    stage.time.advance(60_000)
    expect(stage.lines).toEqual([
      {
        level: 'warn',
        message: 'a client asked where to connect and has not come to the address that it was told: perhaps it cannot reach it',
        fields: {
          client: '10.0.0.9',
          clientId: 'app',
          told: 'kafka:9092',
          cameTo: '10.0.0.1:9092',
          advice: expect.stringContaining('set advertised.listeners'),
        },
      },
    ])
  })

  test('is noticed earlier when it asks again and again, as those do that cannot connect', () => {
    const stage = new Stage()
    stage.keepAsking(1, 2)
    expect(stage.told).toEqual([])
    stage.ask(1)
    expect(stage.told).toEqual(['app'])
  })

  test('is noticed though another like it does the same', () => {
    const stage = new Stage()
    stage.ask(1)
    stage.time.advance(10)
    for (let time = 0; time < 4; time++) {
      stage.ask(2)
      stage.time.advance(500)
      stage.ask(1)
      stage.time.advance(500)
    }
    expect(stage.told).toEqual(['app'])
  })
})

describe('nothing is said of a client that', () => {
  test('asked and left', () => {
    const stage = new Stage()
    stage.ask(1)
    stage.visits.delete(1)
    stage.time.advance(60_000)
    expect(stage.told).toEqual([])
  })

  test('works on the connection on which it asked', () => {
    const stage = new Stage()
    stage.ask(1)
    stage.work(1)
    stage.keepAsking(1, 40)
    expect(stage.told).toEqual([])
  })

  test('came on another connection', () => {
    const stage = new Stage()
    stage.ask(1)
    stage.open(2)
    stage.time.advance(60_000)
    expect(stage.told).toEqual([])
  })

  test('came, and goes on asking there, as admin clients do', () => {
    const stage = new Stage()
    stage.ask(1)
    stage.time.advance(10)
    stage.keepAsking(2, 100)
    expect(stage.told).toEqual([])
  })

  test.each([
    ['came by the address that it was told', { told: { host: '10.0.0.1', port: 9092 } }],
    ['is on this machine and was told localhost', { told: { host: 'localhost', port: 9092 }, remote: '127.0.0.1', local: '127.0.0.1' }],
    ['is on this machine and was told localhost, over IPv6', { told: { host: '127.0.0.1', port: 9092 }, remote: '::1', local: '::1' }],
  ])('%s', (_what, options) => {
    const stage = new Stage()
    stage.ask(1, options)
    stage.time.advance(60_000)
    expect(stage.told).toEqual([])
  })

  test('the node does not survive', () => {
    const stage = new Stage()
    stage.ask(1)
    stage.lost[Symbol.dispose]()
    expect(stage.time.pendingCount).toBe(0)
  })
})

describe('the watch is bounded', () => {
  test('in connections at a time', () => {
    const stage = new Stage()
    for (let id = 1; id <= 150; id++) stage.ask(id, { clientId: `c${id}`, remote: `10.0.1.${id}` })
    for (const id of stage.visits.keys()) stage.visits.set(id, { hasWorked: false, isNewestOfHost: true })
    expect(stage.time.pendingCount).toBe(100)
    stage.time.advance(30_000)
    expect(stage.told).toHaveLength(100)
    expect(stage.time.pendingCount).toBe(0)
  })

  test('in lines', () => {
    const stage = new Stage()
    for (let id = 1; id <= 150; id++) {
      stage.ask(id, { clientId: `c${id}` })
      stage.time.advance(30_000)
    }
    expect(stage.told).toHaveLength(100)
  })

  test('in what is kept of a client that comes and leaves for ever', async () => {
    const stage = new Stage()
    const first = comeAndLeave(stage, 1)
    for (let id = 2; id <= 10; id++) comeAndLeave(stage, id)
    expect(await isCollected(first)).toBe(true)
    expect(stage.time.pendingCount).toBeGreaterThan(0)
  })
})

/** Before the one that came earlier is forgotten. */
function comeAndLeave(stage: Stage, connectionId: number): WeakRef<object> {
  const remote = { host: '10.0.0.9', port: 50_000 + connectionId }
  stage.lost.asked({ connectionId, clientId: 'probe', remote, local: { host: '10.0.0.1', port: 9092 } }, TOLD)
  stage.time.advance(10_000)
  return new WeakRef(remote)
}

async function isCollected(reference: WeakRef<object>): Promise<boolean> {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  // What a WeakRef was made of in this turn is kept until the turn ends.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  return reference.deref() === undefined
}
