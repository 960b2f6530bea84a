import { describe, expect, it } from 'vitest'
import { bootstrapRecords, levelOf, metadataVersionOf } from '../../../src/metadata/bootstrap-records.ts'
import { recordLevels } from '../../../src/metadata/features.ts'

describe('feature levels', () => {
  it('of a new cluster are those of Kafka 4.3.1', () => {
    expect(bootstrapRecords().map((record) => record.type === 'FeatureLevelRecord' && `${record.data.name}=${record.data.featureLevel}`)).toEqual([
      'metadata.version=30',
      'eligible.leader.replicas.version=1',
      'group.version=1',
      'share.version=1',
      'streams.version=1',
      'transaction.version=2',
    ])
    expect(metadataVersionOf(bootstrapRecords())).toBe(30)
    expect(levelOf(bootstrapRecords(), 'kraft.version')).toBe(0)
  })

  it.each([
    [7, { partition: 0, partitionChange: 0, registerBroker: 1, transactions: false, controllerRegistration: false, leaderEpochBumpOnIsrShrink: true }],
    [13, { registerBroker: 2, transactions: true, leaderEpochBumpOnIsrShrink: false }],
    [17, { partition: 1, registerBroker: 3, directoryAssignment: true, cordonedLogDirs: false }],
    [30, { partition: 2, partitionChange: 2, registerBroker: 4, cordonedLogDirs: true }],
  ])('at metadata.version %i say in which versions records are written', (level, expected) => {
    expect(recordLevels(level)).toMatchObject(expected)
  })
})
