import { describe, expect, it } from 'vitest'
import { type SequencedBatch, SequencedBatches } from './sequenced-batches.ts'

const VALUES = ['a', 'b']

/** Batches of two records each, all of them sent at 0. */
function started(count: number): { readonly batches: SequencedBatches; readonly sent: SequencedBatch[] } {
  const batches = new SequencedBatches()
  const sent = Array.from({ length: count }, () => send(batches.add(VALUES, 0, 0)))
  return { batches, sent }
}

function send(batch: SequencedBatch): SequencedBatch {
  batch.isUnderway = true
  batch.attempts++
  return batch
}

function refuse(batch: SequencedBatch | undefined): void {
  if (batch !== undefined) batch.isUnderway = false
}

const sequencesOf = (sent: readonly SequencedBatch[]) => sent.map(({ stamp }) => stamp.sequence)

describe('the batches of an idempotent producer', () => {
  it('are numbered on, over batches of several records', () => {
    const { sent } = started(3)
    expect(sequencesOf(sent)).toEqual([0, 2, 4])
  })

  it('that have to be sent again go alone, the first one first, and no new one passes them', () => {
    const { batches, sent } = started(3)
    const [first, second] = sent as [SequencedBatch, SequencedBatch]
    refuse(second)
    expect(batches.nextRetry).toBeNull()
    expect(batches.mayAdd(0)).toBe(false)
    refuse(first)
    expect(batches.nextRetry).toBe(first)
    send(first)
    batches.onAcknowledged(first)
    expect(batches.nextRetry).toBe(second)
    send(second)
    expect(batches.mayAdd(0)).toBe(true)
  })

  it('show a gap when the next one behind those that are acknowledged is refused', () => {
    const { batches, sent } = started(3)
    const [first, second, third] = sent as [SequencedBatch, SequencedBatch, SequencedBatch]
    expect(batches.showsGap(second)).toBe(false)
    batches.onAcknowledged(first)
    expect(batches.showsGap(second)).toBe(true)
    expect(batches.showsGap(third)).toBe(false)
  })

  it('begin anew at 0 in another epoch, and are not blamed for a gap again', () => {
    const { batches, sent } = started(3)
    const [first, second, third] = sent as [SequencedBatch, SequencedBatch, SequencedBatch]
    batches.onAcknowledged(first)
    expect(batches.restamp(1).map(({ stamp }) => stamp)).toEqual([
      { producerEpoch: 1, sequence: 0 },
      { producerEpoch: 1, sequence: 2 },
    ])
    expect(batches.showsGap(second)).toBe(false)
    batches.onAcknowledged(second)
    batches.onAcknowledged(third)
    expect(batches.add(VALUES, 1, 0).stamp).toEqual({ producerEpoch: 1, sequence: 4 })
  })

  it('hold back new ones while it is unknown whether a batch that was given up is there', () => {
    const { batches, sent } = started(1)
    const [first] = sent as [SequencedBatch]
    refuse(first)
    batches.add(VALUES, 0, 10)
    batches.expire(5)
    expect(first.isDone).toBe(true)
    expect(batches.mayAdd(0)).toBe(false)
    expect(batches.endsInGap()).toBe(false)
  })

  it('go on when one behind those that were given up is acknowledged', () => {
    const { batches, sent } = started(1)
    refuse(sent[0])
    const second = send(batches.add(VALUES, 0, 10))
    batches.expire(5)
    batches.onAcknowledged(second)
    expect(batches.endsInGap()).toBe(false)
    expect(batches.mayAdd(0)).toBe(true)
  })

  it('need another epoch when the one behind those that were given up is refused, or none is left', () => {
    const { batches, sent } = started(1)
    refuse(sent[0])
    const second = send(batches.add(VALUES, 0, 10))
    batches.expire(5)
    expect(batches.showsGap(second)).toBe(true)
    refuse(second)
    batches.expire(10)
    expect(batches.endsInGap()).toBe(true)
    expect(batches.endsInGap()).toBe(false)
  })

  it('wait for those of the former epoch before the first of another one', () => {
    const { batches, sent } = started(1)
    expect(batches.mayAdd(1)).toBe(false)
    batches.onAcknowledged(sent[0] as SequencedBatch)
    expect(batches.mayAdd(1)).toBe(true)
    expect(batches.add(VALUES, 1, 0).stamp).toEqual({ producerEpoch: 1, sequence: 0 })
  })
})
