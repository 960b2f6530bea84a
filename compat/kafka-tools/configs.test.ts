import { afterAll, beforeAll, expect, test } from 'vitest'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite({ 'log.retention.hours': 24 })
})
afterAll(() => suite?.[Symbol.asyncDispose]())

/** Everything that a tool printed, whether it succeeded or not. */
const said = async (args: string) => {
  const { exit, stdout, stderr } = await suite.run('kafka-configs', `--alter ${args}`)
  return { exit, text: rows(stdout + stderr).join('\n') }
}

const describeConfigs = async (args: string) => rows(await suite.output('kafka-configs', `--describe ${args}`))

test('kafka-configs describes what is set for a topic, or everything in force', async () => {
  const topic = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${topic} --config retention.ms=3600000`)
  expect(await describeConfigs(`--entity-type topics --entity-name ${topic}`)).toEqual([
    `Dynamic configs for topic ${topic} are:`,
    'retention.ms=3600000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=3600000}',
  ])
  const all = await describeConfigs(`--entity-type topics --entity-name ${topic} --all`)
  expect(all).toContain('segment.bytes=1073741824 sensitive=false synonyms={DEFAULT_CONFIG:log.segment.bytes=1073741824}')
})

test('kafka-configs describes a broker, and what holds for all', async () => {
  expect(await describeConfigs('--entity-type brokers --entity-default')).toEqual([
    'Default configs for brokers in the cluster are:',
    'min.insync.replicas=1 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:min.insync.replicas=1}',
  ])
  expect(await describeConfigs('--entity-type brokers --entity-name 1 --all')).toContain(
    'log.retention.hours=24 sensitive=false synonyms={STATIC_BROKER_CONFIG:log.retention.hours=24, DEFAULT_CONFIG:log.retention.hours=168}',
  )
})

test('kafka-configs describes the levels of loggers', async () => {
  expect(await describeConfigs('--entity-type broker-loggers --entity-name 1')).toEqual(
    expect.arrayContaining([expect.stringMatching(/^root=[A-Z]+ sensitive=false synonyms=\{\}$/)]),
  )
})

test('kafka-configs says that a topic is not there', async () => {
  const absent = unique('absent')
  expect(await describeConfigs(`--entity-type topics --entity-name ${absent}`)).toEqual([
    `The topic '${absent}' doesn't exist and doesn't have dynamic config.`,
  ])
})

test('kafka-configs sets, changes and removes settings of a topic', async () => {
  const topic = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${topic}`)
  const entity = `--entity-type topics --entity-name ${topic}`
  expect(await said(`${entity} --add-config retention.ms=5000,cleanup.policy=[compact,delete]`)).toEqual({
    exit: 0,
    text: `Completed updating config for topic ${topic}.`,
  })
  expect(await describeConfigs(entity)).toEqual([
    `Dynamic configs for topic ${topic} are:`,
    'cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:log.cleanup.policy=delete}',
    'retention.ms=5000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=5000}',
  ])
  await said(`${entity} --delete-config retention.ms`)
  expect(await describeConfigs(entity)).toHaveLength(2)
})

