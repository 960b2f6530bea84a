import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AlterPartitionReassignmentsApi } from '../../protocol/messages/alter-partition-reassignments.ts'
import { ApiVersionsApi } from '../../protocol/messages/api-versions.ts'
import { BrokerHeartbeatApi } from '../../protocol/messages/broker-heartbeat.ts'
import { BrokerRegistrationApi } from '../../protocol/messages/broker-registration.ts'
import { CreateTopicsApi } from '../../protocol/messages/create-topics.ts'
import { DescribeClusterApi } from '../../protocol/messages/describe-cluster.ts'
import { DescribeConfigsApi } from '../../protocol/messages/describe-configs.ts'
import { IncrementalAlterConfigsApi } from '../../protocol/messages/incremental-alter-configs.ts'
import { ListConfigResourcesApi } from '../../protocol/messages/list-config-resources.ts'
import { ListPartitionReassignmentsApi } from '../../protocol/messages/list-partition-reassignments.ts'
import { UnregisterBrokerApi } from '../../protocol/messages/unregister-broker.ts'
import { UpdateFeaturesApi } from '../../protocol/messages/update-features.ts'
import { uuidFromBytes } from '../../protocol/uuid.ts'
import { knownFeatures } from '../../src/metadata/features.ts'
import { freePorts } from '../../test/support/free-ports.ts'
import { RawClient } from '../oracle/raw-client.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { type JavaTools, startJavaTools } from '../support/java-tools.ts'
import { startOdradek } from '../support/odradek-process.ts'
import { ORACLE_CLUSTER_ID, startOracle } from '../support/oracle-node.ts'
import { TOOLS } from './tool-suite.ts'

const TIMEOUT_MS = 180_000
const [TOPIC, BROKER, CLIENT_METRICS, GROUP] = [2, 4, 16, 32] as const
const [SET, DELETE] = [0, 1] as const
const [UPGRADE, SAFE_DOWNGRADE] = [1, 2] as const
/** With each change, so that what is started next reads snapshots as well as the log. */
const SNAPSHOTS = { 'metadata.log.max.record.bytes.between.snapshots': 1 }

let tools: JavaTools
beforeAll(async () => {
  tools = await startJavaTools()
})
afterAll(() => tools?.[Symbol.asyncDispose]())

/** Makes the controller of Apache Kafka believe in another broker, which is soon fenced since it never sends a heartbeat again. */
async function registerBroker(controller: string, brokerId: number): Promise<void> {
  await using client = await RawClient.open(controller)
  const { errorCode, brokerEpoch } = await client.ask(BrokerRegistrationApi, 4, {
    brokerId,
    clusterId: ORACLE_CLUSTER_ID,
    incarnationId: uuidFromBytes(Buffer.alloc(16, 0x40 + brokerId)),
    listeners: [{ name: 'PLAINTEXT', host: 'elsewhere', port: 9092 + brokerId, securityProtocol: 0 }],
    features: knownFeatures,
    rack: 'far',
    logDirs: [uuidFromBytes(Buffer.alloc(16, 0x60 + brokerId))],
  })
  expect(errorCode).toBe(0)
  const beat = { brokerId, brokerEpoch, currentMetadataOffset: brokerEpoch + 1, wantFence: false, wantShutDown: false }
  expect(await client.ask(BrokerHeartbeatApi, 2, beat)).toMatchObject({ errorCode: 0, isFenced: false })
}

interface Change {
  readonly type: number
  readonly name: string
  readonly setting: string
  /** null takes it back. */
  readonly value: string | null
}

async function configure(client: RawClient, changes: readonly Change[]): Promise<void> {
  const resources = changes.map(({ type, name, setting, value }) => ({
    resourceType: type,
    resourceName: name,
    configs: [{ name: setting, configOperation: value === null ? DELETE : SET, value }],
  }))
  const { responses } = await client.ask(IncrementalAlterConfigsApi, 1, { resources, validateOnly: false })
  expect(responses.filter(({ errorCode }) => errorCode !== 0)).toEqual([])
}

async function setLevel(client: RawClient, feature: string, maxVersionLevel: number, upgradeType: number): Promise<void> {
  const { errorCode } = await client.ask(UpdateFeaturesApi, 2, {
    timeoutMs: 10_000,
    featureUpdates: [{ feature, maxVersionLevel, upgradeType }],
    validateOnly: false,
  })
  expect(errorCode).toBe(0)
}

/** @param replicas null takes a move back */
async function move(client: RawClient, name: string, partitionIndex: number, replicas: readonly number[] | null): Promise<void> {
  const { errorCode, responses } = await client.ask(AlterPartitionReassignmentsApi, 1, {
    timeoutMs: 10_000,
    allowReplicationFactorChange: true,
    topics: [{ name, partitions: [{ partitionIndex, replicas }] }],
  })
  expect([errorCode, responses[0]?.partitions[0]?.errorCode]).toEqual([0, 0])
}

