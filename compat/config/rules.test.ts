import { expect, test } from 'vitest'
import { OdradekError } from '../../src/base/errors.ts'
import { dynamicRefusal } from '../../src/config/changes/dynamic-rules.ts'
import type { Listener } from '../../src/config/listeners.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { clientMetricsRefusal } from '../../src/config/rules/client-metrics-rules.ts'
import { topicConfigRefusal } from '../../src/config/rules/topic-rules.ts'
import { TopicConfig } from '../../src/config/topic-config.ts'
import { type TopicSettingName, topicSettings } from '../../src/config/topic-settings.ts'
import { formatValue } from '../../src/config/values/format-value.ts'
import { type Answer, askKafka, type Question } from './kafka-checks.ts'

type Texts = Readonly<Record<string, string>>

/** The same start as in CheckConfigs.java. */
const WHOLE_NODE: Texts = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.quorum.voters': '1@localhost:9093',
  'controller.listener.names': 'CONTROLLER',
  listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093',
}

function load(texts: Texts) {
  const all = Object.entries({ ...WHOLE_NODE, ...texts }).filter(([, text]) => text !== '(unset)')
  return loadConfig({ profile: 'kafka', assignments: all.map(([name, text]) => `${name}=${text}`) })
}

/** Our answer to one question: Kafka prints one refusal where we list every bad value with its place. */
function answer(ask: () => unknown): Answer {
  try {
    return { error: null, value: ask() }
  } catch (error) {
    if (!(error instanceof OdradekError)) throw error
    // Of listeners, Kafka's text is the cause of a message that names the setting and its place as well.
    const { message } = error.cause instanceof OdradekError ? error.cause : error
    const [, ...listed] = message.split('\n')
    const line = message.startsWith('The configuration cannot be used')
      ? (listed[0] ?? '')
          .trim()
          .replace(/^--set: /, '')
          .replace(/ \([a-z]+(?:, .*)?\)$/, '')
      : message
    return { error: line }
  }
}

async function compare(questions: readonly Question[], ours: (question: Question) => Answer): Promise<void> {
  const answers = await askKafka(questions)
  expect(questions.map((question) => ({ question, ...ours(question) }))).toEqual(questions.map((question, index) => ({ question, ...answers[index] })))
}

const BROKER_ONLY: Texts = {
  'process.roles': 'broker',
  listeners: 'PLAINTEXT://localhost:9092',
  'controller.quorum.voters': '2@localhost:9093',
}
const CONTROLLER_ONLY: Texts = { 'process.roles': 'controller', listeners: 'CONTROLLER://localhost:9093' }

