import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../../../protocol/errors.ts'
import { decodeMetricsData, MAX_OTLP_POINTS } from '../../../../protocol/otlp/metrics-data.ts'
import { bytesField, encodeMetrics, stringField } from '../../../support/otlp/encode-metrics.ts'

describe('metrics that a client pushed', () => {
  test('gauges and sums are read, with the attributes of points and of the resource', () => {
    const bytes = encodeMetrics(
      [
        { name: 'rate', gauge: [{ value: 1.5, attributes: { node_id: 'a', partition: 3, isLeader: true } }, { value: 2 }] },
        { name: 'total', sum: [{ value: 7, isInteger: true }], isDelta: true },
        { name: 'open', sum: [{ value: -4, isInteger: true }], isMonotonic: false },
      ],
      { group_id: 'g', negative: -1 },
    )
    const [resource] = decodeMetricsData(bytes)
    expect(resource?.attributes).toEqual(
      new Map([
        ['group_id', 'g'],
        ['negative', '-1'],
      ]),
    )
    expect(resource?.metrics).toEqual([
      {
        kind: 'gauge',
        name: 'rate',
        points: [
          { attributes: new Map(Object.entries({ node_id: 'a', partition: '3', isLeader: 'true' })), value: 1.5 },
          { attributes: new Map(), value: 2 },
        ],
      },
      { kind: 'sum', name: 'total', isDelta: true, isMonotonic: true, points: [{ attributes: new Map(), value: 7 }] },
      { kind: 'sum', name: 'open', isDelta: false, isMonotonic: false, points: [{ attributes: new Map(), value: -4 }] },
    ])
  })

  test('no bytes hold nothing', () => {
    expect(decodeMetricsData(Buffer.alloc(0))).toEqual([])
  })

  test('histograms and points without a value are passed over', () => {
    const histogram = Buffer.concat([stringField(1, 'h'), bytesField(9, bytesField(1, Buffer.alloc(0)))])
    const empty = Buffer.concat([stringField(1, 'g'), bytesField(5, bytesField(1, Buffer.alloc(0)))])
    const bytes = bytesField(1, bytesField(2, Buffer.concat([bytesField(2, histogram), bytesField(2, empty)])))
    expect(decodeMetricsData(bytes)).toEqual([{ attributes: new Map(), metrics: [{ kind: 'gauge', name: 'g', points: [] }] }])
  })

  test('more points than a client can mean are refused', () => {
    const points = Array.from({ length: MAX_OTLP_POINTS + 1 }, () => ({ value: 1 }))
    expect(() => decodeMetricsData(encodeMetrics([{ name: 'm', gauge: points }]))).toThrow(DecodeError)
  })

  test('a message that is cut off anywhere but at its end is refused', () => {
    const bytes = encodeMetrics([{ name: 'rate', gauge: [{ value: 1.5, attributes: { topic: 't' } }] }], { group_id: 'g' })
    for (let length = 1; length < bytes.length; length++) expect(() => decodeMetricsData(bytes.subarray(0, length))).toThrow(DecodeError)
  })

  test('any bytes give metrics or a DecodeError', () => {
    const sound = encodeMetrics([
      { name: 'rate', gauge: [{ value: 1.5, attributes: { topic: 't', partition: 3 } }] },
      { name: 'total', sum: [{ value: 1 }] },
    ])
    const changed = fc.tuple(fc.nat(sound.length - 1), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => Buffer.from(sound).fill(byte, at, at + 1))
    const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.oneof(any, changed), (bytes) => {
        try {
          expect(decodeMetricsData(bytes)).toBeInstanceOf(Array)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