async function createTopic(client: RawClient, name: string): Promise<void> {
  const assignments = [0, 1, 2].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] }))
  const topic = { name, numPartitions: -1, replicationFactor: -1, assignments, configs: [{ name: 'retention.ms', value: '5000' }] }
  const { topics } = await client.ask(CreateTopicsApi, 7, { topics: [topic], timeoutMs: 10_000, validateOnly: false })
  expect(topics[0]?.errorCode).toBe(0)
}

/** All that a client is told of what administrators changed. */
async function told(bootstrap: string) {
  await using client = await RawClient.open(bootstrap)
  const { topics } = await client.ask(ListPartitionReassignmentsApi, 0, { timeoutMs: 10_000, topics: null })
  const { finalizedFeatures } = await client.ask(ApiVersionsApi, 4, { clientSoftwareName: 'suite', clientSoftwareVersion: '1' })
  const { brokers } = await client.ask(DescribeClusterApi, 2, { includeClusterAuthorizedOperations: false, endpointType: 1, includeFencedBrokers: true })
  const { configResources } = await client.ask(ListConfigResourcesApi, 1, { resourceTypes: [TOPIC, BROKER, CLIENT_METRICS, GROUP] })
  const named = [...configResources, { resourceType: BROKER, resourceName: '' }].filter(({ resourceName }) => !resourceName.startsWith('__'))
  const resources = named.map(({ resourceType, resourceName }) => ({ resourceType, resourceName, configurationKeys: null }))
  const { results } = await client.ask(DescribeConfigsApi, 4, { resources, includeSynonyms: false, includeDocumentation: false })
  return {
    moving: topics
      .flatMap(({ name, partitions }) => partitions.map((partition) => ({ name, ...partition })))
      .sort((a, b) => a.name.localeCompare(b.name) || a.partitionIndex - b.partitionIndex),
    levels: Object.fromEntries((finalizedFeatures ?? []).map(({ name, maxVersionLevel }) => [name, maxVersionLevel])),
    brokers: brokers.map(({ brokerId, host, rack, isFenced }) => `${brokerId} ${host} ${rack} ${isFenced}`).sort(),
    settings: results
      .flatMap(({ resourceType, resourceName, configs }) =>
        configs.filter(isDynamic).map(({ name, value }) => `${resourceType} ${resourceName} ${name}=${value}`),
      )
      .sort(),
  }
}

/** Set while the cluster ran, neither at the start nor by default. */
function isDynamic({ configSource }: { readonly configSource: number }): boolean {
  return configSource !== 4 && configSource !== 5
}

/** Resolves when broker 2 is fenced, so that nothing changes by itself any more. */
async function settled(bootstrap: string): Promise<Awaited<ReturnType<typeof told>>> {
  await expect.poll(async () => (await told(bootstrap)).brokers.find((broker) => broker.startsWith('2 ')), { timeout: 30_000 }).toMatch(/true$/)
  return await told(bootstrap)
}

/** The types of records in the metadata log and its snapshots, all of which Apache Kafka must be able to read. */
async function typesIn(directory: string): Promise<ReadonlySet<string>> {
  const log = join(directory, '__cluster_metadata-0')
  const types = new Set<string>()
  const files = (await readdir(log)).filter((file) => /\.(log|checkpoint)$/.test(file))
  expect(files).toContainEqual(expect.stringMatching(/\.checkpoint$/))
  for (const name of files) {
    const { exit, stdout, stderr } = await tools.run(TOOLS['kafka-dump-log'], ['--cluster-metadata-decoder', '--files', join(log, name)])
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).not.toMatch(/Could not decode|isvalid: false/i)
    for (const [, type] of stdout.matchAll(/payload: {"type":"(\w+)"/g)) types.add(type as string)
  }
  return types
}

