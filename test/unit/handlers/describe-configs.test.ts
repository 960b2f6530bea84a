import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { DescribeConfigsResponse } from '../../../protocol/messages/describe-configs.ts'
import { describeConfigsHandler } from '../../../src/handlers/describe-configs.ts'
import { ConfigResourceType } from '../../../src/metadata/image.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { LogLevels } from '../../../src/platform/logs/log-levels.ts'
import { broker, topic } from '../metadata/records.ts'
import { TopicNode, versions } from './topic-requests.ts'

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = ConfigResourceType

function setting(resourceType: number, resourceName: string, name: string, value: string): MetadataRecord {
  return { type: 'ConfigRecord', version: 0, data: { resourceType, resourceName, name, value } }
}

const node = new TopicNode(
  [
    broker(1),
    topic('t', 1),
    setting(TOPIC, 't', 'retention.ms', '5000'),
    setting(GROUP, 'g', 'share.auto.offset.reset', 'earliest'),
    setting(GROUP, 'g', 'consumer.session.timeout.ms', '46000'),
    setting(CLIENT_METRICS, 'm', 'interval.ms', '60000'),
  ],
  {
    'log.retention.hours': '24',
    'log.roll.ms': '70000',
    'log.roll.hours': '2',
    'log.index.interval.bytes': ' 8192',
    'listener.name.plaintext.max.connections': '7',
    'ssl.keystore.password': 'hidden from all',
    'group.consumer.session.timeout.ms': '47000',
  },
)

interface Asked {
  readonly version?: number
  readonly keys?: readonly string[] | null
  readonly includeSynonyms?: boolean
  readonly includeDocumentation?: boolean
}

async function ask(resources: readonly (readonly [number, string])[], asked: Asked = {}): Promise<DescribeConfigsResponse['results']> {
  const { version = 4, keys = null, includeSynonyms = true, includeDocumentation = false } = asked
  const list = resources.map(([resourceType, resourceName]) => ({ resourceType, resourceName, configurationKeys: keys }))
  const { results } = await node.ask(describeConfigsHandler, version, {
    resources: list,
    includeSynonyms,
    ...(version >= 3 ? { includeDocumentation } : {}),
  })
  return results
}

async function one(type: number, resource: string, name: string, asked: Asked = {}) {
  const [result] = await ask([[type, resource]], { ...asked, keys: [name] })
  if (result?.configs.length !== 1) throw new Error(`${name} is told ${result?.configs.length} times, error ${result?.errorCode}`)
  return result.configs[0]
}

