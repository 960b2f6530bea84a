import type { Compression } from '../../../protocol/compression/codecs.ts'
import { AlterConfigsApi } from '../../../protocol/messages/alter-configs.ts'
import { DescribeConfigsApi } from '../../../protocol/messages/describe-configs.ts'
import { FetchApi } from '../../../protocol/messages/fetch.ts'
import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { ListConfigResourcesApi } from '../../../protocol/messages/list-config-resources.ts'
import { ProduceApi } from '../../../protocol/messages/produce.ts'
import { batches } from '../../../protocol/records/batch.ts'
import { buildBatch } from '../../../protocol/records/build-batch.ts'
import { type Scenario, type Stage, versions } from '../scenario.ts'
import { describe } from './configs.ts'
import { createTopic } from './topics.ts'

const LEGACY = versions(0, 2)
const INCREMENTAL = versions(0, 1)
const [TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP] = [2, 4, 8, 16, 32] as const
const [SET, DELETE, APPEND, SUBTRACT] = [0, 1, 2, 3] as const

type Value = readonly [name: string, value: string | null]
type Change = readonly [name: string, operation: number, value: string | null]
type Edited<Config> = readonly [type: number, name: string, configs: readonly Config[]]

interface How {
  readonly validateOnly?: boolean
}

function replace(stage: Stage, version: number, resources: readonly Edited<Value>[], { validateOnly = false }: How = {}) {
  const list = resources.map(([resourceType, resourceName, configs]) => ({
    resourceType,
    resourceName,
    configs: configs.map(([name, value]) => ({ name, value })),
  }))
  return stage.client.exchange(AlterConfigsApi, version, { resources: list, validateOnly })
}

function change(stage: Stage, version: number, resources: readonly Edited<Change>[], { validateOnly = false }: How = {}) {
  const list = resources.map(([resourceType, resourceName, configs]) => ({
    resourceType,
    resourceName,
    configs: configs.map(([name, configOperation, value]) => ({ name, configOperation, value })),
  }))
  return stage.client.exchange(IncrementalAlterConfigsApi, version, { resources: list, validateOnly })
}

/** What is written for these settings, with its sources. */
async function described(stage: Stage, type: number, name: string, keys: readonly string[]) {
  const resources = [{ resourceType: type, resourceName: name, configurationKeys: keys }]
  const { results } = await stage.client.ask(DescribeConfigsApi, 4, { resources, includeSynonyms: true, includeDocumentation: false })
  return results
}

