import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { ZERO_UUID } from '../../../../protocol/uuid.ts'
import type { FetchAnswer, FetchRequest, RaftRequest } from '../../../../src/raft/core/messages.ts'
import { MAX_OPEN_REQUESTS, RequestDesk } from '../../../../src/raft/shell/request-desk.ts'

const replica = { id: 2, directoryId: ZERO_UUID }
const fetch: FetchRequest = { type: 'fetch', replica, epoch: 3, offset: 5, lastFetchedEpoch: 2, highWatermark: null, maxWaitMs: 500 }
const head = { errorCode: 0, epoch: 3, leaderId: 1 }
const found: FetchAnswer = { type: 'fetch', ...head, highWatermark: 5, logStartOffset: 0, content: { type: 'records', offset: 5, records: null } }
const EXTRAS = { maxBytes: 100, leaderEndpoints: [] }

class Stage {
  readonly asked: number[] = []
  readonly withdrawn: number[] = []
  readonly reads: (readonly [number, number])[] = []
  readonly pieces: (readonly [number, number])[] = []
  piece: Buffer | null = Buffer.from('piece')
  isCold = false
  isCut = false
  readonly desk = new RequestDesk({
    log: {
      read: (offset, options) => (this.isCold ? null : this.#read(offset, options.maxBytes)),
      readAsync: async (offset, options) => this.#read(offset, options.maxBytes),
    },
    snapshots: {
      readPiece: async (_id, position, maxBytes) => {
        this.pieces.push([position, maxBytes])
        return this.piece
      },
    },
    head: () => ({ epoch: 3, leaderId: 1 }),
    ask: (id) => this.asked.push(id),
    withdraw: (id) => this.withdrawn.push(id),
  })

  #read(offset: number, maxBytes: number) {
    this.reads.push([offset, maxBytes])
    if (this.isCut) return { kind: 'out-of-range', logStartOffset: 0, logEndOffset: 4 } as const
    return { kind: 'read', records: Buffer.from('records'), abortedTransactions: null } as const
  }
}

describe('requests of other nodes', () => {
  it('are answered with what the core says, and with records of the log where it leaves them out', async () => {
    for (const isCold of [false, true]) {
      const stage = new Stage()
      stage.isCold = isCold
      const answered = stage.desk.handle(fetch, EXTRAS)
      stage.desk.reply(stage.asked[0] as number, found)
      expect(await answered).toEqual({ ...found, content: { type: 'records', offset: 5, records: Buffer.from('records') } })
      expect(stage.reads).toEqual([[5, 100]])
    }
  })

  it('get no records of a log that was cut meanwhile, and ask again', async () => {
    const stage = new Stage()
    stage.isCut = true
    const answered = stage.desk.handle(fetch, EXTRAS)
    stage.desk.reply(1, found)
    expect(await answered).toMatchObject({ errorCode: 0, content: { records: Buffer.alloc(0) } })
  })

  it('get a piece of a snapshot, or hear that it is gone', async () => {
    const snapshotId = { offset: 9, epoch: 2 }
    const request: RaftRequest = { type: 'fetch-snapshot', replica, epoch: 3, snapshotId, position: 0 }
    const answer = { type: 'fetch-snapshot', ...head, snapshotId, position: 0, sizeBytes: 5, bytes: null } as const
    const stage = new Stage()
    const [first, second] = [stage.desk.handle(request, EXTRAS), stage.desk.handle(request, EXTRAS)]
    stage.desk.reply(1, answer)
    expect(await first).toEqual({ ...answer, bytes: Buffer.from('piece') })
    stage.piece = null
    stage.desk.reply(2, answer)
    expect(await second).toEqual({ ...answer, errorCode: ErrorCode.SNAPSHOT_NOT_FOUND })
  })

  it('get at least a batch of the log, and no byte of a snapshot, who asks for nothing', async () => {
    const snapshotId = { offset: 9, epoch: 2 }
    const stage = new Stage()
    const nothing = { ...EXTRAS, maxBytes: 0 }
    const answered = [stage.desk.handle(fetch, nothing), stage.desk.handle({ type: 'fetch-snapshot', replica, epoch: 3, snapshotId, position: 2 }, nothing)]
    stage.desk.reply(1, found)
    stage.desk.reply(2, { type: 'fetch-snapshot', ...head, snapshotId, position: 2, sizeBytes: 5, bytes: null })
    await Promise.all(answered)
    expect([stage.reads, stage.pieces]).toEqual([[[5, 1]], [[2, 0]]])
  })

  it('are refused where too many wait, and once an answer has left there is room again', async () => {
    const stage = new Stage()
    const open = Array.from({ length: MAX_OPEN_REQUESTS }, () => stage.desk.handle(fetch, EXTRAS))
    const refused = { errorCode: ErrorCode.BROKER_NOT_AVAILABLE, epoch: 3, leaderId: 1 }
    expect(await stage.desk.handle(fetch, EXTRAS)).toMatchObject(refused)
    stage.desk.reply(1, found)
    await open[0]
    void stage.desk.handle(fetch, EXTRAS)
    expect(stage.asked).toHaveLength(MAX_OPEN_REQUESTS + 1)
  })

  it('are all answered when the node stops, and so are those that come after', async () => {
    const stage = new Stage()
    const vote: RaftRequest = { type: 'vote', voter: null, candidate: replica, epoch: 4, lastOffset: 0, lastEpoch: 0, preVote: false }
    const open = [stage.desk.handle(fetch, EXTRAS), stage.desk.handle(vote, EXTRAS)]
    stage.desk.close()
    open.push(stage.desk.handle({ type: 'end-epoch', leaderId: 2, epoch: 3, preferredCandidates: [] }, EXTRAS))
    const refused = { errorCode: ErrorCode.BROKER_NOT_AVAILABLE, epoch: 3, leaderId: 1 }
    expect(await Promise.all(open)).toMatchObject([
      { type: 'fetch', ...refused },
      { type: 'vote', ...refused, granted: false },
      { type: 'end-epoch', ...refused },
    ])
  })

  it('that nobody waits for any more are withdrawn', async () => {
    const stage = new Stage()
    const left = new AbortController()
    const answered = stage.desk.handle(fetch, EXTRAS, left.signal)
    left.abort(new Error('the connection is closed'))
    expect(await answered).toMatchObject({ errorCode: ErrorCode.BROKER_NOT_AVAILABLE })
    expect(stage.withdrawn).toEqual([1])
    stage.desk.reply(1, found)
    expect(stage.reads).toEqual([])
    await stage.desk.handle(fetch, EXTRAS, left.signal)
    expect(stage.asked).toEqual([1])
  })

  it('leave nothing behind with a connection on which many came', async () => {
    const stage = new Stage()
    const { signal } = new AbortController()
    const open = Array.from({ length: 1000 }, () => stage.desk.handle(fetch, EXTRAS, signal))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1000)
    for (const id of stage.asked.slice(0, 600)) stage.desk.reply(id, found)
    stage.desk.close()
    await Promise.all(open)
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })
})
