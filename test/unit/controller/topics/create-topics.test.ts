import { describe, expect, it } from 'vitest'
import { ErrorCode, errorName } from '../../../../protocol/error-codes.ts'
import type { TopicToCreate } from '../../../../src/controller/controller.ts'
import { createTopics } from '../../../../src/controller/topics/create-topics.ts'
import { broker, brokerChange, partition, topic } from '../../metadata/records.ts'
import { cluster, rules, stateAfter, summary } from '../cluster.ts'

const three = cluster(broker(1), broker(2), broker(3))

function wanted(change: Partial<TopicToCreate> = {}): TopicToCreate {
  return { name: 'foo', partitionCount: -1, replicationFactor: -1, assignments: [], configs: [], ...change }
}

function create(state = three, change: Partial<TopicToCreate> = {}, validateOnly = false) {
  return createTopics(state, { topics: [wanted(change)], validateOnly }, rules())
}

const assigned = (...replicas: (readonly number[])[]) => ({ assignments: replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })) })

describe('a new topic', () => {
  it('is a topic record, its settings and its partitions, in one batch', () => {
    const { records, reply } = create(three, { ...assigned([2, 1], [3, 2]), configs: [{ name: 'retention.ms', value: '1000' }] })
    expect(summary(records)).toEqual([
      'TopicRecord name=foo',
      'ConfigRecord resourceType=2 resourceName=foo name=retention.ms value=1000',
      'PartitionRecord partitionId=0 replicas=[2,1] isr=[2,1] removingReplicas=[] addingReplicas=[] leader=2 leaderRecoveryState=0 leaderEpoch=0 partitionEpoch=0',
      'PartitionRecord partitionId=1 replicas=[3,2] isr=[3,2] removingReplicas=[] addingReplicas=[] leader=3 leaderRecoveryState=0 leaderEpoch=0 partitionEpoch=0',
    ])
    expect(reply[0]).toMatchObject({ errorCode: 0, errorMessage: null, partitionCount: 2, replicationFactor: 2 })
    expect(reply[0]?.configs).toEqual([{ name: 'retention.ms', value: '1000', readOnly: false, source: 1, isSensitive: false }])
  })

  it('names the directory of each replica whose broker has one', () => {
    const [, record] = create(three, assigned([1, 2])).records
    expect(record).toMatchObject({ version: 2, data: { directories: ['directory01AAAAAAAAAAA', 'directory02AAAAAAAAAAA'] } })
  })

  it('takes the cluster defaults for -1', () => {
    const { reply } = createTopics(three, { topics: [wanted()], validateOnly: false }, rules({ defaultPartitionCount: 4, defaultReplicationFactor: () => 3 }))
    expect(reply[0]).toMatchObject({ partitionCount: 4, replicationFactor: 3 })
  })

  it('has the live replicas in sync, and the first of them leads', () => {
    const state = stateAfter(three, [brokerChange(2, { fenced: 1 })])
    const [, record] = create(state, assigned([2, 3, 1])).records
    expect(record).toMatchObject({ data: { replicas: [2, 3, 1], isr: [3, 1], leader: 3 } })
  })

  it('with its own min.insync.replicas forgets what was noted of eligible leaders', () => {
    const { records } = create(three, { configs: [{ name: 'min.insync.replicas', value: '2' }] })
    expect(summary(records)[2]).toBe('ClearElrRecord topicName=foo')
  })

  it('that is only validated is answered and not written', () => {
    const { records, reply } = create(three, {}, true)
    expect(records).toEqual([])
    expect(reply[0]).toMatchObject({ errorCode: 0, partitionCount: 1 })
  })

  it('does not keep the others of its request from being made or refused', () => {
    const topics = [wanted({ name: 'a' }), wanted({ name: '' }), wanted({ name: 'b' })]
    const { records, reply } = createTopics(three, { topics, validateOnly: false }, rules())
    expect(reply.map((answer) => [answer.name, errorName(answer.errorCode)])).toEqual([
      ['a', 'NONE'],
      ['', 'INVALID_TOPIC_EXCEPTION'],
      ['b', 'NONE'],
    ])
    expect(records.filter((record) => record.type === 'TopicRecord')).toHaveLength(2)
  })
})

