import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Uuid } from '../../../protocol/uuid.ts'
import { ConfigResourceType, configKey, configOverrides, EMPTY_IMAGE } from '../../../src/metadata/image.ts'
import { imageRecords } from '../../../src/metadata/image-records.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { wholeDelta } from '../../../src/metadata/whole-delta.ts'
import { broker, brokerChange, brokerDirectory, config, content, feature, partition, partitionChange, removeTopic, replay, topic, topicId } from './records.ts'

const TOPIC = ConfigResourceType.TOPIC

describe('topics', () => {
  it('are there by name and id with their partitions', () => {
    const { image, delta } = replay([topic('foo', 1), partition(1, 0), partition(1, 1)])
    expect(image.topics.byName.get('foo')).toBe(image.topics.byId.get(topicId(1)))
    expect(image.topics.byName.get('foo')?.partitions).toHaveLength(2)
    expect(delta.topics.changed.get(topicId(1))).toMatchObject({ before: null, partitions: [0, 1] })
  })

  it('change: the delta tells which partitions, before and after', () => {
    const before = replay([topic('foo', 1), partition(1, 0), partition(1, 1), topic('bar', 2), partition(2, 0)]).image
    const { image, delta } = replay([partitionChange(1, 1, { isr: [], leader: -1 })], before)
    expect([...delta.topics.changed.keys()]).toEqual([topicId(1)])
    expect(delta.topics.changed.get(topicId(1))?.partitions).toEqual([1])
    expect(delta.topics.changed.get(topicId(1))?.before).toBe(before.topics.byName.get('foo'))
    expect(image.topics.byName.get('foo')?.partitions[1]).toMatchObject({ isr: [], leader: -1, leaderEpoch: 1, partitionEpoch: 1 })
    expect(image.topics.byName.get('bar')).toBe(before.topics.byName.get('bar'))
  })

  it('raise the leader epoch only when a record names a leader', () => {
    const { image } = replay([topic('foo', 1), partition(1, 0), partitionChange(1, 0, { isr: [1] }), partitionChange(1, 0, { leader: 1 })])
    expect(image.topics.byName.get('foo')?.partitions[0]).toMatchObject({ leaderEpoch: 1, partitionEpoch: 2 })
  })

  it('go with their settings', () => {
    const before = replay([topic('foo', 1), partition(1, 0), config(TOPIC, 'foo', 'retention.ms', '1')]).image
    const { image, delta } = replay([removeTopic(1)], before)
    expect(image.topics.byName.size + image.topics.byId.size).toBe(0)
    expect(configOverrides(image, TOPIC, 'foo').size).toBe(0)
    expect(delta.topics.deleted.get(topicId(1))?.name).toBe('foo')
    expect(delta.configs.has(configKey(TOPIC, 'foo'))).toBe(true)
  })

  it('made and removed at once leave no trace', () => {
    const { image, delta } = replay([topic('foo', 1), partition(1, 0), removeTopic(1)])
    expect(image.topics.byName.size).toBe(0)
    expect(delta.topics.changed.size + delta.topics.deleted.size).toBe(0)
  })

  it('made again under their name are another topic', () => {
    const before = replay([topic('foo', 1), partition(1, 0)]).image
    const { image, delta } = replay([removeTopic(1), topic('foo', 2), partition(2, 0), partition(2, 1)], before)
    expect(image.topics.byName.get('foo')?.id).toBe(topicId(2))
    expect(image.topics.byId.has(topicId(1))).toBe(false)
    expect([...delta.topics.deleted.keys()]).toEqual([topicId(1)])
    expect([...delta.topics.changed.keys()]).toEqual([topicId(2)])
  })

  it('lose what was noted of eligible leaders', () => {
    const elr = { eligibleLeaderReplicas: [2], lastKnownElr: [3] }
    const before = replay([topic('foo', 1), partition(1, 0, elr), topic('bar', 2), partition(2, 0, elr)]).image
    const one = replay([{ type: 'ClearElrRecord', version: 0, data: { topicName: 'foo' } }], before).image
    expect(one.topics.byName.get('foo')?.partitions[0]).toMatchObject({ eligibleLeaderReplicas: [], lastKnownElr: [], partitionEpoch: 1 })
    expect(one.topics.byName.get('bar')?.partitions[0]).toMatchObject(elr)
    const all = replay([{ type: 'ClearElrRecord', version: 0, data: { topicName: '' } }], before).image
    expect(all.topics.byName.get('bar')?.partitions[0]).toMatchObject({ eligibleLeaderReplicas: [], lastKnownElr: [] })
  })

  it('of records before directories have unknown ones', () => {
    const { image } = replay([topic('foo', 1), partition(1, 0, { replicas: [1, 2], directories: [] })])
    expect(image.topics.byName.get('foo')?.partitions[0]?.directories).toEqual(['AAAAAAAAAAAAAAAAAAAAAA', 'AAAAAAAAAAAAAAAAAAAAAA'])
  })
})