/** Apache Kafka answers before its broker has applied what was changed: asks until a setting is what it was set to. */
async function untilDescribed(stage: Stage, [type, name]: readonly [number, string], key: string, value: string | null) {
  const deadlineMs = Date.now() + 10_000
  for (;;) {
    const results = await described(stage, type, name, [key])
    const config = results[0]?.configs.find((entry) => entry.name === key)
    if ((config?.value ?? null) === value) return results
    if (Date.now() > deadlineMs) throw new Error(`${key} is not ${value}: ${JSON.stringify(results)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

let changes = 0

/** Behind one more change, which is waited for, everything that was changed before is there. */
async function settled(stage: Stage): Promise<void> {
  const marker = [GROUP, stage.name('marker')] as const
  const value = String(45_000 + (++changes % 10_000))
  await change(stage, 1, [[...marker, [['consumer.session.timeout.ms', SET, value]]]])
  await untilDescribed(stage, marker, 'consumer.session.timeout.ms', value)
}

/** One resource at a time, so that a bad value shows what is said to it. */
function changesOneByOne(title: string, resource: (stage: Stage) => Promise<readonly [number, string]>, changes: readonly Change[], how: How = {}): Scenario {
  return {
    name: `IncrementalAlterConfigs: ${title}`,
    versions: INCREMENTAL,
    run: async (stage, version) => {
      const [type, name] = await resource(stage)
      const outcomes: unknown[] = []
      for (const one of changes) outcomes.push([one, await change(stage, version, [[type, name, [one]]], how)])
      return outcomes
    },
  }
}

async function topic(stage: Stage): Promise<readonly [number, string]> {
  const name = stage.name('t')
  await createTopic(stage, name, 1, { 'cleanup.policy': 'delete' })
  return [TOPIC, name]
}

const ownBroker = async () => [BROKER, '1'] as const
const allBrokers = async () => [BROKER, ''] as const
const group = async (stage: Stage) => [GROUP, stage.name('g')] as const
const subscription = async (stage: Stage) => [CLIENT_METRICS, stage.name('m')] as const

const TOPIC_CHANGES: readonly Change[] = [
  ['retention.ms', SET, '1000'],
  ['retention.ms', SET, ' 1000 '],
  ['retention.ms', SET, '-2'],
  ['retention.ms', SET, 'soon'],
  ['retention.ms', SET, ''],
  ['retention.ms', SET, null],
  ['retention.ms', DELETE, null],
  ['retention.ms', DELETE, 'whatever'],
  ['retention.ms', APPEND, '1'],
  ['retention.ms', SUBTRACT, '1'],
  ['segment.bytes', SET, '1'],
  ['segment.bytes', SET, '99999999999'],
  ['compression.type', SET, 'brotli'],
  ['compression.gzip.level', SET, '0'],
  ['compression.gzip.level', SET, '-1'],
  ['compression.zstd.level', SET, '23'],
  ['message.timestamp.type', SET, 'createtime'],
  ['min.insync.replicas', SET, '0'],
  ['min.insync.replicas', SET, '1'],
  ['preallocate', SET, 'yes'],
  ['cleanup.policy', SET, 'compact,delete'],
  ['cleanup.policy', SET, 'compact,bogus'],
  ['cleanup.policy', APPEND, 'compact'],
  ['cleanup.policy', APPEND, 'bogus'],
  ['cleanup.policy', APPEND, ''],
  ['cleanup.policy', APPEND, null],
  ['cleanup.policy', SUBTRACT, 'delete'],
  ['cleanup.policy', SUBTRACT, 'bogus'],
  ['cleanup.policy', SUBTRACT, 'compact'],
  ['min.compaction.lag.ms', SET, '9223372036854775807'],
  ['max.compaction.lag.ms', SET, '5'],
  ['remote.storage.enable', SET, 'true'],
  ['leader.replication.throttled.replicas', SET, '0:1,1:1'],
  ['leader.replication.throttled.replicas', SET, '0:x'],
  ['leader.replication.throttled.replicas', APPEND, '2:1'],
  ['no.such', SET, '1'],
  ['no.such', DELETE, null],
  ['no.such', APPEND, '1'],
  ['', SET, '1'],
  ['message.format.version', SET, '3.0'],
  ['flush.ms', SET, '9'.repeat(32_767)],
]

const BROKER_CHANGES: readonly Change[] = [
  ['log.retention.ms', SET, '1000'],
  ['log.retention.ms', SET, 'soon'],
  ['log.retention.ms', SET, '0'],
  ['log.retention.ms', SET, null],
  ['log.retention.ms', DELETE, null],
  ['log.retention.hours', SET, '1'],
  ['log.retention.ms', APPEND, '1'],
  ['no.such', SET, 'x'],
  ['no.such', DELETE, null],
  ['no.such', APPEND, 'x'],
  ['no.such', SUBTRACT, 'x'],
  ['node.id', SET, '5'],
  ['broker.id', DELETE, null],
  ['log.dirs', APPEND, '/tmp/x'],
  ['log.cleanup.policy', APPEND, 'compact'],
  ['log.cleanup.policy', APPEND, 'bogus'],
  ['log.cleanup.policy', SUBTRACT, 'delete'],
  ['num.io.threads', SET, '9'],
  ['num.io.threads', SET, '0'],
  ['num.io.threads', SET, '3'],
  ['num.io.threads', SET, '17'],
  ['num.network.threads', SET, '100'],
  ['num.network.threads', SET, '0'],
  ['num.replica.fetchers', SET, '3'],
  ['num.recovery.threads.per.data.dir', SET, '9'],
  ['background.threads', SET, '21'],
  ['log.cleaner.threads', SET, '3'],
  ['log.cleaner.threads', SET, '2'],
  ['log.cleaner.dedupe.buffer.size', SET, '1'],
  ['message.max.bytes', SET, '-1'],
  ['message.max.bytes', SET, '1000'],
  ['max.connections', SET, '0'],
  ['max.connections', SET, '100'],
  ['max.connections', SET, '-1'],
  ['max.connections.per.ip', SET, '0'],
  ['max.connections.per.ip.overrides', SET, '127.0.0.1:5'],
  ['max.connection.creation.rate', SET, '0'],
  ['max.connection.creation.rate', SET, '7'],
  ['listener.name.plaintext.max.connections', SET, '5'],
  ['listener.name.plaintext.max.connections', SET, '0'],
  ['listener.name.plaintext.max.connections', SET, 'x'],
  ['listener.name.plaintext.num.network.threads', SET, '50'],
  ['listener.name.plaintext.ssl.keystore.type', SET, 'JKS'],
  ['listener.name.other.sasl.jaas.config', SET, 'secret'],
  ['ssl.keystore.location', SET, '/x'],
  ['ssl.client.auth', SET, 'maybe'],
  ['ssl.enabled.protocols', SET, 'TLSv1.3'],
  ['sasl.enabled.mechanisms', APPEND, 'PLAIN'],
  ['min.insync.replicas', SET, '1'],
  ['min.insync.replicas', DELETE, null],
  ['min.insync.replicas', SET, '0'],
  ['unclean.leader.election.enable', SET, 'true'],
  ['unclean.leader.election.enable', SET, 'si'],
  ['compression.type', SET, 'brotli'],
  ['log.local.retention.ms', SET, '-1'],
  ['log.local.retention.ms', SET, '9999999999999'],
  ['log.local.retention.bytes', SET, '-3'],
  ['producer.id.expiration.ms', SET, '0'],
  ['producer.id.expiration.ms', SET, '1000'],
  ['metric.reporters', SET, 'org.example.Nothing'],
  ['metric.reporters', SET, ''],
  ['metric.reporters', SET, 'org.apache.kafka.common.metrics.JmxReporter'],
  ['leader.replication.throttled.rate', SET, '1000'],
  ['leader.replication.throttled.rate', SET, '-1'],
  ['follower.replication.throttled.rate', DELETE, null],
  ['cordoned.log.dirs', SET, '/no/such'],
  ['cordoned.log.dirs', APPEND, '/no/such'],
  ['cordoned.log.dirs', SET, '*'],
  ['cordoned.log.dirs', SET, ''],
  ['remote.log.reader.threads', SET, '100'],
  ['remote.log.manager.copy.max.bytes.per.second', SET, '0'],
  ['remote.log.index.file.cache.total.size.bytes', SET, '1'],
  ['group.consumer.assignment.interval.ms', SET, '100000'],
  ['group.coordinator.cached.buffer.max.bytes', SET, '1'],
  ['share.coordinator.cached.buffer.max.bytes', SET, '600000'],
  ['transaction.partition.verification.enable', SET, 'false'],
  ['listener.security.protocol.map', SET, 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,OTHER:SSL'],
  ['listener.security.protocol.map', SET, 'PLAINTEXT:SSL,CONTROLLER:PLAINTEXT'],
  ['principal.builder.class', SET, 'org.example.Nothing'],
  ['config.providers', SET, 'x'],
  ['', SET, 'x'],
]

const GROUP_CHANGES: readonly Change[] = [
  ['consumer.session.timeout.ms', SET, '50000'],
  ['consumer.session.timeout.ms', SET, '44999'],
  ['consumer.session.timeout.ms', SET, '60001'],
  ['consumer.session.timeout.ms', SET, '0'],
  ['consumer.session.timeout.ms', SET, 'x'],
  ['consumer.session.timeout.ms', SET, null],
  ['consumer.heartbeat.interval.ms', SET, '4999'],
  ['consumer.heartbeat.interval.ms', SET, '15001'],
  ['consumer.assignment.interval.ms', SET, '15001'],
  ['consumer.assignment.interval.ms', SET, '15000'],
  ['share.session.timeout.ms', SET, '1'],
  ['share.heartbeat.interval.ms', SET, '99999'],
  ['share.record.lock.duration.ms', SET, '14999'],
  ['share.record.lock.duration.ms', SET, '60001'],
  ['share.record.lock.duration.ms', SET, '20000'],
  ['share.delivery.count.limit', SET, '1'],
  ['share.delivery.count.limit', SET, '11'],
  ['share.partition.max.record.locks', SET, '99'],
  ['share.partition.max.record.locks', SET, '5000'],
  ['share.assignment.interval.ms', SET, '20000'],
  ['share.auto.offset.reset', SET, 'earliest'],
  ['share.auto.offset.reset', SET, 'never'],
  ['share.auto.offset.reset', SET, 'by_duration:PT1H'],
  ['share.isolation.level', SET, 'serializable'],
  ['share.renew.acknowledge.enable', SET, 'false'],
  ['streams.session.timeout.ms', SET, '1'],
  ['streams.heartbeat.interval.ms', SET, '1'],
  ['streams.num.standby.replicas', SET, '3'],
  ['streams.num.standby.replicas', SET, '2'],
  ['streams.assignment.interval.ms', SET, '16000'],
  ['streams.initial.rebalance.delay.ms', SET, '0'],
  ['consumer.session.timeout.ms', APPEND, '1'],
  ['no.such', SET, '1'],
  ['no.such', DELETE, null],
  ['consumer.session.timeout.ms', DELETE, null],
]

const METRICS_CHANGES: readonly Change[] = [
  ['interval.ms', SET, '100'],
  ['interval.ms', SET, '99'],
  ['interval.ms', SET, '3600000'],
  ['interval.ms', SET, '3600001'],
  ['interval.ms', SET, 'x'],
  ['metrics', SET, 'org.apache.kafka.producer.,org.apache.kafka.consumer.'],
  ['metrics', APPEND, 'a'],
  ['metrics', APPEND, 'a,b'],
  ['metrics', SUBTRACT, 'a'],
  ['metrics', SET, '*'],
  ['metrics', SET, ''],
  ['metrics', SET, 'a,,b'],
  ['metrics', SET, 'a,a'],
  ['match', SET, 'client_id=.*,client_software_name=a[bc]+'],
  ['match', SET, 'client_id'],
  ['match', SET, 'client_id='],
  ['match', SET, 'client_id=a=b'],
  ['match', SET, 'client_id=a='],
  ['match', SET, ' client_id = a '],
  ['match', SET, 'nobody=a'],
  ['match', SET, 'client_id=('],
  ['match', SET, 'client_id=*'],
  ['match', SET, 'client_id=a*+'],
  ['match', SET, 'client_id=(?i)a'],
  ['match', SET, 'client_id=\\Q(\\E'],
  ['match', SET, 'client_id=\\y'],
  ['match', SET, 'client_id=a{'],
  ['match', SET, 'client_id=[]'],
  ['match', SET, 'client_id=[b-a]'],
  ['match', SET, 'client_id=\\p{Alpha}'],
  ['match', SET, 'client_id=(?<n>a)\\k<n>'],
  ['match', APPEND, 'client_source_port=1'],
  ['match', DELETE, null],
  ['no.such', SET, '1'],
  ['', SET, '1'],
]

const LOGGER_CHANGES: readonly Change[] = [
  ['root', SET, 'warn'],
  ['root', SET, 'OFF'],
  ['root', SET, ''],
  ['root', SET, null],
  ['root', DELETE, null],
  ['root', APPEND, 'INFO'],
  ['root', SUBTRACT, 'INFO'],
  ['no.such', SET, 'INFO'],
  ['no.such', DELETE, null],
]

/** In which the profile `dev` and the oracle differ from one another. */
export const alterConfigSettings = { 'group.streams.initial.rebalance.delay.ms': 0, 'default.replication.factor': 1, 'metadata.max.idle.interval.ms': 0 }

/** One batch of one record; what is stored of it is fetched, so that it shows how the broker keeps it. */
async function produced(stage: Stage, name: string, { offsetMs = 0, valueBytes = 10, compression = 'none' as Compression } = {}): Promise<unknown> {
  const records = buildBatch({ compression }, [{ timestamp: Date.now() + offsetMs, value: Buffer.alloc(valueBytes, 'a') }])
  const request = { acks: -1, timeoutMs: 5000, topicData: [{ name, partitionData: [{ index: 0, records }] }] }
  const { responses } = await stage.client.ask(ProduceApi, 12, request)
  const { errorCode, baseOffset, errorMessage } = responses[0]?.partitionResponses[0] ?? { errorCode: -2, baseOffset: -2, errorMessage: null }
  if (errorCode !== 0) return { errorCode, errorMessage }
  const partitions = [{ partition: 0, fetchOffset: baseOffset, partitionMaxBytes: 1_000_000 }]
  const fetched = await stage.client.ask(FetchApi, 12, {
    maxWaitMs: 1000,
    minBytes: 1,
    isolationLevel: 0,
    topics: [{ topic: name, partitions }],
    forgottenTopicsData: [],
  })
  const [batch] = batches(fetched.responses[0]?.partitions[0]?.records ?? Buffer.alloc(0))
  return { errorCode, compression: batch?.compression, timestampType: batch?.timestampType }
}

const HOUR_MS = 3_600_000

/** Settings of a topic that say what may be produced, and what of it. */
const FOR_RECORDS: readonly (readonly [name: string, value: string, sent: Parameters<typeof produced>[2]])[] = [
  ['max.message.bytes', '100', { valueBytes: 200 }],
  ['max.message.bytes', '100', {}],
  ['message.timestamp.before.max.ms', String(HOUR_MS), { offsetMs: -2 * HOUR_MS }],
  ['message.timestamp.after.max.ms', String(HOUR_MS), { offsetMs: 2 * HOUR_MS }],
  ['message.timestamp.after.max.ms', String(3 * HOUR_MS), { offsetMs: 2 * HOUR_MS }],
  ['message.timestamp.type', 'LogAppendTime', { offsetMs: -2 * HOUR_MS }],
  ['min.insync.replicas', '2', {}],
  ['cleanup.policy', 'compact', {}],
  ...(['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd', 'producer'] as const).map(
    (type) => ['compression.type', type, { compression: 'gzip', valueBytes: 200 }] as const,
  ),
]

export const alterConfigScenarios: readonly Scenario[] = [
  {
    name: 'IncrementalAlterConfigs: settings of a topic that has records act on those that follow',
    versions: INCREMENTAL,
    run: async (stage, version) => {
      const outcomes: unknown[] = []
      for (const [key, value, sent] of FOR_RECORDS) {
        const name = stage.name(`t${outcomes.length}`)
        await createTopic(stage, name)
        outcomes.push(await produced(stage, name))
        await change(stage, version, [[TOPIC, name, [[key, SET, value]]]])
        await untilDescribed(stage, [TOPIC, name], key, value)
        // Described is what was written; its log has it when the next change can be described.
        await settled(stage)
        outcomes.push([key, value, sent, await produced(stage, name, sent)])
      }
      return outcomes
    },
  },
  changesOneByOne('of a topic, one after another', topic, TOPIC_CHANGES),
  changesOneByOne('of a broker, to see whether they can be made', ownBroker, BROKER_CHANGES, { validateOnly: true }),
  changesOneByOne('of all brokers, to see whether they can be made', allBrokers, BROKER_CHANGES, { validateOnly: true }),
  changesOneByOne('of a group', group, GROUP_CHANGES),
  changesOneByOne('of a subscription to metrics', subscription, METRICS_CHANGES),
  changesOneByOne('of loggers, refused', async () => [BROKER_LOGGER, '1'], LOGGER_CHANGES),
  {
    name: 'IncrementalAlterConfigs: what each operation leaves behind',
    versions: INCREMENTAL,
    run: async (stage, version) => {
      const [type, name] = await topic(stage)
      const outcomes: unknown[] = []
      for (const [key, operation, value] of TOPIC_CHANGES) {
        await change(stage, version, [[type, name, [[key, operation, value]]]])
        await settled(stage)
        outcomes.push([key, operation, value, await described(stage, type, name, [key])])
      }
      return outcomes
    },
  },
  {
    name: 'IncrementalAlterConfigs: a resource of which one change cannot be made, among others',
    versions: INCREMENTAL,
    unordered: ['configs'],
    run: async (stage, version) => {
      const [type, good] = await topic(stage)
      const bad = stage.name('bad')
      await createTopic(stage, bad)
      const keys = ['retention.ms', 'segment.bytes', 'flush.ms']
      return [
        await change(stage, version, [
          [
            type,
            bad,
            [
              ['retention.ms', SET, '77000'],
              ['segment.bytes', SET, '1'],
            ],
          ],
          [type, good, [['flush.ms', SET, '5000']]],
          [type, stage.name('absent'), [['flush.ms', SET, '5000']]],
          [type, 'a/b', [['flush.ms', SET, '5000']]],
          [type, '', [['flush.ms', SET, '5000']]],
        ]),
        await settled(stage),
        await described(stage, type, bad, keys),
        await described(stage, type, good, keys),
      ]
    },
  },
  {
    name: 'IncrementalAlterConfigs: only to see whether it can be done',
    versions: INCREMENTAL,
    run: async (stage, version) => {
      const [type, name] = await topic(stage)
      return [
        await change(stage, version, [[type, name, [['retention.ms', SET, '5']]]], { validateOnly: true }),
        await change(stage, version, [[type, name, [['retention.ms', SET, 'x']]]], { validateOnly: true }),
        await described(stage, type, name, ['retention.ms']),
      ]
    },
  },
  {
    name: 'IncrementalAlterConfigs: resources and settings that stand twice, nothing at all',
    versions: INCREMENTAL,
    run: async (stage, version) => {
      const [type, name] = await topic(stage)
      const once: Change = ['retention.ms', SET, '1']
      return [
        await change(stage, version, []),
        await change(stage, version, [[type, name, []]]),
        await change(stage, version, [
          [type, name, [once]],
          [GROUP, name, []],
          [type, name, [['flush.ms', SET, '1']]],
          [type, name, [once]],
        ]),
        await change(stage, version, [[type, name, [once, ['retention.ms', SET, '2']]]]),
        await change(stage, version, [[type, name, [once, ['retention.ms', DELETE, null]]]]),
        await change(stage, version, [[type, name, [['retention.ms', SET, null], ['flush.ms', APPEND, null], once]]]),
        await described(stage, type, name, ['retention.ms', 'flush.ms']),
      ]
    },
  },
  {
    name: 'IncrementalAlterConfigs: names of brokers, kinds of resources',
    versions: INCREMENTAL,
    run: async (stage, version) => {
      const outcomes: unknown[] = []
      const one: readonly Change[] = [['log.retention.ms', SET, '1000']]
      const brokers = ['2', '-1', 'x', ' 1', '99999999999', '1.0'].map((name): Edited<Change> => [BROKER, name, one])
      const loggers = ['2', '-1', 'x', '', '99999999999'].map((name): Edited<Change> => [BROKER_LOGGER, name, [['root', SET, 'INFO']]])
      const others = [0, 1, 3, 64, 127, -1].map((type): Edited<Change> => [type, 'a', one])
      for (const resource of [...brokers, ...loggers, ...others, [GROUP, '', []] as const, [CLIENT_METRICS, '', []] as const, [BROKER, '2', []] as const])
        outcomes.push(await change(stage, version, [resource], { validateOnly: true }))
      outcomes.push(await change(stage, version, [[BROKER, '1', [['log.retention.ms', 9, '1']]]], { validateOnly: true }))
      return outcomes
    },
  },
  {
    name: 'IncrementalAlterConfigs: levels of loggers',
    versions: INCREMENTAL,
    run: async (stage, version) => {
      const outcomes: unknown[] = []
      for (const level of ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE', 'WARN']) {
        outcomes.push(await change(stage, version, [[BROKER_LOGGER, '1', [['root', SET, level]]]]))
        outcomes.push(await described(stage, BROKER_LOGGER, '1', ['root']))
      }
      outcomes.push(await change(stage, version, [[BROKER_LOGGER, '+1', [['root', SET, 'ERROR']]]], { validateOnly: true }))
      outcomes.push(
        await change(stage, version, [
          [
            BROKER_LOGGER,
            '1',
            [
              ['root', SET, 'ERROR'],
              ['no.such', SET, 'INFO'],
            ],
          ],
        ]),
      )
      outcomes.push(await described(stage, BROKER_LOGGER, '1', ['root']))
      return outcomes
    },
  },
  {
    name: 'IncrementalAlterConfigs: settings of brokers while they run',
    versions: INCREMENTAL,
    run: async (stage, version) => {
      const [type, name] = await topic(stage)
      const both = [[BROKER, ''] as const, [BROKER, '1'] as const]
      const keys = ['log.retention.ms', 'message.max.bytes', 'my.own', 'log.cleanup.policy']
      const outcomes: unknown[] = []
      const look = async () => {
        for (const [kind, broker] of both) outcomes.push(await described(stage, kind, broker, keys))
        outcomes.push(await described(stage, type, name, ['retention.ms', 'max.message.bytes', 'cleanup.policy']))
      }
      outcomes.push(
        await change(stage, version, [
          [
            BROKER,
            '',
            [
              ['log.retention.ms', SET, '3600000'],
              ['my.own', SET, 'x'],
              ['message.max.bytes', SET, '2000000'],
            ],
          ],
        ]),
      )
      await untilDescribed(stage, [BROKER, ''], 'log.retention.ms', '3600000')
      await look()
      outcomes.push(
        await change(stage, version, [
          [
            BROKER,
            '1',
            [
              ['log.retention.ms', SET, '7200000'],
              ['log.cleanup.policy', APPEND, 'compact'],
            ],
          ],
        ]),
      )
      await untilDescribed(stage, [BROKER, '1'], 'log.retention.ms', '7200000')
      await look()
      const removed: readonly Change[] = keys.map((key) => [key, DELETE, null])
      outcomes.push(
        await change(stage, version, [
          [BROKER, '1', removed],
          [BROKER, '', removed],
        ]),
      )
      await untilDescribed(stage, [BROKER, ''], 'log.retention.ms', null)
      await untilDescribed(stage, [BROKER, '1'], 'log.cleanup.policy', 'delete')
      await untilDescribed(stage, [BROKER, '1'], 'log.retention.ms', null)
      await look()
      return outcomes
    },
    unordered: ['configs'],
  },
  {
    name: 'IncrementalAlterConfigs: a value longer than any string',
    // Before version 1 there is no way to write it.
    versions: [1],
    run: async (stage, version) => {
      const [type, name] = await topic(stage)
      return change(stage, version, [[type, name, [['flush.ms', SET, '9'.repeat(32_768)]]]])
    },
  },
  {
    name: 'DescribeConfigs: of settings made while the brokers run',
    versions: versions(1, 4),
    unordered: ['configs'],
    run: async (stage, version) => {
      const own: readonly Value[] = [
        ['listener.name.plaintext.max.connections', '70'],
        ['listener.name.other.ssl.keystore.password', 'secret'],
        ['listener.name.other.plain.sasl.jaas.config', 'secret'],
        ['sasl.jaas.config', 'secret'],
        ['log.roll.ms', '70000'],
        ['log.flush.interval.ms', '5000'],
        ['log.cleanup.policy', ' compact , delete'],
        ['my.own', 'x'],
      ]
      const all: readonly Value[] = [
        ['listener.name.plaintext.max.connections', '80'],
        ['log.roll.ms', '80000'],
        ['log.retention.ms', '-1'],
        ['log.cleaner.io.max.bytes.per.second', '1e6'],
        ['follower.replication.throttled.rate', '1000'],
        ['my.other', 'x'],
      ]
      const set = (values: readonly Value[]) => values.map(([key, value]): Change => [key, SET, value])
      const remove = (values: readonly Value[]) => values.map(([key]): Change => [key, DELETE, null])
      const outcomes: unknown[] = [
        await change(stage, 1, [
          [BROKER, '1', set(own)],
          [BROKER, '', set(all)],
        ]),
      ]
      await untilDescribed(stage, [BROKER, '1'], 'log.roll.ms', '70000')
      await untilDescribed(stage, [BROKER, ''], 'log.roll.ms', '80000')
      outcomes.push(
        await describe(stage, version, [
          [BROKER, '1'],
          [BROKER, ''],
        ]),
      )
      outcomes.push(
        await change(stage, 1, [
          [BROKER, '1', remove(own)],
          [BROKER, '', remove(all)],
        ]),
      )
      await untilDescribed(stage, [BROKER, '1'], 'log.roll.ms', null)
      await untilDescribed(stage, [BROKER, ''], 'log.roll.ms', null)
      return outcomes
    },
  },
  {
    name: 'AlterConfigs: what is not written is gone',
    versions: LEGACY,
    run: async (stage, version) => {
      const [type, name] = await topic(stage)
      const keys = ['retention.ms', 'cleanup.policy', 'flush.ms']
      const outcomes: unknown[] = []
      const values: readonly (readonly Value[])[] = [
        [['retention.ms', '5000']],
        [
          ['retention.ms', '5000'],
          ['flush.ms', '7'],
        ],
        [
          ['retention.ms', 'x'],
          ['flush.ms', '8'],
        ],
        [['no.such', 'x']],
        [['retention.ms', null]],
        [
          ['retention.ms', '1'],
          ['retention.ms', '2'],
        ],
        [],
      ]
      for (const list of values) {
        outcomes.push(await replace(stage, version, [[type, name, list]]))
        await settled(stage)
        outcomes.push(await described(stage, type, name, keys))
      }
      outcomes.push(await replace(stage, version, [[type, name, [['flush.ms', '9']]]], { validateOnly: true }), await described(stage, type, name, keys))
      return outcomes
    },
  },
  {
    name: 'AlterConfigs: kinds and names of resources',
    versions: LEGACY,
    run: async (stage, version) => {
      const [type, name] = await topic(stage)
      const outcomes: unknown[] = [await replace(stage, version, [])]
      const value: readonly Value[] = [['log.retention.ms', '1000']]
      const resources: readonly Edited<Value>[] = [
        ...['1', '', '2', 'x'].map((broker): Edited<Value> => [BROKER, broker, value]),
        [BROKER, '1', [['node.id', '3']]],
        [BROKER, '1', [['no.such', '3']]],
        [BROKER, '1', [['num.io.threads', '99']]],
        [
          BROKER,
          '',
          [
            ['min.insync.replicas', '1'],
            ['ssl.client.auth', 'none'],
          ],
        ],
        [BROKER, '', [['min.insync.replicas', '1']]],
        [BROKER_LOGGER, '1', [['root', 'INFO']]],
        [GROUP, 'g', [['consumer.session.timeout.ms', '1']]],
        [GROUP, '', []],
        [CLIENT_METRICS, 'm', [['interval.ms', '1']]],
        [CLIENT_METRICS, '', []],
        [type, stage.name('absent'), []],
        [type, '', []],
        [type, 'a/b', []],
        ...[0, 1, 3, 64, -1].map((other): Edited<Value> => [other, 'a', value]),
      ]
      for (const resource of resources) outcomes.push([resource, await replace(stage, version, [resource], { validateOnly: true })])
      outcomes.push(
        await replace(
          stage,
          version,
          [
            [GROUP, name, []],
            [BROKER, '1', value],
          ],
          { validateOnly: true },
        ),
      )
      return outcomes
    },
  },
  {
    name: 'AlterConfigs: of a group and of a subscription, which are listed while they have settings',
    versions: LEGACY,
    unordered: ['configs', 'configResources'],
    run: async (stage, version) => {
      const [g, m] = [stage.name('g'), stage.name('m')]
      const list = async () => {
        const { configResources } = await stage.client.ask(ListConfigResourcesApi, 1, { resourceTypes: [GROUP, CLIENT_METRICS] })
        return configResources.filter(({ resourceName }) => resourceName === g || resourceName === m)
      }
      const outcomes: unknown[] = [
        await replace(stage, version, [
          [GROUP, g, [['consumer.session.timeout.ms', '50000']]],
          [
            CLIENT_METRICS,
            m,
            [
              ['interval.ms', '7000'],
              ['match', 'client_id=a,client_id=b'],
            ],
          ],
        ]),
      ]
      await untilDescribed(stage, [CLIENT_METRICS, m], 'interval.ms', '7000')
      await untilDescribed(stage, [GROUP, g], 'consumer.session.timeout.ms', '50000')
      outcomes.push(await described(stage, GROUP, g, []), await described(stage, CLIENT_METRICS, m, []), await list())
      outcomes.push(
        await replace(stage, version, [
          [GROUP, g, []],
          [CLIENT_METRICS, m, []],
        ]),
      )
      await untilDescribed(stage, [CLIENT_METRICS, m], 'interval.ms', '300000')
      await untilDescribed(stage, [GROUP, g], 'consumer.session.timeout.ms', '45000')
      outcomes.push(await described(stage, GROUP, g, []), await described(stage, CLIENT_METRICS, m, []), await list())
      return outcomes
    },
  },
]