test.each([
  ['retention.ms=soon', 'Invalid value soon for configuration retention.ms: Not a number of type LONG'],
  ['no.such=1', 'Unknown topic config name: no.such'],
  ['segment.bytes=1', 'Invalid value 1 for configuration segment.bytes: Value must be at least 1048576'],
])('kafka-configs says why %s cannot be set for a topic', async (setting, message) => {
  const topic = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${topic}`)
  const { exit, text } = await said(`--entity-type topics --entity-name ${topic} --add-config ${setting}`)
  expect(exit).not.toBe(0)
  expect(text).toContain(message)
})

test('kafka-configs sets what a broker takes while it runs, and says what it does not', async () => {
  const entity = '--entity-type brokers --entity-name 1'
  expect((await said(`${entity} --add-config log.cleaner.threads=2,my.own=x`)).text).toBe('Completed updating config for broker 1.')
  expect(await describeConfigs(entity)).toEqual([
    'Dynamic configs for broker 1 are:',
    'log.cleaner.threads=2 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:log.cleaner.threads=2, DEFAULT_CONFIG:log.cleaner.threads=1}',
    'my.own=null sensitive=true synonyms={DYNAMIC_BROKER_CONFIG:my.own=null}',
  ])
  await said(`${entity} --delete-config log.cleaner.threads,my.own`)
  expect(await describeConfigs(entity)).toEqual(['Dynamic configs for broker 1 are:'])
  expect((await said(`${entity} --add-config node.id=7`)).text).toContain('Cannot update these configs dynamically: [node.id]')
  expect((await said(`${entity} --add-config num.io.threads=100`)).text).toContain('value should not be greater than double the current value 8')
})

test('kafka-configs sets what holds for all brokers', async () => {
  const entity = '--entity-type brokers --entity-default'
  expect((await said(`${entity} --add-config message.max.bytes=2000000`)).text).toBe('Completed updating default config for brokers in the cluster.')
  expect(await describeConfigs(entity)).toContain(
    'message.max.bytes=2000000 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:message.max.bytes=2000000}',
  )
  await said(`${entity} --delete-config message.max.bytes`)
  expect((await said(`${entity} --add-config ssl.client.auth=none`)).text).toContain('broker id must be specified: [ssl.client.auth]')
})

test('kafka-configs sets the level of a logger', async () => {
  const entity = '--entity-type broker-loggers --entity-name 1'
  expect((await said(`${entity} --add-config root=ERROR`)).text).toBe('Completed updating config for broker-logger 1.')
  expect(await describeConfigs(entity)).toEqual(expect.arrayContaining(['root=ERROR sensitive=false synonyms={}']))
  const { exit, text } = await said(`${entity} --add-config root=LOUD`)
  expect(exit).not.toBe(0)
  expect(text).toContain('Valid log levels are DEBUG, ERROR, FATAL, INFO, TRACE, WARN')
})

test('kafka-configs sets settings of a group, within what the broker allows', async () => {
  const group = unique('group')
  const entity = `--entity-type groups --entity-name ${group}`
  expect((await said(`${entity} --add-config consumer.session.timeout.ms=50000`)).text).toBe(`Completed updating config for group ${group}.`)
  expect(await describeConfigs(entity)).toEqual([
    `Dynamic configs for group ${group} are:`,
    'consumer.session.timeout.ms=50000 sensitive=false synonyms={DYNAMIC_GROUP_CONFIG:consumer.session.timeout.ms=50000, DEFAULT_CONFIG:group.consumer.session.timeout.ms=45000}',
  ])
  expect((await said(`${entity} --add-config consumer.session.timeout.ms=1`)).text).toContain(
    'consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms',
  )
})

test('kafka-configs and kafka-client-metrics keep subscriptions to metrics', async () => {
  const name = unique('subscription')
  const metrics = async (args: string) => rows(await suite.output('kafka-client-metrics', args))
  expect(await metrics(`--alter --name ${name} --metrics org.apache.kafka.producer. --interval 30000 --match client_id=a.*`)).toEqual([
    `Altered client metrics config for ${name}.`,
  ])
  expect(await metrics('--list')).toContain(name)
  const described = ['interval.ms=30000', 'match=client_id=a.*', 'metrics=org.apache.kafka.producer.']
  expect(await metrics(`--describe --name ${name}`)).toEqual([`Client metrics configs for ${name} are:`, ...described])
  const entity = `--entity-type client-metrics --entity-name ${name}`
  expect((await said(`${entity} --add-config interval.ms=60000`)).text).toBe(`Completed updating config for client-metric ${name}.`)
  expect(await describeConfigs(entity)).toContain('interval.ms=60000 sensitive=false synonyms={DYNAMIC_CLIENT_METRICS_CONFIG:interval.ms=60000}')
  expect((await said(`${entity} --add-config interval.ms=5`)).text).toContain('interval must be between 100 and 3600000 (1 hour)')
  expect(await metrics(`--delete --name ${name}`)).toEqual([`Deleted client metrics config for ${name}.`])
  expect(await metrics('--list')).not.toContain(name)
})

test('kafka-client-metrics makes a name, and says what cannot be matched', async () => {
  const { stdout } = await suite.run('kafka-client-metrics', '--alter --generate-name --interval 5000')
  expect(stdout).toMatch(/Altered client metrics config for [\w-]{22}\./)
  const { exit, stdout: out, stderr } = await suite.run('kafka-client-metrics', '--alter --name bad --match nobody=x')
  expect(exit).not.toBe(0)
  expect(out + stderr).toContain('Illegal client matching pattern: nobody=x')
})

test('kafka-configs asks the controller as it asks a broker', async () => {
  const ask = async (args: string) => {
    const { exit, stdout, stderr } = await suite.runOffline('kafka-configs', `--bootstrap-controller ${suite.broker.controllerBootstrap} ${args}`)
    return { exit, lines: rows(stdout + stderr) }
  }
  const entity = '--entity-type brokers --entity-name 1'
  expect(await ask(`--alter ${entity} --add-config log.cleaner.threads=2`)).toEqual({ exit: 0, lines: ['Completed updating config for broker 1.'] })
  expect((await describeConfigs(entity))[1]).toMatch(/^log\.cleaner\.threads=2 /)
  await ask(`--alter ${entity} --delete-config log.cleaner.threads`)
  const level = '--entity-type broker-loggers --entity-name 1'
  expect((await ask(`--alter ${level} --add-config root=WARN`)).lines).toEqual(['Completed updating config for broker-logger 1.'])
  expect((await ask(`--describe ${level}`)).lines).toEqual(expect.arrayContaining(['root=WARN sensitive=false synonyms={}']))
})
