import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import { fetchContext, MAX_SESSION_PARTITIONS } from '../../../../src/replication/fetch/fetch-context.ts'
import { EVICTION_MS, FetchSessionCache } from '../../../../src/replication/fetch/fetch-session-cache.ts'
import { type FetchedPartition, failedFetch, NO_RECORDS, type PartitionData, type PartitionFetch } from '../../../../src/replication/fetch/partition-fetch.ts'

class ManualClock {
  ms = 1
  nowMs(): number {
    return this.ms
  }
  monotonicMs(): number {
    return this.ms
  }
}

function counting(): { below(): number; fraction(): number; bytes(count: number): Buffer } {
  let next = 0
  return { below: () => next++, fraction: () => 0, bytes: (count) => Buffer.alloc(count) }
}

function cacheOf(maxSessions: number, clock = new ManualClock()): FetchSessionCache {
  return new FetchSessionCache({ maxSessions, clock, random: counting() })
}

function wanted(partition: number, fetchOffset = 0): PartitionFetch {
  return { topic: 't', topicId: ZERO_UUID, partition, fetchOffset, currentLeaderEpoch: -1, lastFetchedEpoch: -1, logStartOffset: -1, maxBytes: 1024 }
}

function data(partition: number, highWatermark: number, options: { records?: Buffer; logStartOffset?: number } = {}): PartitionData {
  return {
    ...failedFetch(partition, ErrorCode.NONE),
    highWatermark,
    lastStableOffset: highWatermark,
    logStartOffset: options.logStartOffset ?? 0,
    records: options.records ?? NO_RECORDS,
  }
}

interface Asked {
  readonly sessionId?: number
  readonly sessionEpoch: number
  readonly wanted?: readonly PartitionFetch[]
  readonly forgotten?: readonly number[]
  readonly usesTopicIds?: boolean
  readonly isFromFollower?: boolean
}

function ask(cache: FetchSessionCache, asked: Asked) {
  return fetchContext(cache, {
    sessionId: asked.sessionId ?? 0,
    sessionEpoch: asked.sessionEpoch,
    isFromFollower: asked.isFromFollower ?? false,
    usesTopicIds: asked.usesTopicIds ?? false,
    wanted: asked.wanted ?? [],
    forgotten: (asked.forgotten ?? []).map((partition) => ({ topic: 't', topicId: ZERO_UUID, partition })),
    nameOf: () => null,
  })
}

function answered(partitions: readonly PartitionFetch[], highWatermark: (partition: number) => number): FetchedPartition[] {
  return partitions.map((fetch) => ({ fetch, data: data(fetch.partition, highWatermark(fetch.partition)) }))
}

/** A session over the given partitions, and its id. */
function begin(cache: FetchSessionCache, partitions: readonly number[], isFromFollower = false): number {
  const context = ask(cache, { sessionEpoch: 0, wanted: partitions.map((partition) => wanted(partition)), isFromFollower })
  return context.respond(answered(context.partitions, () => 0)).sessionId
}

