import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProducerEntry } from '../../../../src/storage/producer/producer-entry.ts'
import { decodeSnapshot, encodeSnapshot } from '../../../../src/storage/producer/snapshot-file.ts'

const KAFKAS = new URL('../../../fixtures/storage/kafka-4.3.1-transactions-0/00000000000000000441.snapshot', import.meta.url)

function entryOf(values: { id: number; epoch: number; sequence: number; offset: number; openedAt: number; timestamp: number }): ProducerEntry {
  const entry = new ProducerEntry(values.id)
  entry.addBatch(values.epoch, { lastSequence: values.sequence, lastOffset: values.offset, offsetDelta: 0, timestampMs: values.timestamp })
  entry.currentTransactionFirstOffset = values.openedAt
  return entry
}

describe('producer snapshots', () => {
  it('of Kafka are read and written back to the byte', () => {
    const content = readFileSync(KAFKAS)
    const entries = decodeSnapshot(content)
    expect(entries?.map((entry) => [entry.producerId, entry.producerEpoch, entry.currentTransactionFirstOffset])).toEqual([
      [1, 20, -1],
      [3, 20, 440],
    ])
    expect(encodeSnapshot(entries ?? [])).toEqual(content)
  })

  it('come back as they were, with the last batch of each producer', () => {
    const number = fc.nat(2 ** 31 - 1)
    const values = fc.record({
      id: number,
      epoch: fc.nat(0x7fff),
      sequence: number,
      offset: number,
      openedAt: fc.oneof(fc.constant(-1), number),
      timestamp: fc.integer(),
    })
    fc.assert(
      fc.property(fc.uniqueArray(values, { selector: (value) => value.id, maxLength: 20 }), (producers) => {
        const entries = producers.map(entryOf)
        expect(decodeSnapshot(encodeSnapshot(entries))).toEqual(entries)
      }),
    )
  })

  it('with a changed byte, cut short or of arbitrary bytes are not taken', () => {
    const content = readFileSync(KAFKAS)
    for (let length = 0; length < content.length; length++) expect(decodeSnapshot(content.subarray(0, length))).toBeNull()
    fc.assert(
      fc.property(fc.nat(content.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(content)
        damaged[at] = (damaged[at] as number) ^ change
        expect(decodeSnapshot(damaged)).toBeNull()
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => decodeSnapshot(Buffer.from(bytes)) === null))
  })
})
