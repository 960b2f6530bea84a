import { describe, expect, it } from 'vitest'
import { RateWindow } from '../../../../src/replication/quota/rate-window.ts'
import { ReplicationQuota } from '../../../../src/replication/quota/replication-quota.ts'

describe('a rate over windows', () => {
  const rate = () => new RateWindow({ windowCount: 3, windowSizeMs: 1000 })

  it('counts for one window at least', () => {
    const window = rate()
    window.record(500, 10)
    expect(window.rate(10)).toBe(500)
    expect(window.rate(1010)).toBe(500)
    expect(window.rate(2010)).toBe(250)
  })

  it('forgets what is older than all windows', () => {
    const window = rate()
    window.record(1000, 0)
    window.record(600, 1500)
    expect(window.rate(2500)).toBe(640)
    expect(window.rate(3000)).toBe(400)
    expect(window.rate(10_000)).toBe(0)
  })
})

describe('a quota of replication', () => {
  let nowMs = 0
  let bytesPerSecond = 100
  const quota = new ReplicationQuota({
    nodeId: 1,
    clock: { monotonicMs: () => nowMs },
    bytesPerSecond: () => bytesPerSecond,
    windowCount: 11,
    windowSizeMs: 1000,
    throttledReplicas: (topic) => (topic === 'all' ? ['*'] : topic === 'some' ? ['0:1', '1:2'] : []),
  })

  it('holds for the replicas of this broker that are named', () => {
    expect([quota.isThrottled('all', 7), quota.isThrottled('some', 0), quota.isThrottled('some', 1), quota.isThrottled('other', 0)]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it('is exceeded by what is copied of them, until time has passed', () => {
    quota.record('other', 0, 1_000_000)
    expect(quota.isExceeded).toBe(false)
    quota.record('all', 0, 300)
    expect(quota.isExceeded).toBe(true)
    nowMs = 3000
    expect(quota.isExceeded).toBe(false)
  })

  it('counts nothing while there is no limit', () => {
    bytesPerSecond = Number.MAX_SAFE_INTEGER
    quota.record('all', 0, 1_000_000)
    bytesPerSecond = 100
    expect(quota.isExceeded).toBe(false)
  })
})
