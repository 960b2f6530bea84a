import { describe, expect, it } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { alterConfigsHandler } from '../../../src/handlers/alter-configs.ts'
import { describeConfigsHandler } from '../../../src/handlers/describe-configs.ts'
import { incrementalAlterConfigsHandler } from '../../../src/handlers/incremental-alter-configs.ts'
import { ConfigResourceType } from '../../../src/metadata/image.ts'
import { LogLevels } from '../../../src/platform/logs/log-levels.ts'
import { broker, topic } from '../metadata/records.ts'
import { TopicNode, versions } from './topic-requests.ts'

const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS } = ConfigResourceType
const [SET, DELETE, APPEND] = [0, 1, 2] as const

type Change = readonly [name: string, operation: number, value: string | null]
type Resource = readonly [type: number, name: string, changes: readonly Change[]]

const QUORUM = { 'controller.quorum.voters': '1@localhost:9093', listeners: 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093' }

function node(services = {}) {
  return new TopicNode([topic('t', 1), broker(1)], QUORUM, services)
}

async function change(asked: TopicNode, resources: readonly Resource[], { validateOnly = false, version = 1 } = {}) {
  const list = resources.map(([resourceType, resourceName, changes]) => ({
    resourceType,
    resourceName,
    configs: changes.map(([name, configOperation, value]) => ({ name, configOperation, value })),
  }))
  const { responses } = await asked.ask(incrementalAlterConfigsHandler, version, { resources: list, validateOnly })
  return responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])
}

async function written(asked: TopicNode, type: number, name: string) {
  const { results } = await asked.ask(describeConfigsHandler, 4, { resources: [{ resourceType: type, resourceName: name, configurationKeys: null }] })
  return Object.fromEntries((results[0]?.configs ?? []).filter(({ configSource }) => configSource === 1).map(({ name: key, value }) => [key, value]))
}

describe('IncrementalAlterConfigs', () => {
  it.each(versions(0, 1))('changes what it names and leaves the rest, version %i', async (version) => {
    const asked = node()
    const first: readonly Change[] = [
      ['retention.ms', SET, '5'],
      ['cleanup.policy', APPEND, 'compact'],
    ]
    expect(await change(asked, [[TOPIC, 't', first]], { version })).toEqual([[ErrorCode.NONE, null]])
    expect(await change(asked, [[TOPIC, 't', [['retention.ms', DELETE, null]]]], { version })).toEqual([[ErrorCode.NONE, null]])
    expect(await written(asked, TOPIC, 't')).toEqual({ 'cleanup.policy': 'delete,compact' })
  })

  it('changes nothing of a resource of which one change cannot be made, and the other resources', async () => {
    const asked = node()
    const bad: readonly Change[] = [
      ['retention.ms', SET, '5'],
      ['preallocate', APPEND, 'x'],
    ]
    const answers = await change(asked, [
      [TOPIC, 't', bad],
      [CLIENT_METRICS, 'm', [['interval.ms', SET, '1000']]],
    ])
    expect(answers).toEqual([
      [ErrorCode.INVALID_CONFIG, "Can't APPEND to key preallocate because its type is not LIST."],
      [ErrorCode.NONE, null],
    ])
    expect(await written(asked, TOPIC, 't')).toEqual({})
  })

  it('only says whether it could when it is to validate', async () => {
    const asked = node()
    expect(await change(asked, [[TOPIC, 't', [['retention.ms', SET, '5']]]], { validateOnly: true })).toEqual([[ErrorCode.NONE, null]])
    expect(await written(asked, TOPIC, 't')).toEqual({})
  })

  it('refuses an operation that nobody knows for its resource alone', async () => {
    const answers = await change(node(), [
      [TOPIC, 't', [['retention.ms', 9, '5']]],
      [BROKER, '', [['log.retention.ms', 9, '5']]],
      [CLIENT_METRICS, 'm', []],
    ])
    expect(answers).toEqual([
      [ErrorCode.INVALID_REQUEST, 'Unknown operations type 9'],
      [ErrorCode.INVALID_REQUEST, 'Unknown operations type 9'],
      [ErrorCode.NONE, null],
    ])
  })

  it('answers for what no message can hold that it failed', async () => {
    expect(await change(node(), [[CLIENT_METRICS, 'm', [['interval.ms', SET, '9'.repeat(32_767)]]]])).toEqual([[ErrorCode.UNKNOWN_SERVER_ERROR, null]])
  })

  it("answers on a controller's listener as on a broker's", async () => {
    const request = {
      resources: [{ resourceType: BROKER, resourceName: '1', configs: [{ name: 'node.id', configOperation: SET, value: '2' }] }],
      validateOnly: false,
    }
    const onController = await node().ask(incrementalAlterConfigsHandler, 1, request, { listenerKind: 'controller' })
    expect(onController).toEqual(await node().ask(incrementalAlterConfigsHandler, 1, request))
    expect(onController.responses[0]?.errorMessage).toBe('Cannot update these configs dynamically: [node.id]')
  })
})

