import { describe, expect, it } from 'vitest'
import { buildBatch } from '../../../../protocol/records/build-batch.ts'
import { encodeControlBatch, encodeDataBatch } from '../../../../src/raft/log-batches.ts'
import { whatFollows } from '../../../../src/raft/shell/what-follows.ts'

const batch = (baseOffset: number, epoch: number, count = 1) => {
  return encodeDataBatch(
    { baseOffset, epoch, nowMs: 0 },
    Array.from({ length: count }, (_, index) => Buffer.from(`record ${index}`)),
  )
}
const damaged = (bytes: Buffer) => {
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  return bytes
}
const PLACE = { offset: 10, lastEpoch: 3, leaderEpoch: 5 }

describe('of what a leader sends', () => {
  it.each([
    ['whole batches that continue the log', [batch(10, 3, 2), batch(12, 5)], 2],
    ['a control batch', [encodeControlBatch({ baseOffset: 10, epoch: 5, nowMs: 0 }, [{ type: 'kraft-version', kraftVersion: 1 }])], 1],
    ['what comes before a batch that is cut off', [batch(10, 3), batch(11, 3).subarray(0, 40)], 1],
    ['what comes before a batch that is damaged', [batch(10, 3), damaged(batch(11, 3))], 1],
    ['what comes before a gap', [batch(10, 3), batch(12, 3)], 1],
    ['what comes before a batch of a former epoch', [batch(10, 4), batch(11, 3)], 1],
    ['what comes before a batch of an epoch that the leader does not lead yet', [batch(10, 5), batch(11, 6)], 1],
  ])('%s is taken', (_what, batches, count) => {
    expect(whatFollows(Buffer.concat(batches), PLACE)).toEqual(Buffer.concat(batches.slice(0, count)))
  })

  it.each([
    ['a batch behind the end of the log', batch(11, 3)],
    ['a batch that the log has', batch(9, 3)],
    ['a batch of an epoch before that of the log', batch(10, 2)],
    ['a damaged batch', damaged(batch(10, 3))],
    ['a control batch without what its key announces', namingNobody()],
    ['no batch at all', Buffer.from('not a batch, and long enough to be looked at as one')],
  ])('%s is refused', (_what, bytes) => {
    expect(whatFollows(bytes, PLACE)).toBeNull()
  })

  it('nothing is nothing, and no refusal', () => {
    expect(whatFollows(Buffer.alloc(0), PLACE)).toEqual(Buffer.alloc(0))
  })
})

/** With the key of a record that names voters, and nothing behind it. */
function namingNobody(): Buffer {
  return buildBatch({ baseOffset: 10, leaderEpoch: 3, isControl: true }, [{ timestamp: 0, key: Buffer.from([0, 0, 0, 6]), value: Buffer.alloc(0) }])
}
