import { describe, expect, it } from 'vitest'
import { activationRecords } from '../../../src/controller/activation.ts'
import { stateOf } from '../../../src/controller/controller-state.ts'
import { bootstrapRecords } from '../../../src/metadata/bootstrap-records.ts'
import { EMPTY_IMAGE } from '../../../src/metadata/image.ts'
import { feature } from '../metadata/records.ts'
import { cluster, rules, summary } from './cluster.ts'

const empty = stateOf(EMPTY_IMAGE)

describe('the first records of a leader', () => {
  it('of an empty log are the bootstrap records in one transaction, with the min.insync.replicas of the cluster', () => {
    const records = activationRecords(empty, { bootstrapRecords: bootstrapRecords(), hasOpenTransaction: false }, rules({ givenMinInsyncReplicas: 2 }))
    expect(summary(records)).toEqual([
      'BeginTransactionRecord name=Bootstrap records',
      'FeatureLevelRecord name=metadata.version featureLevel=30',
      'FeatureLevelRecord name=eligible.leader.replicas.version featureLevel=1',
      'FeatureLevelRecord name=group.version featureLevel=1',
      'FeatureLevelRecord name=share.version featureLevel=1',
      'FeatureLevelRecord name=streams.version featureLevel=1',
      'FeatureLevelRecord name=transaction.version featureLevel=2',
      'ConfigRecord resourceType=4 resourceName= name=min.insync.replicas value=2',
      'EndTransactionRecord ',
    ])
  })

  it('of a log with a half-written bootstrap abort that first', () => {
    const records = activationRecords(empty, { bootstrapRecords: bootstrapRecords(), hasOpenTransaction: true }, rules())
    expect(summary(records).slice(0, 2)).toEqual(['AbortTransactionRecord reason=Controller failover', 'BeginTransactionRecord name=Bootstrap records'])
  })

  it('of an older level know no transactions and no eligible leaders', () => {
    const records = activationRecords(empty, { bootstrapRecords: [feature('metadata.version', 7)], hasOpenTransaction: false }, rules())
    expect(summary(records)).toEqual(['FeatureLevelRecord name=metadata.version featureLevel=7'])
  })

  it('of a log that is not empty are none', () => {
    expect(activationRecords(cluster(), { bootstrapRecords: bootstrapRecords(), hasOpenTransaction: false }, rules())).toEqual([])
  })
})
