import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import { brokerHeartbeat, type HeartbeatCommand } from '../../../../src/controller/brokers/broker-heartbeat.ts'
import { type BrokerRegistrationCommand, registerBroker } from '../../../../src/controller/brokers/broker-registration.ts'
import { knownFeatures } from '../../../../src/metadata/features.ts'
import { DirectoryId } from '../../../../src/metadata/image.ts'
import { broker, brokerChange, brokerDirectory, partition, topic } from '../../metadata/records.ts'
import { cluster, rules, stateAfter, summary } from '../cluster.ts'

const command: BrokerRegistrationCommand = {
  clusterId: 'cluster',
  brokerId: 1,
  incarnationId: 'newIncarnationAAAAAAAA' as Uuid,
  endpoints: [{ name: 'PLAINTEXT', host: 'a', port: 9092, securityProtocol: 0 }],
  features: knownFeatures,
  rack: null,
  logDirs: [brokerDirectory(1)],
  previousBrokerEpoch: -1,
}
const environment = { clusterId: 'cluster', nextOffset: 77, hasLiveSession: false }
const withTopic = cluster(broker(1), broker(2), topic('foo', 1), partition(1, 0), partition(1, 1, { replicas: [2, 1] }))

function register(state = cluster(), change: Partial<BrokerRegistrationCommand> = {}, change2: Partial<typeof environment> = {}) {
  return registerBroker(state, { ...command, ...change }, { ...environment, ...change2 }, rules())
}

describe('a broker that registers', () => {
  it('begins fenced, with the next offset as its epoch', () => {
    const { records, reply } = register()
    expect(reply).toMatchObject({ errorCode: 0, brokerEpoch: 77 })
    expect(records).toMatchObject([{ type: 'RegisterBrokerRecord', version: 4, data: { brokerId: 1, brokerEpoch: 77, fenced: true, cordonedLogDirs: null } }])
  })

  it('after a clean shutdown leaves what it was in sync with, and stays eligible', () => {
    const { records } = register(withTopic, { previousBrokerEpoch: 11 })
    expect(summary(records.slice(0, -1))).toEqual([
      'PartitionChangeRecord partitionId=0 isr=[] leader=-1 eligibleLeaderReplicas=[1] lastKnownElr=[1]',
      'PartitionChangeRecord partitionId=1 isr=[2]',
    ])
  })

  it('after any other end is not eligible either', () => {
    const { records } = register(withTopic)
    expect(summary(records.slice(0, -1))).toEqual([
      'PartitionChangeRecord partitionId=0 isr=[] leader=-1 lastKnownElr=[1]',
      'PartitionChangeRecord partitionId=1 isr=[2]',
    ])
  })

  it('again in the same life keeps its epoch and state', () => {
    const state = cluster(broker(1, { incarnationId: command.incarnationId, fenced: false }))
    const { records } = register(state, { endpoints: [] })
    expect(records).toMatchObject([{ data: { brokerEpoch: 11, fenced: false, endPoints: [] } }])
  })

  const cases: readonly [string, keyof typeof ErrorCode, string, Partial<BrokerRegistrationCommand>, Partial<typeof environment>?][] = [
    ['in another cluster', 'INCONSISTENT_CLUSTER_ID', 'Expected cluster ID cluster, but got cluster ID other', { clusterId: 'other' }],
    ['while its last incarnation is alive', 'DUPLICATE_BROKER_REGISTRATION', 'Another broker is registered with that broker id.', {}, { hasLiveSession: true }],
    ['under a number that stands for none', 'INVALID_REGISTRATION', 'The broker id -1 is negative', { brokerId: -1 }],
    [
      'with a protocol that nobody could read',
      'INVALID_REGISTRATION',
      'Unknown security protocol 77 in listener ODD',
      { endpoints: [{ name: 'ODD', host: 'a', port: 9092, securityProtocol: 77 }] },
    ],
    ['without directories', 'INVALID_REGISTRATION', 'No directories specified in request', { logDirs: [] }],
    ['with a reserved directory', 'INVALID_REGISTRATION', 'Reserved directory ID in request', { logDirs: [DirectoryId.LOST] }],
    ['with a directory twice', 'INVALID_REGISTRATION', 'Duplicate directory ID in request', { logDirs: [brokerDirectory(1), brokerDirectory(1)] }],
    [
      "with another broker's directory",
      'INVALID_REGISTRATION',
      `Broker 2 is already registered with directory ${brokerDirectory(2)}`,
      { logDirs: [brokerDirectory(2)] },
    ],
    ['without metadata.version', 'INVALID_REGISTRATION', "Request features do not contain 'metadata.version'", { features: [] }],
    [
      'without a finalized feature',
      'UNSUPPORTED_VERSION',
      'Unable to register because the broker does not support finalized version 1 of eligible.leader.replicas.version. The broker wants a version between 0 and 0, inclusive.',
      { features: knownFeatures.filter((feature) => feature.name === 'metadata.version') },
    ],
  ]
  it.each(cases)('is refused %s', (_what, code, message, change, change2 = {}) => {
    const { records, reply } = register(withTopic, change, change2)
    expect(reply.errorCode).toBe(ErrorCode[code])
    expect(reply.errorMessage).toContain(message)
    expect(reply.brokerEpoch).toBe(-1)
    expect(records).toEqual([])
  })
})

