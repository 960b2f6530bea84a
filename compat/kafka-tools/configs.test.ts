import { afterAll, beforeAll, expect, test } from 'vitest'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite({ 'log.retention.hours': 24 })
})
afterAll(() => suite?.[Symbol.asyncDispose]())

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
