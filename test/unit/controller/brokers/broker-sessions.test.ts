import { describe, expect, it } from 'vitest'
import type { BrokerIncarnation } from '../../../../src/controller/brokers/broker-fencing.ts'
import { BrokerSessions } from '../../../../src/controller/brokers/broker-sessions.ts'
import { broker } from '../../metadata/records.ts'
import { cluster, stateAfter } from '../cluster.ts'

const TIMEOUT_MS = 9000

function sessionsOf(image = cluster().image, connectionGraceMs = -1) {
  let nowMs = 0
  let appliedOffset = 0
  const fetchOffsets = new Map<number, number>()
  const sessions = new BrokerSessions({
    timeoutMs: TIMEOUT_MS,
    connectionGraceMs,
    monotonicMs: () => nowMs,
    appliedOffset: () => appliedOffset,
    knownOffsetOf: (id) => fetchOffsets.get(id) ?? -1,
  })
  sessions.begin(image)
  const pass = (ms: number) => {
    nowMs += ms
  }
  const apply = (offset: number) => {
    appliedOffset = offset
  }
  const heard = (broker: BrokerIncarnation, currentMetadataOffset = 0, on = connection(1)) => sessions.heard({ ...broker, currentMetadataOffset }, on)
  return { sessions, pass, apply, heard, fetchOffsets }
}

function connection(connectionId: number, clientSoftware = 'odradek') {
  return { connectionId, closed: new AbortController().signal, clientSoftware }
}

const second = { brokerId: 2, brokerEpoch: 12 }

describe('the session of a broker', () => {
  it('begins with its first heartbeat, not with its registration', () => {
    const { sessions, heard } = sessionsOf()
    sessions.registered(second, 12, false)
    expect([sessions.isLive(2), sessions.nextExpiryMs]).toEqual([false, null])
    heard(second)
    expect([sessions.isLive(2), sessions.nextExpiryMs]).toEqual([true, TIMEOUT_MS])
  })

  it('ends after the time without a heartbeat, and not before', () => {
    const { sessions, pass, heard } = sessionsOf()
    sessions.registered(second, 12, false)
    heard(second)
    pass(TIMEOUT_MS)
    expect([sessions.isLive(2), sessions.expired()]).toEqual([true, []])
    pass(1)
    expect([sessions.isLive(2), sessions.expired()]).toEqual([false, [second]])
  })

  it('is not prolonged by another incarnation', () => {
    const { sessions, pass, heard } = sessionsOf()
    sessions.registered(second, 12, false)
    heard(second)
    pass(TIMEOUT_MS)
    heard({ ...second, brokerEpoch: 11 })
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
    const { sessions, pass, heard } = sessionsOf(cluster(broker(1)).image)
    sessions.registered({ brokerId: 1, brokerEpoch: 40 }, 40, true)
    heard({ brokerId: 1, brokerEpoch: 40 })
    pass(100 * TIMEOUT_MS)
    expect([sessions.isLive(1), sessions.expired(), sessions.nextExpiryMs]).toEqual([true, [], null])
    sessions.unregistered(1)
    expect(sessions.isLive(1)).toBe(false)
    sessions.registered({ brokerId: 1, brokerEpoch: 50 }, 50, false)
    heard({ brokerId: 1, brokerEpoch: 50 })
    expect(sessions.nextExpiryMs).toBe(TIMEOUT_MS)
  })
})

