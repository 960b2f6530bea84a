import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { ConfigChange } from '../../../../src/config/changes/config-operation.ts'
import { alterConfigs } from '../../../../src/controller/configs/alter-configs.ts'
import type { ConfigEdit } from '../../../../src/controller/controller.ts'
import type { ControllerState } from '../../../../src/controller/controller-state.ts'
import { ConfigResourceType } from '../../../../src/metadata/image.ts'
import { configRecord, featureLevelRecord } from '../../../../src/metadata/image-records.ts'
import { broker, topic } from '../../metadata/records.ts'
import { cluster, rules } from '../cluster.ts'

const { TOPIC, BROKER, GROUP } = ConfigResourceType
const set = (name: string, value: string): ConfigChange => ({ name, operation: 'set', value })
const remove = (name: string): ConfigChange => ({ name, operation: 'delete', value: null })
const change = (type: number, name: string, ...changes: ConfigChange[]): ConfigEdit => ({ kind: 'change', type, name, changes })

const ELR = featureLevelRecord('eligible.leader.replicas.version', 1)

function decide(state: ControllerState, edits: readonly ConfigEdit[], validateOnly = false) {
  return alterConfigs(state, { edits, validateOnly }, rules())
}

describe('a change of settings', () => {
  it('is written once, and not at all when nothing changes', () => {
    const state = cluster(topic('t', 1), configRecord({ resourceType: TOPIC, resourceName: 't', name: 'flush.ms', value: '7' }))
    expect(decide(state, [change(TOPIC, 't', set('flush.ms', '7'))]).records).toEqual([])
    expect(decide(state, [change(TOPIC, 't', remove('flush.ms'))]).records).toEqual([
      configRecord({ resourceType: TOPIC, resourceName: 't', name: 'flush.ms', value: null }),
    ])
  })

  it('of a broker is written though nothing changes, so that the broker reads its files anew', () => {
    const record = configRecord({ resourceType: BROKER, resourceName: '1', name: 'ssl.client.auth', value: 'none' })
    expect(decide(cluster(broker(1), record), [change(BROKER, '1', set('ssl.client.auth', 'none'))]).records).toEqual([record])
  })

  it('is answered as if written when it is only to be looked at', () => {
    const edits = [change(TOPIC, 't', set('flush.ms', '7')), change(TOPIC, 'absent', set('flush.ms', '7'))]
    const decision = decide(cluster(topic('t', 1)), edits, true)
    expect(decision.records).toEqual([])
    expect(decision.reply.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION])
  })

  it('of one resource does not hang on another', () => {
    const decision = decide(cluster(topic('t', 1)), [change(TOPIC, 't', set('bad', '1')), change(GROUP, 'g', set('consumer.session.timeout.ms', '1'))])
    expect(decision.reply.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.INVALID_CONFIG, ErrorCode.NONE])
    expect(decision.records).toHaveLength(1)
  })

  it('of more settings than one batch holds is refused as a whole', () => {
    const many = Array.from({ length: 10_001 }, (_, index) => set(`name${index}`, 'x'))
    const decision = decide(cluster(broker(1)), [change(BROKER, '', ...many), change(GROUP, 'g')])
    expect(decision.records).toEqual([])
    expect(decision.reply.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.POLICY_VIOLATION, ErrorCode.POLICY_VIOLATION])
  })

  it('keeps no value longer than Kafka does', () => {
    expect(decide(cluster(topic('t', 1)), [change(TOPIC, 't', set('flush.ms', '9'.repeat(32_768)))]).reply[0]?.errorMessage).toContain('exceeds the maximum')
  })

  it('of min.insync.replicas clears what was noted of eligible leaders under the old one', () => {
    const state = cluster(ELR, topic('t', 1), broker(1))
    const types = (edit: ConfigEdit) => decide(state, [edit]).records.map((record) => [record.type, record.type === 'ClearElrRecord' && record.data.topicName])
    expect(types(change(TOPIC, 't', set('min.insync.replicas', '2')))).toEqual([
      ['ConfigRecord', false],
      ['ClearElrRecord', 't'],
    ])
    expect(types(change(BROKER, '', set('min.insync.replicas', '2')))).toEqual([
      ['ConfigRecord', false],
      ['ClearElrRecord', ''],
    ])
  })

  it('of min.insync.replicas is for all brokers, and stays, where eligible leaders are noted', () => {
    const state = cluster(ELR, broker(1))
    const edits = [change(BROKER, '1', set('min.insync.replicas', '2')), change(BROKER, '', remove('min.insync.replicas'))]
    expect(decide(state, edits).reply.map(({ errorMessage }) => errorMessage)).toEqual([
      'Broker-level min.insync.replicas cannot be altered while ELR is enabled.',
      'Cluster-level min.insync.replicas cannot be removed while ELR is enabled.',
    ])
  })

  it('needs a broker that is registered', () => {
    expect(decide(cluster(broker(1)), [change(BROKER, '7', set('my.own', 'x'))]).reply).toEqual([
      { errorCode: ErrorCode.BROKER_ID_NOT_REGISTERED, errorMessage: 'No node with id 7 found.' },
    ])
  })
})

it('what replaces all settings of a resource removes those it does not name', () => {
  const values = [
    { name: 'flush.ms', value: '7' },
    { name: 'retention.ms', value: '8' },
  ]
  const state = cluster(topic('t', 1), ...values.map((entry) => configRecord({ resourceType: TOPIC, resourceName: 't', ...entry })))
  const decision = decide(state, [{ kind: 'replace', type: TOPIC, name: 't', values: new Map([['flush.ms', '7']]) }])
  expect(decision.records).toEqual([configRecord({ resourceType: TOPIC, resourceName: 't', name: 'retention.ms', value: null })])
})
