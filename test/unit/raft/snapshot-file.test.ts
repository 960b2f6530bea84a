import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecodeError } from '../../../protocol/errors.ts'
import { decodeSnapshot, encodeSnapshot, type SnapshotHeader } from '../../../src/raft/snapshot-file.ts'
import { kafkaBootstrapFile, kafkaVotersSnapshot } from './kafka-files.ts'

const text = { encode: (record: string) => Buffer.from(record), decode: (value: Buffer) => value.toString() }
const bytes = { encode: (record: Buffer) => record, decode: (value: Buffer) => value }
const header: SnapshotHeader = { epoch: 2, nowMs: 1000, lastContainedLogTimestampMs: 900, kraftVersion: 0, voters: [] }

describe('a snapshot', () => {
  it('gives back its records and header, in as many batches as it takes', () => {
    fc.assert(
      fc.property(fc.nat(2500), (count) => {
        const records = Array.from({ length: count }, (_, index) => `record ${index}`)
        const content = decodeSnapshot(Buffer.concat([...encodeSnapshot(header, records, text)]), text)
        expect(content).toEqual({ records, lastContainedLogTimestampMs: 900, kraftVersion: null, voters: null })
      }),
      { numRuns: 20 },
    )
  })

  it('that Kafka wrote for the voters of a new quorum is read', () => {
    const content = decodeSnapshot(kafkaVotersSnapshot(), text)
    expect(content).toMatchObject({ kraftVersion: 1, lastContainedLogTimestampMs: 1795368877825, records: [] })
    expect(content.voters).toEqual([
      {
        id: 1,
        directoryId: 'etpegI6tRZWE40fAXtZKpg',
        endpoints: [{ name: 'CONTROLLER', host: '127.0.0.1', port: 29093 }],
        minKraftVersion: 0,
        maxKraftVersion: 1,
      },
    ])
  })

  it('of voters is written byte for byte as Kafka wrote it', () => {
    const { voters, lastContainedLogTimestampMs } = decodeSnapshot(kafkaVotersSnapshot(), text)
    const [opening, footer] = [
      ...encodeSnapshot({ epoch: 0, nowMs: 1795368877856, lastContainedLogTimestampMs, kraftVersion: 1, voters: voters ?? [] }, [], text),
    ]
    expect(opening).toEqual(kafkaVotersSnapshot().subarray(0, 166))
    expect(footer).toHaveLength(75)
  })

  it('that Kafka wrote as bootstrap file has its six records', () => {
    expect(decodeSnapshot(kafkaBootstrapFile(), bytes).records).toHaveLength(6)
  })

  it('without its footer is refused', () => {
    const batches = [...encodeSnapshot(header, ['a'], text)]
    expect(() => decodeSnapshot(Buffer.concat(batches.slice(0, -1)), text)).toThrow('footer')
  })

  it('without its header is refused', () => {
    const batches = [...encodeSnapshot(header, ['a'], text)]
    expect(() => decodeSnapshot(Buffer.concat(batches.slice(1)), text)).toThrow('header')
  })

  it('with any bit changed, or cut anywhere, gives what was written or a DecodeError', () => {
    const whole = Buffer.concat([...encodeSnapshot(header, ['a', 'b'], text)])
    fc.assert(
      fc.property(fc.nat(whole.length * 8 - 1), fc.nat(whole.length), fc.boolean(), (bit, length, cuts) => {
        const damaged = Buffer.from(cuts ? whole.subarray(0, length) : whole)
        if (!cuts) damaged.writeUInt8(damaged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        try {
          expect(decodeSnapshot(damaged, text).records).toEqual(['a', 'b'])
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('of arbitrary bytes is a DecodeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
        expect(() => decodeSnapshot(Buffer.from(any), text)).toThrow(DecodeError)
      }),
    )
  })
})