describe('a broker that shuts down', () => {
  const [own, third] = [
    { brokerId: 1, brokerEpoch: 11 },
    { brokerId: 3, brokerEpoch: 13 },
  ]
  const leaving = { isShuttingDown: true, decidedOffset: 60 }

  it('may go when all brokers that serve have applied what was decided when it began', () => {
    const { image } = cluster(broker(1), broker(2), broker(3), broker(4, { fenced: true }))
    const { sessions, apply, heard } = sessionsOf(image)
    sessions.registered(own, 11, true)
    heard(third, 59)
    sessions.reported(2, leaving)
    apply(60)
    const mayGo = () => sessions.standingOf(stateAfterLeaving.image, 2).isHandedOver
    const stateAfterLeaving = stateAfter({ image, collisions: cluster().collisions }, [broker(2, { inControlledShutdown: true })])
    expect(mayGo()).toBe(false)
    heard(third, 60)
    expect(mayGo()).toBe(true)
    apply(59)
    expect(mayGo()).toBe(false)
    // What is decided later is not waited for.
    apply(60)
    sessions.reported(2, { ...leaving, decidedOffset: 90 })
    expect(mayGo()).toBe(true)
  })

  it('waits for the others when it runs in this process, too', () => {
    const { image } = cluster(broker(1, { inControlledShutdown: true }), broker(3))
    const { sessions, heard } = sessionsOf(image)
    sessions.registered(own, 11, true)
    sessions.reported(1, leaving)
    heard(third, 59)
    expect(sessions.standingOf(image, 1).isHandedOver).toBe(false)
    heard(third, 60)
    expect(sessions.standingOf(image, 1).isHandedOver).toBe(true)
  })

  it('does not wait for one that has no connection', () => {
    const { image } = cluster(broker(1, { inControlledShutdown: true }), broker(3))
    const { sessions, heard } = sessionsOf(image)
    sessions.reported(1, leaving)
    heard(third, 59)
    sessions.connectionClosed(3, 1)
    expect(sessions.standingOf(image, 1).isHandedOver).toBe(true)
  })
})

describe('a broker whose connection closes', () => {
  const GRACE_MS = 300

  function connected(graceMs = GRACE_MS) {
    const all = sessionsOf(cluster(broker(2)).image, graceMs)
    all.heard(second)
    return all
  }

  it('has its session no longer than the grace, unless it comes back', () => {
    const { sessions, pass, heard } = connected()
    sessions.connectionClosed(2, 1)
    expect(sessions.nextExpiryMs).toBe(GRACE_MS)
    pass(GRACE_MS)
    expect(sessions.expired()).toEqual([])
    heard(second, 0, connection(2))
    expect(sessions.nextExpiryMs).toBe(TIMEOUT_MS)
    sessions.connectionClosed(2, 2)
    pass(GRACE_MS + 1)
    expect(sessions.expired()).toEqual([second])
  })

  it('may be replaced by another incarnation at once, but where sessions do not end by it', () => {
    const { sessions } = connected()
    expect(sessions.isLive(2)).toBe(true)
    sessions.connectionClosed(2, 1)
    expect(sessions.isLive(2)).toBe(false)
    const asKafka = connected(-1)
    asKafka.sessions.connectionClosed(2, 1)
    expect(asKafka.sessions.isLive(2)).toBe(true)
  })

  it('may be replaced when a new leader has not heard of it for the grace, as where all nodes were killed and start again', () => {
    const began = (graceMs: number) => sessionsOf(cluster(broker(2)).image, graceMs)
    const { sessions, pass, heard } = began(GRACE_MS)
    pass(GRACE_MS - 1)
    expect(sessions.isLive(2)).toBe(true)
    pass(1)
    expect(sessions.isLive(2)).toBe(false)
    expect(sessions.expired()).toEqual([])
    heard(second)
    pass(GRACE_MS)
    expect(sessions.isLive(2)).toBe(true)
    const asKafka = began(-1)
    asKafka.pass(GRACE_MS)
    expect(asKafka.sessions.isLive(2)).toBe(true)
  })

  it('has its session as ever where the setting says so, and where another connection is in use by then', () => {
    const asKafka = connected(-1)
    asKafka.sessions.connectionClosed(2, 1)
    expect(asKafka.sessions.nextExpiryMs).toBe(TIMEOUT_MS)
    const { sessions, heard } = connected()
    heard(second, 0, connection(2))
    expect(sessions.connectionClosed(2, 1)).toBe(false)
    expect(sessions.nextExpiryMs).toBe(TIMEOUT_MS)
  })

  it('does not gain time by it', () => {
    const { sessions, pass } = connected()
    pass(TIMEOUT_MS - 100)
    sessions.connectionClosed(2, 1)
    expect(sessions.nextExpiryMs).toBe(100)
  })

  it('is one that a new leader finds out of reach, but not one that is connected', () => {
    const { sessions, pass, heard } = sessionsOf(cluster(broker(2), broker(3), broker(4, { fenced: true })).image, GRACE_MS)
    heard({ brokerId: 3, brokerEpoch: 13 })
    expect([2, 3, 4, 5].map((id) => sessions.unreachable(id))).toEqual([true, false, false, false])
    pass(100)
    expect(sessions.unreachable(2)).toBe(false)
    expect(sessions.nextExpiryMs).toBe(GRACE_MS - 100)
  })
})