describe('a topic is refused', () => {
  const taken = stateAfter(three, [topic('my.topic', 1), partition(1, 0)])
  const fenced = stateAfter(
    three,
    [1, 2, 3].map((id) => brokerChange(id, { fenced: 1 })),
  )
  const cases: readonly [string, Partial<TopicToCreate>, keyof typeof ErrorCode, string, typeof three?][] = [
    ['that exists', { name: 'my.topic' }, 'TOPIC_ALREADY_EXISTS', "Topic 'my.topic' already exists.", taken],
    ['whose name collides', { name: 'my_topic' }, 'INVALID_TOPIC_EXCEPTION', "Topic 'my_topic' collides with existing topic: my.topic", taken],
    ['without a name', { name: '' }, 'INVALID_TOPIC_EXCEPTION', 'Topic name is invalid: the empty string is not allowed'],
    ['named .', { name: '.' }, 'INVALID_TOPIC_EXCEPTION', "Topic name is invalid: '.' is not allowed"],
    ['named ..', { name: '..' }, 'INVALID_TOPIC_EXCEPTION', "Topic name is invalid: '..' is not allowed"],
    [
      'with a space in its name',
      { name: 'a b' },
      'INVALID_TOPIC_EXCEPTION',
      "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'",
    ],
    [
      'with a name of 250 characters',
      { name: 'x'.repeat(250) },
      'INVALID_TOPIC_EXCEPTION',
      `Topic name is invalid: the length of '${'x'.repeat(250)}' is longer than the max allowed length 249`,
    ],
    ['with no partitions', { partitionCount: 0 }, 'INVALID_PARTITIONS', 'Number of partitions was set to an invalid non-positive value.'],
    ['with -2 partitions', { partitionCount: -2 }, 'INVALID_PARTITIONS', 'Number of partitions was set to an invalid non-positive value.'],
    ['with no replicas', { replicationFactor: 0 }, 'INVALID_REPLICATION_FACTOR', 'Replication factor must be larger than 0, or -1 to use the default value.'],
    [
      'with more replicas than brokers',
      { replicationFactor: 4 },
      'INVALID_REPLICATION_FACTOR',
      'Unable to replicate the partition 4 time(s): The target replication factor of 4 cannot be reached because only 3 broker(s) are registered or some brokers have all their log directories cordoned.',
    ],
    [
      'while all brokers are fenced',
      {},
      'INVALID_REPLICATION_FACTOR',
      'Unable to replicate the partition 1 time(s): All brokers are currently fenced, or have all their log directories cordoned.',
      fenced,
    ],
    ['with more than 10,000 partitions', { partitionCount: 10_001 }, 'POLICY_VIOLATION', 'Excessively large number of partitions per request.'],
    ['with more records than a batch may have', { partitionCount: 10_000 }, 'POLICY_VIOLATION', 'Unable to perform excessively large batch operation.'],
    [
      'with a null setting',
      {
        configs: [
          { name: 'a', value: null },
          { name: 'b', value: null },
        ],
      },
      'INVALID_CONFIG',
      'Null value not supported for topic configs: a,b',
    ],
    ['with a setting that is none', { configs: [{ name: 'bad', value: '1' }] }, 'INVALID_CONFIG', 'Unknown topic config name: bad'],
    [
      'with a setting too long to be written',
      { configs: [{ name: 'a', value: 'x'.repeat(32_768) }] },
      'INVALID_CONFIG',
      'The configuration value cannot be added because it exceeds the maximum value size of 32767 bytes.',
    ],
    [
      'with assignments and a replication factor',
      { ...assigned([1]), replicationFactor: 1 },
      'INVALID_REQUEST',
      'A manual partition assignment was specified, but replication factor was not set to -1.',
    ],
    [
      'with assignments and a partition count',
      { ...assigned([1]), partitionCount: 1 },
      'INVALID_REQUEST',
      'A manual partition assignment was specified, but numPartitions was not set to -1.',
    ],
    [
      'with two assignments of a partition',
      { assignments: [0, 0].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] })) },
      'INVALID_REPLICA_ASSIGNMENT',
      'Found multiple manual partition assignments for partition 0',
    ],
    [
      'with partitions that are not consecutive',
      { assignments: [0, 2].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] })) },
      'INVALID_REPLICA_ASSIGNMENT',
      'partitions should be a consecutive 0-based integer sequence',
    ],
    ['with an empty assignment', assigned([]), 'INVALID_REPLICA_ASSIGNMENT', 'The manual partition assignment includes an empty replica list.'],
    [
      'with a broker that is not there',
      assigned([1, 9]),
      'INVALID_REPLICA_ASSIGNMENT',
      'The manual partition assignment includes broker 9, but no such broker is registered.',
    ],
    ['with a broker twice', assigned([1, 2, 1]), 'INVALID_REPLICA_ASSIGNMENT', 'The manual partition assignment includes the broker 1 more than once.'],
    [
      'with partitions of different size',
      assigned([1, 2], [3]),
      'INVALID_REPLICA_ASSIGNMENT',
      'The manual partition assignment includes a partition with 1 replica(s), but this is not consistent with previous partitions, which have 2 replica(s).',
    ],
    [
      'on fenced brokers alone',
      assigned([1, 2]),
      'INVALID_REPLICA_ASSIGNMENT',
      'All brokers specified in the manual partition assignment for partition 0 are fenced or in controlled shutdown.',
      fenced,
    ],
  ]
  it.each(cases)('%s', (_what, change, code, message, state = three) => {
    const { records, reply } = create(state, change)
    expect(reply).toMatchObject([{ errorCode: ErrorCode[code], errorMessage: message, partitionCount: -1, replicationFactor: -1, configs: null }])
    expect(records).toEqual([])
  })
})
