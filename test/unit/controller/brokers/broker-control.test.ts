import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { deferred } from '../../../../src/base/deferred.ts'
import { BrokerControl, type BrokerControlOptions } from '../../../../src/controller/brokers/broker-control.ts'
import { NotControllerError } from '../../../../src/controller/not-controller-error.ts'
import { silentLogger } from '../../../../src/telemetry/logger.ts'
import { broker } from '../../metadata/records.ts'
import { cluster, rules } from '../cluster.ts'

const SESSION_MS = 9000
const heartbeat = { brokerId: 2, brokerEpoch: 12, currentMetadataOffset: 100, wantFence: false, wantShutDown: false, offlineLogDirs: [], cordonedLogDirs: null }

/** Dealings with brokers over writes that a test decides on; `timers` are those that would run some day. */
function controlOver(write: BrokerControlOptions['write']) {
  const timers = new Set<() => void>()
  let nowMs = 0
  const control = new BrokerControl({
    clusterId: 'cluster',
    sessionTimeoutMs: SESSION_MS,
    rules: rules(),
    clock: { monotonicMs: () => nowMs },
    timers: {
      schedule(_delayMs, callback) {
        timers.add(callback)
        return { cancel: () => void timers.delete(callback) }
      },
    },
    logger: silentLogger,
    connectionGraceMs: -1,
    appliedOffset: () => 0,
    knownOffsetOf: () => -1,
    state: () => null,
    write,
    onFailure: (error) => {
      throw error
    },
  })
  const runTimersAfter = (ms: number) => {
    nowMs += ms
    for (const callback of [...timers]) {
      timers.delete(callback)
      callback()
    }
  }
  return { control, timers, runTimersAfter }
}

const settled = async () => {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

describe('when a leadership ends', () => {
  it('no session is watched any more, though a fencing was under way', async () => {
    const fencing = deferred<never>()
    const { control, timers, runTimersAfter } = controlOver(() => fencing.promise)
    control.begin(cluster(broker(2)).image)
    runTimersAfter(SESSION_MS + 1)
    control.end()
    fencing.reject(new NotControllerError('the controller resigned'))
    await settled()
    expect(timers.size).toBe(0)
  })

  it('no session is watched any more, though heartbeats go on coming', async () => {
    const { control, timers } = controlOver(() => Promise.reject(new NotControllerError('the controller resigned')))
    control.begin(cluster(broker(2)).image)
    control.end()
    await expect(control.brokerHeartbeat(heartbeat)).rejects.toBeInstanceOf(NotControllerError)
    expect(timers.size).toBe(0)
  })

  it('the next one begins with all who serve', async () => {
    const { control, timers } = controlOver(() => Promise.reject(new NotControllerError('the controller resigned')))
    control.begin(cluster(broker(2)).image)
    control.end()
    control.begin(cluster(broker(2)).image)
    expect(timers.size).toBe(1)
  })
})

describe('connections on which a broker is heard', () => {
  const notNow: BrokerControlOptions['write'] = () => Promise.reject(new NotControllerError('nothing is written here'))
  const connectionOf = (connectionId: number) => {
    const socket = new AbortController()
    return { connection: { connectionId, closed: socket.signal, clientSoftware: '' }, close: () => socket.abort() }
  }
  type Connection = ReturnType<typeof connectionOf>['connection']
  const hear = (control: BrokerControl, connection: Connection) => expect(control.brokerHeartbeat(heartbeat, connection)).rejects.toThrow('nothing is written')
  const listeners = ({ closed }: Connection) => getEventListeners(closed, 'abort').length

  it('leave nothing behind where two of them speak for one broker in turns: only the last is listened to', async () => {
    const { control } = controlOver(notNow)
    control.begin(cluster(broker(2)).image)
    const [one, other] = [connectionOf(1), connectionOf(2)]
    for (let turn = 0; turn < 20; turn++) for (const { connection } of [one, other]) await hear(control, connection)
    expect([listeners(one.connection), listeners(other.connection)]).toEqual([0, 1])
  })

  it('leave nothing behind when leaderships end, or the broker is unregistered', async () => {
    const { control } = controlOver(notNow)
    const { connection } = connectionOf(1)
    for (let leadership = 0; leadership < 20; leadership++) {
      control.begin(cluster(broker(2)).image)
      await hear(control, connection)
      expect(listeners(connection)).toBe(1)
      control.end()
      expect(listeners(connection)).toBe(0)
    }
    control.begin(cluster(broker(2)).image)
    await hear(control, connection)
    control.unregistered(2)
    expect(listeners(connection)).toBe(0)
  })
})