describe('DescribeConfigs', () => {
  it.each(versions(1, 4))('version %i tells the settings of a topic', async (version) => {
    const newer = version >= 3 ? { configType: 5, documentation: null } : {}
    expect(await one(TOPIC, 't', 'retention.ms', { version })).toMatchObject({
      name: 'retention.ms',
      value: '5000',
      readOnly: false,
      configSource: 1,
      isSensitive: false,
      // `log.retention.hours` is given, but what stands for the topic's setting is `log.retention.ms`.
      synonyms: [{ name: 'retention.ms', value: '5000', source: 1 }],
      ...newer,
    })
  })

  it('calls a value default that comes from a broker setting of another name', async () => {
    expect(await one(BROKER, '1', 'log.retention.ms')).toMatchObject({ value: null, configSource: 5, synonyms: [] })
    expect(await one(BROKER, '1', 'log.retention.hours')).toMatchObject({ value: '24', configSource: 4 })
  })

  it('tells what stands for a setting layer by layer', async () => {
    expect(await one(TOPIC, 't', 'segment.ms')).toMatchObject({
      value: '70000',
      configSource: 4,
      synonyms: [
        { name: 'log.roll.ms', value: '70000', source: 4 },
        { name: 'log.roll.hours', value: '2', source: 4 },
        { name: 'log.roll.hours', value: '168', source: 5 },
      ],
    })
  })

  it('tells a value as it is in force, and as synonym as it was written', async () => {
    const synonyms = [
      { name: 'log.index.interval.bytes', value: ' 8192', source: 4 },
      { name: 'log.index.interval.bytes', value: '4096', source: 5 },
    ]
    expect(await one(BROKER, '1', 'log.index.interval.bytes')).toMatchObject({ value: '8192', synonyms })
  })

  it('tells neither synonyms nor documentation unasked', async () => {
    expect(await one(TOPIC, 't', 'segment.ms', { includeSynonyms: false })).toMatchObject({ configSource: 4, synonyms: [], documentation: null })
  })

  it('documents every setting when asked', async () => {
    const results = await ask(
      [
        [TOPIC, 't'],
        [BROKER, '1'],
        [GROUP, 'g'],
        [CLIENT_METRICS, 'm'],
      ] as const,
      { includeDocumentation: true },
    )
    const undocumented = results.flatMap(({ configs }) => configs.filter(({ documentation }) => !documentation).map(({ name }) => name))
    expect(undocumented).toEqual(['listener.name.plaintext.max.connections'])
  })

  it('tells the settings of one listener with those of all behind them', async () => {
    expect(await one(BROKER, '1', 'listener.name.plaintext.max.connections')).toMatchObject({
      value: '7',
      readOnly: true,
      configSource: 4,
      synonyms: [
        { name: 'listener.name.plaintext.max.connections', value: '7', source: 4 },
        { name: 'max.connections', value: '2147483647', source: 5 },
      ],
    })
  })

  it('never tells a secret', async () => {
    const results = await ask([[BROKER, '1']])
    expect(JSON.stringify(results)).not.toContain('hidden')
    expect(results[0]?.configs.find(({ name }) => name === 'ssl.keystore.password')).toMatchObject({
      value: null,
      isSensitive: true,
      configSource: 4,
      synonyms: [{ name: 'ssl.keystore.password', value: null, source: 4 }],
      configType: 9,
    })
  })

  it('tells of a group and of a subscription their own settings over the others', async () => {
    expect(await one(GROUP, 'g', 'share.auto.offset.reset')).toMatchObject({
      value: 'earliest',
      configSource: 8,
      synonyms: [
        { name: 'share.auto.offset.reset', value: 'earliest', source: 8 },
        { name: 'share.auto.offset.reset', value: 'latest', source: 5 },
      ],
    })
    expect((await one(GROUP, 'g', 'consumer.session.timeout.ms'))?.synonyms.map(({ value, source }) => [value, source])).toEqual([
      ['46000', 8],
      ['47000', 4],
      ['45000', 5],
    ])
    expect(await one(GROUP, 'another', 'consumer.session.timeout.ms')).toMatchObject({ value: '47000', configSource: 4 })
    expect(await one(CLIENT_METRICS, 'm', 'interval.ms')).toMatchObject({ value: '60000', configSource: 7 })
    expect(await one(CLIENT_METRICS, 'another', 'interval.ms')).toMatchObject({ value: '300000', configSource: 5, synonyms: [] })
  })

  it('tells all settings when none or null is chosen, and leaves out what it does not know', async () => {
    const [all] = await ask([[TOPIC, 't']])
    expect((await ask([[TOPIC, 't']], { keys: [] }))[0]).toEqual(all)
    expect((await ask([[TOPIC, 't']], { keys: ['no.such', 'preallocate'] }))[0]?.configs.map(({ name }) => name)).toEqual(['preallocate'])
  })

  it('tells the components of the node and their levels as loggers', async () => {
    const logLevels = new LogLevels('info')
    logLevels.set('server', 'debug')
    logLevels.set('storage', null)
    const logging = new TopicNode([], {}, { logLevels })
    const resource = { resourceType: BROKER_LOGGER, resourceName: '1' }
    const all = await logging.ask(describeConfigsHandler, 4, { resources: [{ ...resource, configurationKeys: null }] })
    expect(all.results[0]?.configs.map(({ name, value }) => [name, value])).toEqual([
      ['root', 'INFO'],
      ['server', 'DEBUG'],
      ['storage', 'INFO'],
    ])
    const some = await logging.ask(describeConfigsHandler, 4, { resources: [{ ...resource, configurationKeys: ['root'] }] })
    const how = { readOnly: false, configSource: 6, isSensitive: false, synonyms: [], configType: 0, documentation: '' }
    expect(some.results[0]?.configs).toEqual([{ name: 'root', value: 'INFO', ...how }])
  })

  it('tells no loggers where it does not know what is logged', async () => {
    expect(await ask([[BROKER_LOGGER, '1']])).toMatchObject([{ errorCode: 0, configs: [] }])
  })

  it.each([
    [TOPIC, 'absent', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ''],
    [TOPIC, '..', ErrorCode.INVALID_TOPIC_EXCEPTION, "Topic name is invalid: '..' is not allowed"],
    [BROKER, '2', ErrorCode.INVALID_REQUEST, 'Unexpected broker id, expected 1 or empty string, but received 2'],
    [BROKER, 'x', ErrorCode.INVALID_REQUEST, 'Broker id must be an integer, but it is: x'],
    [BROKER, '4294967297', ErrorCode.INVALID_REQUEST, 'Broker id must be an integer, but it is: 4294967297'],
    [BROKER_LOGGER, '', ErrorCode.INVALID_REQUEST, 'Broker id must not be empty'],
    [BROKER_LOGGER, '2', ErrorCode.INVALID_REQUEST, 'Unexpected broker id, expected 1 but received 2'],
    [GROUP, '', ErrorCode.INVALID_REQUEST, 'Group name must not be empty'],
    [CLIENT_METRICS, '', ErrorCode.INVALID_REQUEST, 'Client metrics subscription name must not be empty'],
  ])('refuses resource type %i, name "%s"', async (resourceType, resourceName, errorCode, errorMessage) => {
    const [refused, told] = await ask([
      [resourceType, resourceName],
      [TOPIC, 't'],
    ])
    expect(refused).toEqual({ errorCode, errorMessage, resourceType, resourceName, configs: [] })
    expect(told).toMatchObject({ errorCode: 0, errorMessage: '' })
  })

  it('refuses the request as a whole for one resource of an unknown type', async () => {
    const codes = (
      await ask([
        [TOPIC, 't'],
        [3, 'x'],
      ] as const)
    ).map(({ errorCode, configs }) => [errorCode, configs.length])
    expect(codes).toEqual([
      [ErrorCode.INVALID_REQUEST, 0],
      [ErrorCode.INVALID_REQUEST, 0],
    ])
  })
})
