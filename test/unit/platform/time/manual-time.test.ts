import { describe, expect, test } from 'vitest'
import { nodePorts } from '../../../../src/platform/node-ports.ts'
import { manualPorts } from '../../../../src/platform/time/manual-ports.ts'
import { ManualTime } from '../../../../src/platform/time/manual-time.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('a clock that is moved', () => {
  test('stands still, begins where it is told, and never gives fractions of wall time', () => {
    const time = new ManualTime(1_000)
    time.pass(0.25)
    expect({ now: time.nowMs(), monotonic: time.monotonicMs() }).toEqual({ now: 1_000, monotonic: 0.25 })
    time.pass(10)
    expect({ now: time.nowMs(), monotonic: time.monotonicMs() }).toEqual({ now: 1_010, monotonic: 10.25 })
  })

  test('runs what came due once, in the order of the deadlines and then of the calls, at the new time', async () => {
    const time = new ManualTime(0)
    const order: string[] = []
    const note = (what: string) => () => void order.push(`${what} at ${time.nowMs()}`)
    time.schedule(30, note('later'))
    time.schedule(10, note('first'))
    time.schedule(10, note('second'))
    time.schedule(31, note('not yet'))
    time.pass(30)
    expect(order).toEqual([])
    await turn()
    expect(order).toEqual(['first at 30', 'second at 30', 'later at 30'])
  })

  test('counts what a call schedules from the new time: work that repeats is done once', async () => {
    const time = new ManualTime(0)
    let runs = 0
    const again = () => {
      runs++
      time.schedule(10, again)
    }
    time.schedule(10, again)
    time.pass(1_000)
    await turn()
    await turn()
    expect(runs).toBe(1)
    time.pass(10)
    await turn()
    expect(runs).toBe(2)
  })

  test('runs what needs no time by itself, and lets other work through in between', async () => {
    const time = new ManualTime(0)
    const order: string[] = []
    time.schedule(0, () => order.push('due'))
    time.defer(() => order.push('deferred'))
    await time.sleep(0)
    await turn()
    expect(order).toEqual(['due', 'deferred'])
    let rounds = 0
    const endless = () => {
      rounds++
      time.schedule(0, endless)
    }
    time.schedule(0, endless)
    await turn()
    expect(rounds).toBeLessThan(3)
    expect(time.isBusy).toBe(true)
  })

  test('runs no call that was cancelled, not even by one that is due with it', async () => {
    const time = new ManualTime(0)
    const ran: string[] = []
    const third = { cancel() {} }
    time.schedule(1, () => ran.push('first')).cancel()
    time.schedule(2, () => third.cancel())
    third.cancel = time.schedule(3, () => ran.push('third')).cancel
    time.pass(5)
    await turn()
    expect(ran).toEqual([])
  })

  test('ends a sleep when time has passed, or with the reason of its signal', async () => {
    const time = new ManualTime(0)
    const stop = new AbortController()
    const slept = time.sleep(5)
    const aborted = time.sleep(5, stop.signal)
    stop.abort(new Error('stopping'))
    await expect(aborted).rejects.toThrow('stopping')
    await expect(time.sleep(5, stop.signal)).rejects.toThrow('stopping')
    time.pass(5)
    await expect(slept).resolves.toBeUndefined()
  })
})

describe('ports with such a clock', () => {
  test('let time pass when what went before has ended, and say so when what came due has: on disk, too', async () => {
    const { ports, advance } = manualPorts(nodePorts())
    const order: string[] = []
    const work = async (name: string) => {
      order.push(`${name} begins`)
      await ports.disk.list('.')
      await ports.disk.info('.')
      const file = await ports.disk.open('/dev/null', 'read')
      await file.readAtAsync(Buffer.alloc(1), 0)
      file.close()
      order.push(`${name} ends`)
    }
    ports.timers.schedule(10, () => void work('due'))
    void work('before')
    await advance(10)
    expect(order).toEqual(['before begins', 'before ends', 'due begins', 'due ends'])
  })

  test('stops before the last date that there is, and stays where it was', async () => {
    const real = nodePorts()
    const { ports, advance } = manualPorts({ ...real, clock: { ...real.clock, nowMs: () => 8e15 - 10 } })
    await expect(advance(11)).rejects.toMatchObject({ code: 'ADVANCE_INVALID', message: expect.stringContaining('There are no dates 11 ms after') })
    expect(ports.clock.nowMs()).toBe(8e15 - 10)
    await advance(10)
    expect(ports.clock.nowMs()).toBe(8e15)
  })

  test('fail as the disk does', async () => {
    const { ports, advance } = manualPorts(nodePorts())
    await expect(ports.disk.list('./is-not-there')).rejects.toMatchObject({ name: 'DiskError', reason: 'not-found' })
    expect(() => ports.disk.openSync('./is-not-there', 'read')).toThrow(expect.objectContaining({ reason: 'not-found' }))
    await advance(0)
  })
})