const NODES: readonly Texts[] = [
  {},
  { 'node.id': '(unset)' },
  { 'node.id': '(unset)', 'broker.id': '1' },
  { 'broker.id': '2' },
  { 'node.id': '-1' },
  { 'node.id': '2' },
  { 'process.roles': '(unset)' },
  { 'process.roles': 'zookeeper' },
  { 'process.roles': '' },
  { 'controller.listener.names': '(unset)' },
  { 'controller.listener.names': '' },
  { 'controller.listener.names': 'OTHER' },
  { 'controller.listener.names': 'CONTROLLER,PLAINTEXT' },
  { 'controller.quorum.voters': '' },
  { 'controller.quorum.voters': '', 'controller.quorum.bootstrap.servers': 'localhost:9093' },
  { 'controller.quorum.voters': '2@b:1,3@c:1' },
  { listeners: '' },
  { listeners: 'CONTROLLER://:9093' },
  { listeners: 'PLAINTEXT://:9092' },
  { listeners: 'PLAINTEXT://:9092,PLAINTEXT://:9093,CONTROLLER://:9094' },
  { listeners: 'PLAINTEXT://:9092,CONTROLLER://:9092' },
  { listeners: 'PLAINTEXT://127.0.0.1:9092,CONTROLLER://[::1]:9092' },
  { listeners: 'PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.2:9092' },
  { listeners: 'PLAINTEXT://127.0.0.1:9092,CONTROLLER://localhost:9092' },
  { listeners: 'PLAINTEXT://:0,CONTROLLER://:0' },
  { listeners: 'plaintext://:9092,controller://:9093' },
  { listeners: 'PLAINTEXT:9092' },
  { listeners: 'INSIDE://:9092,CONTROLLER://:9093' },
  { listeners: 'SSL://:9092,CONTROLLER://:9093' },
  { listeners: 'SSL://:9092,CONTROLLER://:9093', 'security.inter.broker.protocol': 'SSL', 'listener.security.protocol.map': 'SSL:SSL,CONTROLLER:PLAINTEXT' },
  { listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093', 'controller.quorum.voters': '1@first:7,2@second:8' },
  { listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093', 'controller.quorum.voters': '', 'controller.quorum.bootstrap.servers': 'c:9093' },
  { listeners: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093' },
  { listeners: 'PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093', 'advertised.listeners': 'PLAINTEXT://kafka:9092' },
  { 'advertised.listeners': 'PLAINTEXT://kafka:9092,PLAINTEXT://b:1' },
  { 'advertised.listeners': 'PLAINTEXT://a:1,CONTROLLER://c:2' },
  { 'advertised.listeners': 'CONTROLLER://c:2' },
  { 'advertised.listeners': 'OUTSIDE://c:2' },
  { 'advertised.listeners': 'PLAINTEXT://a:1,SSL://b:1' },
  { 'advertised.listeners': '' },
  { 'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT' },
  { 'listener.security.protocol.map': 'PLAINTEXT:CLEAR,CONTROLLER:PLAINTEXT' },
  { 'inter.broker.listener.name': 'OTHER' },
  { 'inter.broker.listener.name': 'SSL' },
  { 'inter.broker.listener.name': 'plaintext' },
  { 'inter.broker.listener.name': 'PLAINTEXT', 'security.inter.broker.protocol': 'PLAINTEXT' },
  { 'log.roll.ms': '0' },
  { 'log.roll.jitter.ms': '-1' },
  { 'log.retention.ms': '0' },
  { 'log.retention.hours': '0' },
  { 'log.retention.hours': '-1' },
  { 'log.dirs': '/a,/b' },
  { 'log.dir': '/a' },
  { 'log.dirs': '' },
  { 'metadata.log.dir': '/m' },
  { 'log.cleaner.dedupe.buffer.size': '1048576' },
  { 'replica.fetch.wait.max.ms': '30001' },
  { 'replica.fetch.wait.max.ms': '40000', 'replica.socket.timeout.ms': '40000' },
  { 'broker.heartbeat.interval.ms': '9000' },
  { 'cordoned.log.dirs': '*' },
  { 'cordoned.log.dirs': '*,/a' },
  { 'cordoned.log.dirs': '/nowhere' },
  { 'queued.max.request.bytes': '1' },
  { 'max.connections.per.ip': '0' },
  { 'max.connections.per.ip': '0', 'max.connections.per.ip.overrides': 'a:1' },
  { 'max.connections.per.ip.overrides': 'a b:1' },
  { 'group.consumer.session.timeout.ms': '44999' },
  { 'group.consumer.session.timeout.ms': '60001' },
  { 'group.consumer.min.heartbeat.interval.ms': '16000' },
  { 'group.consumer.heartbeat.interval.ms': '4999' },
  { 'group.consumer.max.heartbeat.interval.ms': '50000', 'group.consumer.heartbeat.interval.ms': '45000' },
  { 'group.consumer.assignment.interval.ms': '15001' },
  { 'group.share.assignors': 'simple,simple2' },
  { 'group.consumer.assignors': 'uniform,own' },
  { 'group.consumer.assignors': 'range,org.apache.kafka.coordinator.group.assignor.UniformAssignor' },
  { 'group.share.assignors': 'simple,org.apache.kafka.coordinator.group.assignor.SimpleAssignor' },
  { 'group.share.heartbeat.interval.ms': '16000' },
  { 'group.share.delivery.count.limit': '10', 'group.share.max.delivery.count.limit': '9' },
  { 'group.share.record.lock.duration.ms': '20000', 'group.share.min.record.lock.duration.ms': '25000' },
  { 'group.share.max.share.sessions': '10' },
  { 'group.streams.num.standby.replicas': '3' },
  { 'group.streams.min.session.timeout.ms': '50000' },
  { 'connections.max.idle.ms': '50' },
  { 'connections.max.idle.ms': '-1' },
  {
    'security.inter.broker.protocol': 'SASL_PLAINTEXT',
    listeners: 'SASL_PLAINTEXT://:9092,CONTROLLER://:9093',
    'listener.security.protocol.map': 'SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
  },
  BROKER_ONLY,
  { ...BROKER_ONLY, 'controller.quorum.voters': '1@localhost:9093' },
  { ...BROKER_ONLY, 'controller.listener.names': 'PLAINTEXT' },
  { ...BROKER_ONLY, 'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT' },
  { ...BROKER_ONLY, 'controller.quorum.auto.join.enable': 'true' },
  { ...BROKER_ONLY, 'controller.listener.names': 'SSL' },
  CONTROLLER_ONLY,
  { ...CONTROLLER_ONLY, listeners: 'CONTROLLER://localhost:9093,PLAINTEXT://:9092' },
  { ...CONTROLLER_ONLY, 'inter.broker.listener.name': 'CONTROLLER' },
  { ...CONTROLLER_ONLY, 'node.id': '3' },
]

function describeNode(texts: Texts): unknown {
  const { identity } = load(texts)
  const written = (listeners: readonly Listener[]) =>
    listeners.map(({ name, protocol, host, port }) => `${name}/${protocol}/${host === '' ? 'null' : host}/${port}`)
  return {
    listeners: written(identity.listeners),
    advertised: written(identity.advertisedBrokerListeners),
    controllers: written(identity.advertisedControllerListeners),
    interBroker: identity.interBrokerListenerName,
    logDirs: identity.logDirs,
    metadataLogDir: identity.metadataLogDir,
  }
}

test('a node is what Apache Kafka makes of the same settings, or is refused in its words', async () => {
  await compare(
    NODES.map((configs) => ({ ask: 'node', configs })),
    (question) => answer(() => describeNode('configs' in question ? question.configs : {})),
  )
})

const TOPICS: readonly Texts[] = [
  {},
  { 'retention.ms': '-1' },
  { 'retention.ms': '-2' },
  { 'retention.hours': '1' },
  { 'cleanup.policy': 'compact,compact' },
  { 'cleanup.policy': '' },
  { 'cleanup.policy': 'keep' },
  { 'min.compaction.lag.ms': '2', 'max.compaction.lag.ms': '1' },
  { 'remote.storage.enable': 'true' },
  { 'remote.log.copy.disable': 'true' },
  { 'remote.log.delete.on.disable': 'true' },
  { 'local.retention.ms': '9223372036854775807' },
  { 'segment.bytes': '14' },
  { 'compression.type': 'brotli' },
  { 'max.message.bytes': '1 MB' },
  { 'unclean.leader.election.enable': 'maybe' },
  { 'leader.replication.throttled.replicas': '0-1' },
  { 'internal.segment.bytes': '10' },
]

test('the settings of a topic are refused for the reasons that Apache Kafka gives', async () => {
  const { config } = load({})
  await compare(
    TOPICS.map((configs) => ({ ask: 'topic', configs })),
    (question) => {
      const error = topicConfigRefusal(config, new Map(Object.entries('configs' in question ? question.configs : {})))
      return error === null ? { error, value: null } : { error }
    },
  )
})

const BROKER_VALUES: readonly Texts[] = [
  {},
  { 'log.retention.hours': '1' },
  { 'log.retention.hours': '1', 'log.retention.minutes': '2' },
  { 'log.retention.hours': '1', 'log.retention.minutes': '2', 'log.retention.ms': '3' },
  { 'log.retention.minutes': '-1' },
  { 'log.retention.ms': '-1' },
  { 'log.roll.hours': '1', 'log.roll.jitter.hours': '1' },
  { 'log.roll.hours': '1', 'log.roll.ms': '5', 'log.roll.jitter.ms': '2' },
  { 'log.flush.scheduler.interval.ms': '10' },
  { 'log.flush.interval.ms': '20', 'log.flush.scheduler.interval.ms': '10' },
  {
    'message.max.bytes': '5',
    'log.cleaner.min.cleanable.ratio': '0.25',
    'log.cleanup.policy': 'compact',
    'compression.type': 'zstd',
    'min.insync.replicas': '2',
  },
]

test('a topic without settings of its own has those that the broker gives it', async () => {
  await compare(
    BROKER_VALUES.map((configs) => ({ ask: 'topicValues', configs })),
    (question) =>
      answer(() => {
        const topic = new TopicConfig(load('configs' in question ? question.configs : {}).config, new Map())
        const names = Object.keys(topicSettings) as TopicSettingName[]
        return Object.fromEntries(names.map((name) => [name, formatValue(topicSettings[name].type, topic.get(name))]))
      }),
  )
})

const CHANGES: readonly Question[] = [
  { 'node.id': '5' },
  { 'num.io.threads': '16' },
  { 'num.io.threads': '0' },
  { 'log.retention.hours': '1' },
  { 'log.retention.ms': 'x' },
  { 'ssl.keystore.location': '/x' },
  { 'listener.name.outside.ssl.keystore.location': '/x' },
  { 'listener.name.outside.max.connections': '7' },
  { 'listener.name.outside.max.connections': '-7' },
  { 'ssl.cipher.suites': 'a' },
  { 'leader.replication.throttled.rate': '1000' },
  { 'leader.replication.throttled.rate': '-1' },
  { 'no.such.setting': 'x' },
].flatMap((configs) => [true, false].map((perBroker) => ({ ask: 'dynamic', perBroker, configs: configs as Texts }) as const))

test('what may change while a broker runs is what Apache Kafka lets change', async () => {
  await compare(CHANGES, (question) => {
    if (question.ask !== 'dynamic') throw new Error('only changes are asked here')
    const error = dynamicRefusal(question.perBroker, new Map(Object.entries(question.configs)))
    return error === null ? { error, value: null } : { error }
  })
})

const MATCHES = [
  ...['client_id=a.*', 'client_id', 'client_id=', 'client_id=a=b', 'client_id=a=', ' client_id = a ', '=a', 'nobody=a', 'CLIENT_ID=a'],
  ...[
    '(',
    ')',
    '*',
    'a**',
    'a*+',
    'a++',
    'a?+',
    'a{1,2}+',
    'a{2,1}',
    'a{',
    '{',
    '}',
    'a{x}',
    'a{1',
    '[',
    ']',
    '[]',
    '[]a]',
    '[^]',
    '[^]]',
    '[b-a]',
    '[a-z&&[b]]',
  ],
  ...['(?i)a', '(?i:a)', '(?-i)a', '(?x-s:a)', '(?>a)', '(?<n>a)\\k<n>', '(?=a)', '(?!a)', '(?<!a)b', '(?z)', '\\Q(\\E', '\\Q(', 'a\\Eb', '\\y', '\\j', '\\'],
  ...[
    '\\p{Alpha}',
    '\\pL',
    '\\x41',
    '\\x{41}',
    '\\u0041',
    '\\u41',
    '\\011',
    '\\cA',
    '\\A\\z',
    '\\h\\R\\X',
    '\\.',
    '\\-',
    '|a',
    'a||b',
    '^*',
    '$',
    '$*',
    '\\b*',
    '.',
  ].map(String),
].map((text) => (/^[ a-zA-Z_]*=|^client_id$/.test(text) ? text : `client_id=${text}`))

test('a subscription to metrics matches clients by what Apache Kafka takes for a pattern', async () => {
  const questions = MATCHES.map((match) => ({ ask: 'clientMetrics', configs: { match } }) as const)
  await compare(questions, (question) => {
    if (question.ask !== 'clientMetrics') throw new Error('only subscriptions are asked here')
    const refusal = clientMetricsRefusal('m', new Map(Object.entries(question.configs)))
    return refusal === null ? { error: null, value: null } : { error: refusal.message }
  })
})
