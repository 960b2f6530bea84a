import kafkajs, { type Admin, type RequestEvent } from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerUnderTest, startBrokerUnderTest } from '../support/broker-under-test.ts'
import { kafka, unique, until } from './support.ts'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ConfigResourceTypes, ResourcePatternTypes } = kafkajs

let broker: BrokerUnderTest
let admin: Admin

beforeAll(async () => {
  broker = await startBrokerUnderTest()
  admin = kafka(broker.bootstrap, { retry: { retries: 0 } }).admin()
  await admin.connect()
})
afterAll(async () => {
  await admin?.disconnect()
  await broker?.[Symbol.asyncDispose]()
})

describe('configs', () => {
  async function topicConfig(topic: string, name: string): Promise<string | undefined> {
    const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }]
    const described = await admin.describeConfigs({ includeSynonyms: false, resources })
    return described.resources[0]?.configEntries[0]?.configValue
  }

  test('of a topic are altered, and what is not given is reset', async () => {
    const topic = unique('altered')
    await admin.createTopics({ topics: [{ topic, configEntries: [{ name: 'retention.ms', value: '60000' }] }] })
    const configEntries = [{ name: 'max.message.bytes', value: '12345' }]
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] })
    await until('the new value is told', async () => (await topicConfig(topic, 'max.message.bytes')) === '12345')
    expect(await topicConfig(topic, 'retention.ms')).toBe('604800000')
  })

  test('validateOnly alters nothing', async () => {
    const topic = unique('validated')
    await admin.createTopics({ topics: [{ topic }] })
    const configEntries = [{ name: 'max.message.bytes', value: '12345' }]
    await admin.alterConfigs({ validateOnly: true, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] })
    expect(await topicConfig(topic, 'max.message.bytes')).toBe('1048588')
  })

  test.each([
    ['a value of the wrong type', 'retention.ms', 'soon', 'INVALID_CONFIG'],
    ['a value out of bounds', 'min.insync.replicas', '0', 'INVALID_CONFIG'],
    ['an unknown setting', 'no.such.setting', '1', 'INVALID_CONFIG'],
  ])('%s is refused, and nothing of it is applied', async (_title, name, value, type) => {
    const topic = unique('refused')
    await admin.createTopics({ topics: [{ topic }] })
    const configEntries = [
      { name: 'max.message.bytes', value: '12345' },
      { name, value },
    ]
    const altered = admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] })
    await expect(altered).rejects.toMatchObject({ type })
    expect(await topicConfig(topic, 'max.message.bytes')).toBe('1048588')
  })

  test('of a topic that is not there are refused', async () => {
    const resource = { type: ConfigResourceTypes.TOPIC, name: unique('absent'), configEntries: [{ name: 'retention.ms', value: '1' }] }
    await expect(admin.alterConfigs({ validateOnly: false, resources: [resource] })).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' })
  })

  test('of a broker are altered, and told with their source', async () => {
    const named = { type: ConfigResourceTypes.BROKER, name: '1' }
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...named, configEntries: [{ name: 'log.retention.ms', value: '86400000' }] }] })
    const request = { includeSynonyms: false, resources: [{ ...named, configNames: ['log.retention.ms'] }] }
    const entry = async () => (await admin.describeConfigs(request)).resources[0]?.configEntries[0]
    await until('the new value is told', async () => (await entry())?.configValue === '86400000')
    expect(await entry()).toMatchObject({ configSource: 2 })
    await admin.alterConfigs({ validateOnly: false, resources: [{ ...named, configEntries: [] }] })
    await until('it is reset', async () => (await entry())?.configSource !== 2)
  })
})

describe('partition reassignments', () => {
  test('to where a partition is already are done at once, and none is listed', async () => {
    const topic = unique('reassigned')
    await admin.createTopics({ topics: [{ topic, numPartitions: 2, replicationFactor: 1 }] })
    await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: [{ partition: 0, replicas: [1] }] }] })
    expect(await admin.listPartitionReassignments({})).toMatchObject({ topics: [] })
    expect(await admin.listPartitionReassignments({ topics: [{ topic, partitions: [0, 1] }] })).toMatchObject({ topics: [] })
  })

  test.each([
    ['an unknown broker', 0, [7], 'INVALID_REPLICA_ASSIGNMENT'],
    ['one broker twice', 0, [1, 1], 'INVALID_REPLICA_ASSIGNMENT'],
    ['no broker', 0, [], 'INVALID_REPLICA_ASSIGNMENT'],
    ['an unknown partition', 9, [1], 'UNKNOWN_TOPIC_OR_PARTITION'],
  ])('with %s are refused', async (_title, partition, replicas, type) => {
    const topic = unique('misassigned')
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] })
    const altered = admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment: [{ partition, replicas }] }] })
    await expect(altered).rejects.toMatchObject({ errors: [{ topic, partition, type }] })
  })
})

describe('ACLs, without an authorizer', () => {
  const acl = {
    resourceType: AclResourceTypes.TOPIC,
    resourceName: 'any',
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:someone',
    host: '*',
    operation: AclOperationTypes.READ,
    permissionType: AclPermissionTypes.ALLOW,
  }

  test('cannot be described, made or deleted', async () => {
    await expect(admin.describeAcls(acl)).rejects.toMatchObject({ type: 'SECURITY_DISABLED' })
    await expect(admin.createAcls({ acl: [acl] })).rejects.toMatchObject({ type: 'SECURITY_DISABLED' })
    await expect(admin.deleteAcls({ filters: [acl] })).rejects.toMatchObject({ type: 'SECURITY_DISABLED' })
  })
})

test('events tell of connecting, of each request and of disconnecting', async () => {
  const observed = kafka(broker.bootstrap).admin()
  const events: string[] = []
  observed.on(observed.events.CONNECT, () => events.push('connect'))
  observed.on(observed.events.REQUEST, ({ payload }: RequestEvent) => events.push(payload.apiName))
  observed.on(observed.events.DISCONNECT, () => events.push('disconnect'))
  await observed.connect()
  await observed.describeCluster()
  await observed.disconnect()
  expect([events.at(0), events.at(-1)]).toEqual(['ApiVersions', 'disconnect'])
  expect(events).toEqual(expect.arrayContaining(['connect', 'Metadata']))
})