describe('brokers', () => {
  it('are registered, changed and removed', () => {
    const first = replay([broker(1, { fenced: true }), broker(2)]).image
    const { image, delta } = replay([brokerChange(1, { fenced: -1, cordonedLogDirs: [brokerDirectory(1)] })], first)
    expect(image.cluster.brokers.get(1)).toMatchObject({ fenced: false, cordonedLogDirs: [brokerDirectory(1)], inControlledShutdown: false })
    expect([...delta.brokers]).toEqual([1])
    const gone = replay([{ type: 'UnregisterBrokerRecord', version: 0, data: { brokerId: 2, brokerEpoch: 12 } }], image).image
    expect([...gone.cluster.brokers.keys()]).toEqual([1])
  })

  it('are fenced by the records of the first KRaft versions too', () => {
    const fenced = replay([broker(1), { type: 'FenceBrokerRecord', version: 0, data: { id: 1, epoch: 11 } }]).image
    expect(fenced.cluster.brokers.get(1)?.fenced).toBe(true)
    const unfenced = replay([{ type: 'UnfenceBrokerRecord', version: 0, data: { id: 1, epoch: 11 } }], fenced).image
    expect(unfenced.cluster.brokers.get(1)?.fenced).toBe(false)
  })
})

describe('settings', () => {
  it('with a null value are gone', () => {
    const { image } = replay([config(4, '', 'a', '1'), config(4, '', 'b', '2'), config(4, '', 'a', null)])
    expect([...configOverrides(image, 4, '')]).toEqual([['b', '2']])
    expect(replay([config(4, '', 'b', null)], image).image.configs.size).toBe(0)
  })

  it('of features at level 0 are not finalized', () => {
    const { image, delta } = replay([feature('metadata.version', 30), feature('group.version', 1), feature('group.version', 0)])
    expect(image.features).toEqual({ metadataVersion: 30, levels: new Map() })
    expect([...delta.features]).toEqual(['metadata.version', 'group.version'])
  })
})

describe('a record that does not fit', () => {
  const cases: readonly [string, readonly MetadataRecord[]][] = [
    ['a topic name that exists', [topic('foo', 1), partition(1, 0), topic('foo', 2)]],
    ['a topic id that exists', [topic('foo', 1), partition(1, 0), topic('bar', 1)]],
    ['a partition of no topic', [partition(1, 0)]],
    ['a change of no partition', [topic('foo', 1), partition(1, 0), partitionChange(1, 1, {})]],
    ['a partition with one missing before it', [topic('foo', 1), partition(1, 1)]],
    ['the removal of no topic', [removeTopic(1)]],
    ['directories that are too few', [topic('foo', 1), partition(1, 0, { replicas: [1, 2], directories: [brokerDirectory(1)] })]],
    ['an unknown recovery state', [topic('foo', 1), partition(1, 0, { leaderRecoveryState: 7 })]],
    ['a change of an unregistered broker', [brokerChange(1, { fenced: 1 })]],
    ['a change of another incarnation', [broker(1, { brokerEpoch: 99 }), brokerChange(1, { fenced: 1 })]],
    ['an unknown fencing change', [broker(1), brokerChange(1, { fenced: 9 })]],
    ['a producer id that goes back', [producerIds(2000), producerIds(1000)]],
    ['the removal of no entry', [{ type: 'RemoveAccessControlEntryRecord', version: 0, data: { id: topicId(1) } }]],
  ]
  it.each(cases)('is refused: %s', (_what, records) => {
    expect(() => replay(records)).toThrow(expect.objectContaining({ code: 'METADATA_REPLAY' }))
  })
})

