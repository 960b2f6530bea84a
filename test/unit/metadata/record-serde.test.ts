import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecodeError } from '../../../protocol/errors.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { type MetadataRecord, type MetadataRecordType, metadataRecordSchemas, schemaOf } from '../../../src/metadata/metadata-record.ts'
import { metadataRecordSerde } from '../../../src/metadata/record-serde.ts'
import { arbitraryMessage } from '../../support/arbitrary-message.ts'

const types = Object.keys(metadataRecordSchemas) as MetadataRecordType[]

function versionsOf(type: MetadataRecordType): number[] {
  const [first, last] = schemaOf(type).versions.split('-').map(Number)
  return Array.from({ length: (last ?? (first as number)) - (first as number) + 1 }, (_, index) => (first as number) + index)
}

describe('records of the metadata log', () => {
  it('are all that Kafka 4.3.1 has', () => {
    expect(types).toHaveLength(26)
  })

  it('have the frame that Kafka writes', () => {
    const record: MetadataRecord = { type: 'FeatureLevelRecord', version: 0, data: { name: 'metadata.version', featureLevel: 30 } }
    expect(metadataRecordSerde.encode(record).toString('hex')).toBe(`010c0011${Buffer.from('metadata.version').toString('hex')}001e00`)
  })

  it('of a partition are written as Kafka wrote one', () => {
    const topicId = 'Mes4q_16Svq4F8_4OWMCLA' as Uuid
    const record: MetadataRecord = {
      type: 'PartitionRecord',
      version: 2,
      data: {
        partitionId: 0,
        topicId,
        replicas: [1],
        isr: [1],
        removingReplicas: [],
        addingReplicas: [],
        leader: 1,
        leaderRecoveryState: 0,
        leaderEpoch: 0,
        partitionEpoch: 0,
        directories: ['etpegI6tRZWE40fAXtZKpg' as Uuid],
        eligibleLeaderReplicas: null,
        lastKnownElr: null,
      },
    }
    expect(metadataRecordSerde.encode(record)).toHaveLength(65)
  })

  describe.each(types)('%s', (type) => {
    it.each(versionsOf(type))('of version %i is the same after it was written', (version) => {
      fc.assert(
        fc.property(arbitraryMessage(schemaOf(type), version), (data) => {
          const record = { type, version, data } as unknown as MetadataRecord
          expect(metadataRecordSerde.decode(metadataRecordSerde.encode(record))).toEqual(record)
        }),
        { numRuns: 20 },
      )
    })
  })

  it.each([
    ['another frame version', '020c00'],
    ['an unknown type', '017f00'],
    ['a version that is not known yet', '010c09'],
    ['bytes behind the message', '01140000ff'],
    ['nothing', ''],
  ])('with %s are a DecodeError', (_what, hex) => {
    expect(() => metadataRecordSerde.decode(Buffer.from(hex, 'hex'))).toThrow(DecodeError)
  })

  it('of arbitrary bytes are a record or a DecodeError', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.nat(4), fc.uint8Array({ maxLength: 80 }), (key, version, rest) => {
        try {
          expect(types).toContain(metadataRecordSerde.decode(Buffer.from([1, key, version, ...rest])).type)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