describe('levels of loggers', () => {
  it('act at once, and are no settings that are kept', async () => {
    const logLevels = new LogLevels('info')
    const storage = logLevels.cell('storage')
    const asked = node({ logLevels })
    expect(
      await change(asked, [
        [
          BROKER_LOGGER,
          '1',
          [
            ['storage', SET, 'DEBUG'],
            ['root', SET, 'ERROR'],
          ],
        ],
      ]),
    ).toEqual([[ErrorCode.NONE, null]])
    expect([logLevels.get('storage'), storage.threshold, logLevels.defaultLevel]).toEqual(['debug', 20, 'error'])
    expect(await change(asked, [[BROKER_LOGGER, '1', [['storage', DELETE, null]]]])).toEqual([[ErrorCode.NONE, null]])
    expect(storage.threshold).toBe(50)
    expect(asked.controller.image().configs.size).toBe(0)
  })

  it('are all set or none', async () => {
    const logLevels = new LogLevels('info')
    const changes: readonly Change[] = [
      ['root', SET, 'ERROR'],
      ['no.such', SET, 'INFO'],
    ]
    expect(await change(node({ logLevels }), [[BROKER_LOGGER, '1', changes]])).toEqual([[ErrorCode.INVALID_CONFIG, 'Logger no.such does not exist!']])
    expect(logLevels.defaultLevel).toBe('info')
  })

  it('are not there in the process of a caller who brings a logger', async () => {
    expect(await change(node(), [[BROKER_LOGGER, '1', [['root', SET, 'INFO']]]])).toEqual([[ErrorCode.INVALID_CONFIG, 'Logger root does not exist!']])
  })
})

describe('AlterConfigs', () => {
  const replace = async (asked: TopicNode, resources: readonly (readonly [string, Readonly<Record<string, string>>])[], version = 2) => {
    const list = resources.map(([resourceName, values]) => ({
      resourceType: TOPIC,
      resourceName,
      configs: Object.entries(values).map(([name, value]) => ({ name, value })),
    }))
    const { responses } = await asked.ask(alterConfigsHandler, version, { resources: list, validateOnly: false })
    return responses.map(({ errorCode, errorMessage }) => [errorCode, errorMessage])
  }

  it.each(versions(0, 2))('leaves nothing but what it names, version %i', async (version) => {
    const asked = node()
    expect(await replace(asked, [['t', { 'retention.ms': '5', 'flush.ms': '7' }]], version)).toEqual([[ErrorCode.NONE, null]])
    expect(await replace(asked, [['t', { 'flush.ms': '8' }]], version)).toEqual([[ErrorCode.NONE, null]])
    expect(await written(asked, TOPIC, 't')).toEqual({ 'flush.ms': '8' })
  })

  it('refuses a resource that stands twice', async () => {
    const twice = [ErrorCode.INVALID_REQUEST, 'Each resource must appear at most once.']
    expect(
      await replace(node(), [
        ['t', {}],
        ['t', {}],
      ]),
    ).toEqual([twice, twice])
  })
})