describe('a heartbeat', () => {
  const beat = (state: typeof withTopic, change: Partial<HeartbeatCommand> = {}, standing = { registrationOffset: 11, isHandedOver: true }) =>
    brokerHeartbeat(
      state,
      { brokerId: 1, brokerEpoch: 11, currentMetadataOffset: 100, wantFence: false, wantShutDown: false, offlineLogDirs: [], cordonedLogDirs: null, ...change },
      standing,
      rules(),
    )
  const offline = { isr: [], leader: -1, eligibleLeaderReplicas: [1], lastKnownElr: [1] }
  const fenced = cluster(
    broker(1, { fenced: true }),
    broker(2),
    topic('foo', 1),
    partition(1, 0, { replicas: [1], ...offline }),
    partition(1, 1, { replicas: [2] }),
  )

  it('unfences a broker that has caught up: it leads what nobody led', () => {
    const { records, reply } = beat(fenced, { cordonedLogDirs: [] })
    expect(summary(records)).toEqual([
      'BrokerRegistrationChangeRecord brokerId=1 fenced=-1',
      'PartitionChangeRecord partitionId=0 isr=[1] leader=1 eligibleLeaderReplicas=[] lastKnownElr=[]',
      'BrokerRegistrationChangeRecord brokerId=1 cordonedLogDirs=[]',
    ])
    expect(records.map((record) => record.version)).toEqual([0, 2, 3])
    expect(reply).toMatchObject({ errorCode: 0, isCaughtUp: true, isFenced: false, shouldShutDown: false })
  })

  it('leaves a broker fenced that has not applied its registration', () => {
    expect(beat(fenced, { currentMetadataOffset: 10 })).toMatchObject({ records: [], reply: { isCaughtUp: false, isFenced: true } })
  })

  it('says nothing new for a broker that is as it wants to be', () => {
    expect(beat(withTopic)).toMatchObject({ records: [], reply: { isFenced: false } })
  })

  it('fences a broker that wants it', () => {
    expect(summary(beat(withTopic, { wantFence: true }).records)).toEqual([
      'PartitionChangeRecord partitionId=0 isr=[] leader=-1 eligibleLeaderReplicas=[1] lastKnownElr=[1]',
      'PartitionChangeRecord partitionId=1 isr=[2]',
      'BrokerRegistrationChangeRecord brokerId=1 fenced=1',
    ])
  })

  it('lets a leader shut down in two steps: it hands over, then it goes', () => {
    const first = beat(withTopic, { wantShutDown: true })
    expect(summary(first.records)).toEqual([
      'BrokerRegistrationChangeRecord brokerId=1 inControlledShutdown=1',
      'PartitionChangeRecord partitionId=0 isr=[] leader=-1 eligibleLeaderReplicas=[1] lastKnownElr=[1]',
      'PartitionChangeRecord partitionId=1 isr=[2]',
    ])
    expect(first.reply.shouldShutDown).toBe(false)
    const second = beat(stateAfter(withTopic, first.records), { wantShutDown: true })
    expect(summary(second.records)).toEqual(['BrokerRegistrationChangeRecord brokerId=1 fenced=1'])
    expect(second.reply.shouldShutDown).toBe(true)
  })

  it('lets a broker that leads nothing go at once', () => {
    const idle = cluster(broker(1))
    expect(beat(idle, { wantShutDown: true }).reply.shouldShutDown).toBe(true)
  })

  it('of an older incarnation is refused', () => {
    expect(beat(withTopic, { brokerEpoch: 10 }).reply.errorCode).toBe(ErrorCode.STALE_BROKER_EPOCH)
  })

  it('notes cordoned directories once', () => {
    const cordons = beat(withTopic, { cordonedLogDirs: [brokerDirectory(1)] })
    expect(summary(cordons.records)).toEqual([`BrokerRegistrationChangeRecord brokerId=1 cordonedLogDirs=[${brokerDirectory(1)}]`])
    expect(beat(stateAfter(withTopic, cordons.records), { cordonedLogDirs: [brokerDirectory(1)] }).records).toEqual([])
  })

  it('with a failed directory takes away what is led from there, and leaves what is elsewhere', () => {
    const second = 'secondDirectoryAAAAAAA' as Uuid
    const state = cluster(
      broker(1, { logDirs: [brokerDirectory(1), second] }),
      broker(2),
      topic('foo', 1),
      partition(1, 0, { directories: [second] }),
      partition(1, 1),
      partition(1, 2, { replicas: [1, 2], directories: [second, brokerDirectory(2)] }),
    )
    const { records } = beat(state, { offlineLogDirs: [second] })
    expect(summary(records)).toEqual([
      'PartitionChangeRecord partitionId=0 isr=[] leader=-1 eligibleLeaderReplicas=[1] lastKnownElr=[1]',
      'PartitionChangeRecord partitionId=2 isr=[2] leader=2',
      'BrokerRegistrationChangeRecord brokerId=1',
    ])
    expect(records.at(-1)).toMatchObject({ version: 2, data: { logDirs: [brokerDirectory(1)] } })
    expect(beat(stateAfter(state, records), { offlineLogDirs: [second] }).records).toEqual([])
  })

  it('does not make a broker lead from a directory that it did not register', () => {
    const lost = 'lostDirectoryAAAAAAAAA' as Uuid
    const state = cluster(
      broker(1, { fenced: true }),
      topic('foo', 1),
      partition(1, 0, { replicas: [1], ...offline, directories: [lost] }),
      partition(1, 1, { replicas: [1], ...offline }),
    )
    expect(summary(beat(state).records)).toEqual([
      'BrokerRegistrationChangeRecord brokerId=1 fenced=-1',
      'PartitionChangeRecord partitionId=1 isr=[1] leader=1 eligibleLeaderReplicas=[] lastKnownElr=[]',
    ])
  })

  it('hands leadership to a broker in sync, not to one in controlled shutdown', () => {
    const state = cluster(broker(1), broker(2), broker(3), topic('foo', 1), partition(1, 0, { replicas: [1, 2, 3] }))
    const leaving = stateAfter(state, [brokerChange(2, { inControlledShutdown: 1 })])
    expect(summary(beat(leaving, { wantShutDown: true }).records)[1]).toBe('PartitionChangeRecord partitionId=0 isr=[2,3] leader=3')
  })
})