describe('a node that is out of reach before a leadership begins', () => {
  const { image } = cluster(broker(2), broker(3))

  it('is a broker without a connection since then, which may still show itself', () => {
    const { sessions, heard, pass } = sessionsOf(cluster().image, 300)
    sessions.unreachable(2)
    pass(150)
    sessions.unreachable(2)
    sessions.begin(image)
    expect(sessions.nextExpiryMs).toBe(150)
    pass(150)
    sessions.begin(image)
    expect(sessions.nextExpiryMs).toBe(100)
    heard(second)
    expect(sessions.nextExpiryMs).toBe(TIMEOUT_MS)
  })

  it('is forgotten after a while, with a leadership, and when it is heard', () => {
    const { sessions, heard, pass } = sessionsOf(cluster().image, 300)
    const expiryAfter = (meanwhile: () => void) => {
      sessions.end()
      sessions.unreachable(2)
      meanwhile()
      sessions.begin(image)
      return sessions.nextExpiryMs
    }
    expect(expiryAfter(() => undefined)).toBe(300)
    expect(expiryAfter(() => pass(1001))).toBe(TIMEOUT_MS)
    expect(expiryAfter(() => sessions.end())).toBe(TIMEOUT_MS)
    expect(
      expiryAfter(() => {
        sessions.begin(image)
        heard(second)
      }),
    ).toBe(TIMEOUT_MS)
  })
})

describe('a broker that is waited for', () => {
  const image = cluster(broker(1), broker(2), broker(3, { fenced: true }), broker(4, { inControlledShutdown: true })).image
  const behind = (sessions: BrokerSessions) => sessions.behind(image, 60).map(({ brokerId }) => brokerId)

  it('serves, connected or not, and has not said that it is as far', () => {
    const { sessions, apply, heard } = sessionsOf(image)
    sessions.registered({ brokerId: 1, brokerEpoch: 11 }, 11, true)
    apply(60)
    heard(second, 59)
    expect(behind(sessions)).toEqual([2])
    heard(second, 60)
    expect(behind(sessions)).toEqual([])
    heard(second, 59)
    sessions.connectionClosed(2, 1)
    expect(behind(sessions)).toEqual([2])
  })

  it('need but have the record when it is not one that tells at once', () => {
    const { sessions, apply, heard, fetchOffsets } = sessionsOf(image)
    sessions.registered({ brokerId: 1, brokerEpoch: 11 }, 11, true)
    apply(60)
    fetchOffsets.set(2, 61)
    heard(second, 59)
    expect(behind(sessions)).toEqual([2])
    heard(second, 59, connection(2, 'apache-kafka-java'))
    expect(behind(sessions)).toEqual([])
    fetchOffsets.set(2, 60)
    expect(behind(sessions)).toEqual([2])
  })
  it('tells at once as far as is known before a leadership has heard it', () => {
    const { sessions, heard, fetchOffsets } = sessionsOf(image)
    sessions.registered({ brokerId: 1, brokerEpoch: 11 }, 60, true)
    fetchOffsets.set(2, 61)
    sessions.begin(image)
    expect(behind(sessions)).toContain(2)
    heard(second, 59, connection(2, 'apache-kafka-java'))
    expect(behind(sessions)).not.toContain(2)
  })
})
