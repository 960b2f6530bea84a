import { describe, expect, it } from 'vitest'
import { BrokerSessions } from '../../../../src/controller/brokers/broker-sessions.ts'
import { broker } from '../../metadata/records.ts'
import { cluster, stateAfter } from '../cluster.ts'

const TIMEOUT_MS = 9000

function sessionsOf(image = cluster().image) {
  let nowMs = 0
  let appliedOffset = 0
  const sessions = new BrokerSessions({ timeoutMs: TIMEOUT_MS, monotonicMs: () => nowMs, appliedOffset: () => appliedOffset })
  sessions.begin(image)
  const pass = (ms: number) => {
    nowMs += ms
  }
  const apply = (offset: number) => {
    appliedOffset = offset
  }
  return { sessions, pass, apply }
}

const second = { brokerId: 2, brokerEpoch: 12 }

describe('the session of a broker', () => {
  it('begins with its first heartbeat, not with its registration', () => {
    const { sessions } = sessionsOf()
    sessions.registered(second, 12, false)
    expect([sessions.isLive(2), sessions.nextExpiryMs]).toEqual([false, null])
    sessions.heard(second)
    expect([sessions.isLive(2), sessions.nextExpiryMs]).toEqual([true, TIMEOUT_MS])
  })

  it('ends after the time without a heartbeat, and not before', () => {
    const { sessions, pass } = sessionsOf()
    sessions.registered(second, 12, false)
    sessions.heard(second)
    pass(TIMEOUT_MS)
    expect([sessions.isLive(2), sessions.expired()]).toEqual([true, []])
    pass(1)
    expect([sessions.isLive(2), sessions.expired()]).toEqual([false, [second]])
  })

  it('is not prolonged by another incarnation', () => {
    const { sessions, pass } = sessionsOf()
    sessions.registered(second, 12, false)
    sessions.heard(second)
    pass(TIMEOUT_MS)
    sessions.heard({ ...second, brokerEpoch: 11 })
    pass(1)
    expect(sessions.isLive(2)).toBe(false)
  })

  it('of brokers that were served when a leadership began counts from then; fenced ones have none', () => {
    const { sessions, pass } = sessionsOf(cluster(broker(2), broker(3, { fenced: true })).image)
    expect([sessions.isLive(2), sessions.isLive(3)]).toEqual([true, false])
    pass(TIMEOUT_MS + 1)
    expect(sessions.expired()).toEqual([second])
  })

  it('of the broker in this process never ends while it is registered', () => {
    const { sessions, pass } = sessionsOf(cluster(broker(1)).image)
    sessions.registered({ brokerId: 1, brokerEpoch: 40 }, 40, true)
    sessions.heard({ brokerId: 1, brokerEpoch: 40 })
    pass(100 * TIMEOUT_MS)
    expect([sessions.isLive(1), sessions.expired(), sessions.nextExpiryMs]).toEqual([true, [], null])
    sessions.unregistered(1)
    expect(sessions.isLive(1)).toBe(false)
    sessions.registered({ brokerId: 1, brokerEpoch: 50 }, 50, false)
    sessions.heard({ brokerId: 1, brokerEpoch: 50 })
    expect(sessions.nextExpiryMs).toBe(TIMEOUT_MS)
  })
})

describe('a broker that shuts down', () => {
  const own = { brokerId: 1, brokerEpoch: 11 }
  const told = { appliedOffset: 50, isShuttingDown: false, decidedOffset: 60 }

  it('may go when all brokers that serve have applied what was decided when it began', () => {
    const { image } = cluster(broker(1), broker(2), broker(3), broker(4, { fenced: true }))
    const { sessions, apply } = sessionsOf(image)
    sessions.registered(own, 11, true)
    sessions.reported(3, { ...told, appliedOffset: 59 })
    sessions.reported(2, { ...told, isShuttingDown: true })
    apply(60)
    const mayGo = () => sessions.standingOf(stateAfterLeaving.image, 2).isHandedOver
    const stateAfterLeaving = stateAfter({ image, collisions: cluster().collisions }, [broker(2, { inControlledShutdown: true })])
    expect(mayGo()).toBe(false)
    sessions.reported(3, { ...told, appliedOffset: 60 })
    expect(mayGo()).toBe(true)
    apply(59)
    expect(mayGo()).toBe(false)
    // What is decided later is not waited for.
    apply(60)
    sessions.reported(2, { ...told, isShuttingDown: true, decidedOffset: 90 })
    expect(mayGo()).toBe(true)
  })

  it('waits for nobody when it runs in this process', () => {
    const { image } = cluster(broker(1), broker(3))
    const { sessions } = sessionsOf(image)
    sessions.registered(own, 11, true)
    expect(sessions.standingOf(image, 1).isHandedOver).toBe(true)
  })
})