describe('a fetch session', () => {
  it('takes a partition that was forgotten for a new one when it is named again', () => {
    const cache = cacheOf(10)
    const sessionId = begin(cache, [0, 1])
    ask(cache, { sessionId, sessionEpoch: 1, wanted: [wanted(1, 5)] }).respond([])
    ask(cache, { sessionId, sessionEpoch: 2, forgotten: [1] }).respond([])
    const again = ask(cache, { sessionId, sessionEpoch: 3, wanted: [wanted(1, 7), wanted(0, 3)] })
    expect(again.partitions.map(({ partition, fetchOffset }) => [partition, fetchOffset])).toEqual([
      [0, 3],
      [1, 7],
    ])
  })

  it('is made by a full fetch and then answers only what is new', () => {
    const cache = cacheOf(10)
    const sessionId = begin(cache, [0, 1])
    expect(sessionId).toBeGreaterThan(0)
    const next = ask(cache, { sessionId, sessionEpoch: 1 })
    expect(next.partitions.map(({ partition }) => partition)).toEqual([0, 1])
    const { fetched, ...answer } = next.respond(answered(next.partitions, (partition) => partition))
    expect(answer).toEqual({ errorCode: ErrorCode.NONE, sessionId })
    expect(fetched.map(({ fetch }) => fetch.partition)).toEqual([1])
  })

  it('is not made for a fetch that wants none', () => {
    const cache = cacheOf(10)
    const context = ask(cache, { sessionEpoch: -1, wanted: [wanted(0)] })
    expect(context.respond(answered(context.partitions, () => 5))).toMatchObject({ sessionId: 0, fetched: [{ fetch: { partition: 0 } }] })
    expect(cache.size).toBe(0)
  })

  it('ends when a fetch asks for a full one under its id', () => {
    const cache = cacheOf(10)
    const sessionId = begin(cache, [0])
    ask(cache, { sessionId, sessionEpoch: -1 })
    expect(cache.get(sessionId)).toBeUndefined()
    expect(ask(cache, { sessionId, sessionEpoch: 1 }).respond([])).toMatchObject({ errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND, sessionId: 0 })
  })

  it('refuses an epoch that is not the next', () => {
    const cache = cacheOf(10)
    const sessionId = begin(cache, [0])
    expect(ask(cache, { sessionId, sessionEpoch: 2 }).respond([])).toMatchObject({ errorCode: ErrorCode.INVALID_FETCH_SESSION_EPOCH, sessionId: 0 })
  })

  it('refuses a version that names topics otherwise', () => {
    const cache = cacheOf(10)
    const sessionId = begin(cache, [0])
    expect(ask(cache, { sessionId, sessionEpoch: 1, usesTopicIds: true }).respond([]).errorCode).toBe(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR)
  })

  it('answers an error when another fetch used it during the wait', () => {
    const cache = cacheOf(10)
    const sessionId = begin(cache, [0])
    const slow = ask(cache, { sessionId, sessionEpoch: 1 })
    ask(cache, { sessionId, sessionEpoch: 2 })
    expect(slow.respond(answered(slow.partitions, () => 9))).toEqual({ errorCode: ErrorCode.INVALID_FETCH_SESSION_EPOCH, sessionId, fetched: [] })
  })

  it('ends with its last partition', () => {
    const cache = cacheOf(10)
    const sessionId = begin(cache, [0])
    const last = ask(cache, { sessionId, sessionEpoch: 1, forgotten: [0] })
    expect(last.partitions).toEqual([])
    expect(last.respond([])).toMatchObject({ errorCode: ErrorCode.NONE, sessionId: 0 })
    expect(cache.size).toBe(0)
  })

  it('puts partitions that gave records behind the others', () => {
    const cache = cacheOf(10)
    const sessionId = begin(cache, [0, 1, 2])
    const first = ask(cache, { sessionId, sessionEpoch: 1 })
    first.respond([{ fetch: wanted(0), data: data(0, 1, { records: Buffer.alloc(61) }) }])
    expect(ask(cache, { sessionId, sessionEpoch: 2 }).partitions.map(({ partition }) => partition)).toEqual([1, 2, 0])
  })

  it('tells the first good answer after an error, though it says nothing else new', () => {
    const cache = cacheOf(10)
    const sessionId = begin(cache, [0])
    const broken = ask(cache, { sessionId, sessionEpoch: 1 })
    const [fetch] = broken.partitions as [PartitionFetch]
    expect(broken.respond([{ fetch, data: failedFetch(0, ErrorCode.NOT_LEADER_OR_FOLLOWER) }]).fetched).toHaveLength(1)
    const again = ask(cache, { sessionId, sessionEpoch: 2 })
    expect(again.respond(answered(again.partitions, () => 0)).fetched).toHaveLength(1)
  })

  it('is not made for more partitions than one may hold, and given up when it grows beyond', () => {
    const cache = cacheOf(10)
    const many = Array.from({ length: MAX_SESSION_PARTITIONS + 1 }, (_, partition) => wanted(partition))
    const context = ask(cache, { sessionEpoch: 0, wanted: many })
    expect(context.respond(answered(context.partitions, () => 0)).sessionId).toBe(0)
    const sessionId = begin(cache, [0])
    expect(ask(cache, { sessionId, sessionEpoch: 1, wanted: many }).respond([]).errorCode).toBe(ErrorCode.FETCH_SESSION_ID_NOT_FOUND)
    expect(cache.size).toBe(0)
  })
})

