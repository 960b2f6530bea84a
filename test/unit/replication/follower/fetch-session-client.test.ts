import { beforeEach, describe, expect, it } from 'vitest'
import { uuidFromBytes } from '../../../../protocol/uuid.ts'
import { FetchSessionClient, type WantedPartition, wantedKey } from '../../../../src/replication/follower/fetch-session-client.ts'

const TOPIC_ID = uuidFromBytes(Buffer.alloc(16, 7))

function partition(index: number, fetchOffset = 0): WantedPartition {
  return { topicId: TOPIC_ID, partition: index, currentLeaderEpoch: 0, fetchOffset, lastFetchedEpoch: -1, logStartOffset: 0, maxBytes: 1 }
}

const wanted = (...partitions: WantedPartition[]) => new Map(partitions.map((one) => [wantedKey(one), one]))
const keys = (...indexes: number[]) => new Set(indexes.map((index) => wantedKey(partition(index))))
const indexes = (partitions: readonly WantedPartition[]) => partitions.map(({ partition: index }) => index)

let session: FetchSessionClient

beforeEach(() => {
  session = new FetchSessionClient()
})

describe("a follower's fetch session", () => {
  it('begins with a request that names all', () => {
    expect(session.request(wanted(partition(0), partition(1)))).toMatchObject({ sessionId: 0, sessionEpoch: 0, forgotten: [] })
  })

  it('goes on with what is new, changed or no longer wanted', () => {
    session.request(wanted(partition(0), partition(1), partition(2)))
    session.succeeded(9, keys(0, 1, 2))
    const next = session.request(wanted(partition(0), partition(1, 5), partition(3)))
    expect(next).toMatchObject({ sessionId: 9, sessionEpoch: 1 })
    expect(indexes(next.wanted)).toEqual([1, 3])
    expect(indexes(next.forgotten)).toEqual([2])
    session.succeeded(9, keys(1))
    expect(session.request(wanted(partition(0), partition(1, 5), partition(3)))).toMatchObject({ sessionEpoch: 2, wanted: [], forgotten: [] })
    expect(session.asked(wantedKey(partition(0)))).toEqual(partition(0))
  })

  it('begins anew after a failure, and names the session that the leader may keep', () => {
    session.request(wanted(partition(0)))
    session.succeeded(9, keys(0))
    session.request(wanted(partition(0)))
    session.failed()
    expect(session.request(wanted(partition(0)))).toMatchObject({ sessionId: 9, sessionEpoch: 0, wanted: [partition(0)] })
  })

  it('does without where the leader keeps none', () => {
    session.request(wanted(partition(0)))
    session.succeeded(0, keys(0))
    expect(session.request(wanted(partition(0)))).toMatchObject({ sessionId: 0, sessionEpoch: 0, wanted: [partition(0)] })
  })

  it('ends with an answer that leaves out what was asked, or tells of what was not', () => {
    session.request(wanted(partition(0), partition(1)))
    session.succeeded(9, keys(0))
    expect(session.request(wanted(partition(0), partition(1)))).toMatchObject({ sessionEpoch: 0 })
    session.succeeded(9, keys(0, 1))
    session.request(wanted(partition(0), partition(1)))
    session.succeeded(9, keys(2))
    expect(session.request(wanted(partition(0), partition(1)))).toMatchObject({ sessionId: 9, sessionEpoch: 0 })
  })
})
