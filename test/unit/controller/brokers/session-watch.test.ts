import { describe, expect, it } from 'vitest'
import type { BrokerIncarnation } from '../../../../src/controller/brokers/broker-fencing.ts'
import { BrokerSessions } from '../../../../src/controller/brokers/broker-sessions.ts'
import { SessionWatch } from '../../../../src/controller/brokers/session-watch.ts'
import { timedOut } from '../../../../src/controller/rejection.ts'
import { silentLogger } from '../../../../src/telemetry/logger.ts'
import { broker } from '../../metadata/records.ts'
import { cluster } from '../cluster.ts'

const TIMEOUT_MS = 9000

/** Brokers 2 and 3 are heard as a leadership begins. Time passes to the one timer's end. */
function watching() {
  let nowMs = 0
  let pending: { readonly atMs: number; readonly run: () => void } | null = null
  const sessions = new BrokerSessions({
    timeoutMs: TIMEOUT_MS,
    connectionGraceMs: -1,
    monotonicMs: () => nowMs,
    appliedOffset: () => 0,
    knownOffsetOf: () => -1,
  })
  const asked: number[] = []
  const failures: string[] = []
  let fence: (broker: BrokerIncarnation) => Promise<void> = async ({ brokerId }) => sessions.ended(brokerId)
  const timers = {
    schedule(delayMs: number, callback: () => void) {
      expect(pending, 'one timer at a time').toBeNull()
      const timer = { atMs: nowMs + delayMs, run: callback }
      pending = timer
      return {
        cancel() {
          if (pending === timer) pending = null
        },
      }
    },
  }
  const watch = new SessionWatch({
    sessions,
    timers,
    logger: silentLogger,
    fence(broker) {
      asked.push(broker.brokerId)
      return fence(broker)
    },
    onFailure: (error) => failures.push(error.message),
  })
  sessions.begin(cluster(broker(2), broker(3)).image)
  watch.watch()
  return {
    sessions,
    watch,
    asked,
    failures,
    nextMs: () => (pending === null ? null : pending.atMs - nowMs),
    fenceBy(how: typeof fence) {
      fence = how
    },
    async toTimer() {
      if (pending === null) throw new Error('no timer')
      const { atMs, run } = pending
      nowMs = atMs
      pending = null
      run()
      for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    },
  }
}

describe('the watch over sessions', () => {
  it('looks when the first session may end, and rests when none is left', async () => {
    const { asked, nextMs, toTimer } = watching()
    expect(nextMs()).toBe(TIMEOUT_MS + 1)
    await toTimer()
    expect(asked).toEqual([2, 3])
    expect(nextMs()).toBeNull()
  })

  it('asks again a moment later for who could not be fenced now, and for nobody else', async () => {
    const { sessions, asked, nextMs, fenceBy, toTimer } = watching()
    fenceBy(async ({ brokerId }) => {
      if (brokerId === 3) throw timedOut('too much waits')
      sessions.ended(brokerId)
    })
    await toTimer()
    expect([asked, nextMs()]).toEqual([[2, 3], 100])
    fenceBy(async ({ brokerId }) => sessions.ended(brokerId))
    await toTimer()
    expect([asked, nextMs()]).toEqual([[2, 3, 3], null])
  })

  it('says so when the controller breaks its own rules over a fencing', async () => {
    const { failures, fenceBy, toTimer } = watching()
    fenceBy(async ({ brokerId }) => {
      if (brokerId === 3) throw timedOut('too much waits')
      throw new Error('a rule')
    })
    await toTimer()
    expect(failures).toEqual(['a rule'])
  })
})