describe('any sequence of records', () => {
  /** Steps name topics 1 to 6; those that do not fit are left out. */
  const step = fc.oneof(
    fc.tuple(fc.constant('create' as const), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 })),
    fc.tuple(fc.constant('remove' as const), fc.integer({ min: 1, max: 6 }), fc.constant(0)),
    fc.tuple(fc.constant('elect' as const), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 3 })),
    fc.tuple(fc.constant('configure' as const), fc.integer({ min: 1, max: 6 }), fc.nat(3)),
  )

  function fitting(steps: readonly (readonly ['create' | 'remove' | 'elect' | 'configure', number, number])[]): MetadataRecord[][] {
    const counts = new Map<number, number>()
    const batches: MetadataRecord[][] = [[...fullState()]]
    for (const [what, number, argument] of steps) {
      const count = counts.get(number)
      if (what === 'create' && count === undefined) {
        counts.set(number, argument)
        batches.push([topic(`topic-${number}`, number), ...Array.from({ length: argument }, (_, index) => partition(number, index))])
      } else if (what === 'remove' && count !== undefined) {
        counts.delete(number)
        batches.push([removeTopic(number)])
      } else if (what === 'elect' && count !== undefined && argument < count) {
        batches.push([partitionChange(number, argument, { leader: -1, isr: [], eligibleLeaderReplicas: [1], lastKnownElr: [1] })])
      } else if (what === 'configure' && count !== undefined) {
        batches.push([config(TOPIC, `topic-${number}`, `setting-${argument}`, argument === 0 ? null : String(argument))])
      }
    }
    return batches
  }

  it('gives the same image in one delta as in many', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const batches = fitting(steps)
        const many = batches.reduce((image, batch) => replay(batch, image).image, EMPTY_IMAGE)
        expect(content(replay(batches.flat()).image)).toEqual(content(many))
      }),
    )
  })

  it('gives an image that its own records give back', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { image } = replay(fitting(steps).flat())
        const again = replay(imageRecords(image))
        expect(content(again.image)).toEqual(content(image))
        expect(wholeDelta(image).topics.changed).toEqual(again.delta.topics.changed)
      }),
    )
  })
})

function producerIds(nextProducerId: number): MetadataRecord {
  return { type: 'ProducerIdsRecord', version: 0, data: { brokerId: 1, brokerEpoch: 1, nextProducerId } }
}

/** One of everything that is not a topic. */
function* fullState(): IterableIterator<MetadataRecord> {
  yield feature('metadata.version', 30)
  yield feature('eligible.leader.replicas.version', 1)
  yield broker(1, { rack: 'r', cordonedLogDirs: [] })
  yield {
    type: 'RegisterControllerRecord',
    version: 0,
    data: {
      controllerId: 1,
      incarnationId: topicId(90),
      zkMigrationReady: false,
      endPoints: [{ name: 'CONTROLLER', host: 'c', port: 9093, securityProtocol: 0 }],
      features: [],
    },
  }
  yield config(4, '', 'min.insync.replicas', '1')
  yield {
    type: 'ClientQuotaRecord',
    version: 0,
    data: { entity: [{ entityType: 'user', entityName: null }], key: 'producer_byte_rate', value: 1.5, remove: false },
  }
  yield producerIds(3000)
  yield {
    type: 'AccessControlEntryRecord',
    version: 0,
    data: { id: topicId(91), resourceType: 2, resourceName: 'x', patternType: 3, principal: 'User:a', host: '*', operation: 3, permissionType: 3 },
  }
  yield {
    type: 'UserScramCredentialRecord',
    version: 0,
    data: { name: 'u', mechanism: 1, salt: Buffer.from('s'), storedKey: Buffer.from('k'), serverKey: Buffer.from('v'), iterations: 4096 },
  }
  yield {
    type: 'DelegationTokenRecord',
    version: 0,
    data: { owner: 'o', requester: 'r', renewers: ['n'], issueTimestamp: 1, maxTimestamp: 2, expirationTimestamp: 3, tokenId: 't' as Uuid },
  }
}