test.each(['stop', 'kill'] as const)(
  'settings, levels, moves and forgotten brokers go from Apache Kafka to Odradek and back, after a %s',
  { timeout: TIMEOUT_MS },
  async (end) => {
    await using place = await temporaryDirectory()
    const directory = place.path
    const [port = 0, controllerPort = 0] = await freePorts(2)
    const ports = [port, controllerPort] as const
    const bootstrap = `127.0.0.1:${port}`
    const kafka = { directory, ports, properties: { ...SNAPSHOTS, 'broker.session.timeout.ms': 6_000, 'broker.heartbeat.interval.ms': 500 } }
    let before: Awaited<ReturnType<typeof told>>
    {
      await using first = await startOracle(kafka)
      await registerBroker(`127.0.0.1:${controllerPort}`, 2)
      await registerBroker(`127.0.0.1:${controllerPort}`, 3)
      await using client = await RawClient.open(bootstrap)
      await createTopic(client, 'kafkas')
      for (const partition of [0, 1]) await move(client, 'kafkas', partition, [1, 2])
      await configure(client, [
        { type: TOPIC, name: 'kafkas', setting: 'cleanup.policy', value: 'compact,delete' },
        { type: BROKER, name: '', setting: 'log.retention.ms', value: '7000' },
        { type: BROKER, name: '1', setting: 'log.retention.ms', value: '8000' },
        { type: CLIENT_METRICS, name: 'kafkas', setting: 'interval.ms', value: '30000' },
        { type: GROUP, name: 'kafkas', setting: 'consumer.session.timeout.ms', value: '50000' },
      ])
      await setLevel(client, 'transaction.version', 1, SAFE_DOWNGRADE)
      await client.ask(UnregisterBrokerApi, 0, { brokerId: 3 })
      before = await settled(bootstrap)
      await first[end]()
    }
    expect(before).toMatchObject({
      moving: [0, 1].map((partitionIndex) => ({ name: 'kafkas', partitionIndex, addingReplicas: [2], removingReplicas: [] })),
      brokers: ['1 127.0.0.1 null false', '2 elsewhere far true'],
      levels: { 'transaction.version': 1 },
    })
    const settings = { ...SNAPSHOTS, 'controller.quorum.voters': `1@127.0.0.1:${controllerPort}` }
    let between: Awaited<ReturnType<typeof told>>
    {
      await using odradek = await startOdradek({ directory, ports, settings })
      expect(await told(bootstrap)).toEqual(before)
      await using client = await RawClient.open(bootstrap)
      await createTopic(client, 'ours')
      await move(client, 'kafkas', 0, null)
      await move(client, 'ours', 2, [2, 1])
      await configure(client, [
        { type: TOPIC, name: 'kafkas', setting: 'cleanup.policy', value: null },
        { type: TOPIC, name: 'ours', setting: 'min.insync.replicas', value: '2' },
        { type: BROKER, name: '1', setting: 'log.retention.ms', value: null },
        { type: BROKER, name: '', setting: 'message.max.bytes', value: '2000000' },
        { type: CLIENT_METRICS, name: 'ours', setting: 'match', value: 'client_id=a.*' },
        { type: GROUP, name: 'kafkas', setting: 'consumer.session.timeout.ms', value: null },
        { type: GROUP, name: 'ours', setting: 'share.auto.offset.reset', value: 'earliest' },
      ])
      await setLevel(client, 'transaction.version', 2, UPGRADE)
      await setLevel(client, 'streams.version', 0, SAFE_DOWNGRADE)
      await setLevel(client, 'kraft.version', 1, UPGRADE)
      between = await told(bootstrap)
      // A broker that runs may be forgotten too; it is known again after the next start.
      expect(await client.ask(UnregisterBrokerApi, 0, { brokerId: 1 })).toMatchObject({ errorCode: 0 })
      await odradek[end]()
    }
    expect(between).toMatchObject({
      levels: { 'kraft.version': 1, 'transaction.version': 2 },
      moving: [
        { name: 'kafkas', partitionIndex: 1, replicas: [1, 2], addingReplicas: [2] },
        { name: 'ours', partitionIndex: 2, replicas: [2, 1], addingReplicas: [2] },
      ],
      settings: [
        '16 kafkas interval.ms=30000',
        '16 ours match=client_id=a.*',
        '2 kafkas max.message.bytes=2000000',
        '2 kafkas min.insync.replicas=1',
        '2 kafkas retention.ms=5000',
        '2 ours max.message.bytes=2000000',
        '2 ours min.insync.replicas=2',
        '2 ours retention.ms=5000',
        '32 ours share.auto.offset.reset=earliest',
        '4  log.retention.ms=7000',
        '4  message.max.bytes=2000000',
        '4  min.insync.replicas=1',
        '4 1 log.retention.ms=7000',
        '4 1 message.max.bytes=2000000',
        '4 1 min.insync.replicas=1',
      ],
    })
    expect([...(await typesIn(join(directory, 'data')))]).toEqual(
      expect.arrayContaining([
        'CONFIG_RECORD',
        'FEATURE_LEVEL_RECORD',
        'PARTITION_CHANGE_RECORD',
        'PARTITION_RECORD',
        'UNREGISTER_BROKER_RECORD',
        'REGISTER_BROKER_RECORD',
      ]),
    )
    await using last = await startOracle({ ...kafka, isFormatted: true })
    // Apache Kafka opens its port with what the snapshot holds, and applies the changes behind it meanwhile.
    await expect.poll(() => told(last.bootstrap), { timeout: 30_000 }).toEqual(between)
  },
)