describe('the cache of fetch sessions', () => {
  it('gives no session when it is full of young ones', () => {
    const cache = cacheOf(2)
    begin(cache, [0])
    begin(cache, [0])
    expect(begin(cache, [0, 1, 2])).toBe(0)
    expect(cache.size).toBe(2)
  })

  it('gives no session at all with no slots', () => {
    expect(begin(cacheOf(0), [0])).toBe(0)
  })

  it('lets a session go that nobody used for two minutes, whatever its size', () => {
    const clock = new ManualClock()
    const cache = cacheOf(1, clock)
    const idle = begin(cache, [0, 1, 2])
    clock.ms += EVICTION_MS + 1
    const fresh = begin(cache, [0])
    expect(fresh).toBeGreaterThan(0)
    expect(cache.get(idle)).toBeUndefined()
  })

  it('lets an old session in use go for a larger one only', () => {
    const clock = new ManualClock()
    const cache = cacheOf(1, clock)
    const old = begin(cache, [0, 1])
    clock.ms += EVICTION_MS + 1
    ask(cache, { sessionId: old, sessionEpoch: 1 })
    expect(begin(cache, [0, 1])).toBe(0)
    expect(begin(cache, [0, 1, 2])).toBeGreaterThan(0)
    expect(cache.get(old)).toBeUndefined()
  })

  it('lets a young session of a consumer go for that of a follower', () => {
    const cache = cacheOf(1)
    const consumer = begin(cache, [0, 1, 2])
    expect(begin(cache, [0], true)).toBeGreaterThan(0)
    expect(cache.get(consumer)).toBeUndefined()
  })
})

/** A fetcher keeps its own picture from the answers; it must always be what the broker has. */
describe('a fetcher that merges what its session answers', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('append' as const), partition: fc.nat(4) }),
    fc.record({ kind: fc.constant('trim' as const), partition: fc.nat(4) }),
    fc.record({ kind: fc.constant('add' as const), partition: fc.nat(4) }),
    fc.record({ kind: fc.constant('forget' as const), partition: fc.nat(4) }),
    fc.record({ kind: fc.constant('fetch' as const), partition: fc.nat(4) }),
    fc.record({ kind: fc.constant('restart' as const), partition: fc.nat(4) }),
    fc.record({ kind: fc.constant('wrong-epoch' as const), partition: fc.nat(4) }),
  )

  it('knows high watermark and log start of every partition that it asks for', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const cache = cacheOf(3)
        const broker = Array.from({ length: 5 }, () => ({ highWatermark: 0, logStartOffset: 0 }))
        const interest = new Set<number>()
        const added = new Set<number>()
        const forgotten = new Set<number>()
        let picture = new Map<number, { highWatermark: number; logStartOffset: number }>()
        let session = { id: 0, epoch: 0 }

        const fetchNow = () => {
          const isFull = session.epoch === 0
          const context = ask(cache, {
            sessionId: session.id,
            sessionEpoch: session.epoch,
            wanted: [...(isFull ? interest : added)].map((partition) => wanted(partition)),
            forgotten: isFull ? [] : [...forgotten],
          })
          const fetched = context.partitions.map((fetch) => {
            const { highWatermark, logStartOffset } = broker[fetch.partition] as (typeof broker)[number]
            return { fetch, data: data(fetch.partition, highWatermark, { logStartOffset }) }
          })
          expect(new Set(context.partitions.map(({ partition }) => partition))).toEqual(interest)
          const answer = context.respond(fetched)
          expect(answer.errorCode).toBe(ErrorCode.NONE)
          if (isFull) picture = new Map()
          for (const { fetch, data: told } of answer.fetched) picture.set(fetch.partition, told)
          for (const partition of interest) expect(picture.get(partition)).toMatchObject(broker[partition] as object)
          session = answer.sessionId === 0 ? { id: 0, epoch: 0 } : { id: answer.sessionId, epoch: session.epoch + 1 }
          added.clear()
          forgotten.clear()
        }

        for (const { kind, partition } of steps) {
          const held = broker[partition] as (typeof broker)[number]
          if (kind === 'append') held.highWatermark++
          else if (kind === 'trim') held.logStartOffset = held.highWatermark
          else if (kind === 'add') {
            interest.add(partition)
            added.add(partition)
            forgotten.delete(partition)
          } else if (kind === 'forget') {
            interest.delete(partition)
            added.delete(partition)
            picture.delete(partition)
            forgotten.add(partition)
          } else if (kind === 'fetch') {
            if (interest.size > 0) fetchNow()
          } else if (kind === 'restart') session = { id: session.id, epoch: 0 }
          else if (session.epoch > 0) {
            const refused = ask(cache, { sessionId: session.id, sessionEpoch: session.epoch + 7 })
            expect(refused.respond([]).errorCode).toBe(ErrorCode.INVALID_FETCH_SESSION_EPOCH)
          }
        }
      }),
    )
  })
})
