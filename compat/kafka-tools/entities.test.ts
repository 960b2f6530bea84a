import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

const configs = async (args: string) => rows(await suite.output('kafka-configs', args))
const said = async (args: string) => {
  const { exit, stdout, stderr } = await suite.run('kafka-configs', args)
  return { exit, text: rows(stdout + stderr).join('\n') }
}

async function topic(args = ''): Promise<string> {
  const name = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${name} ${args}`)
  return name
}

describe('kafka-configs by the short names of entities', () => {
  test.each([
    ['--topic', 'retention.ms=5000', 'topic'],
    ['--group', 'consumer.session.timeout.ms=50000', 'group'],
    ['--client-metrics', 'interval.ms=7000', 'client-metric'],
  ])('%s', async (flag, setting, kind) => {
    const name = flag === '--topic' ? await topic() : unique('entity')
    expect(await configs(`--alter ${flag} ${name} --add-config ${setting}`)).toEqual([`Completed updating config for ${kind} ${name}.`])
    expect((await configs(`--describe ${flag} ${name}`)).join('\n')).toContain(`${setting} sensitive=false`)
    const [key] = setting.split('=')
    expect(await configs(`--alter ${flag} ${name} --delete-config ${key}`)).toEqual([`Completed updating config for ${kind} ${name}.`])
    expect((await configs(`--describe ${flag} ${name}`)).join('\n')).not.toContain(`${setting} sensitive=false`)
  })

  test('--broker, --broker-defaults, --broker-logger', async () => {
    expect(await configs('--alter --broker 1 --add-config log.cleaner.threads=2')).toEqual(['Completed updating config for broker 1.'])
    expect(await configs('--alter --broker-defaults --add-config log.cleaner.threads=1')).toEqual([
      'Completed updating default config for brokers in the cluster.',
    ])
    expect(await configs('--describe --broker 1')).toContain(
      'log.cleaner.threads=2 sensitive=false synonyms={DYNAMIC_BROKER_CONFIG:log.cleaner.threads=2, DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.threads=1, DEFAULT_CONFIG:log.cleaner.threads=1}',
    )
    expect(await configs('--describe --broker-defaults')).toContain(
      'log.cleaner.threads=1 sensitive=false synonyms={DYNAMIC_DEFAULT_BROKER_CONFIG:log.cleaner.threads=1}',
    )
    await configs('--alter --broker 1 --delete-config log.cleaner.threads')
    await configs('--alter --broker-defaults --delete-config log.cleaner.threads')
    expect(await configs('--alter --broker-logger 1 --add-config root=WARN')).toEqual(['Completed updating config for broker-logger 1.'])
    expect(await configs('--describe --broker-logger 1')).toContain('root=WARN sensitive=false synonyms={}')
  })
})

test('kafka-configs describes all entities of a kind', async () => {
  const [one, two] = [await topic('--config retention.ms=7000'), await topic()]
  const topics = await configs('--describe --entity-type topics')
  expect(topics).toEqual(expect.arrayContaining([`Dynamic configs for topic ${one} are:`, `Dynamic configs for topic ${two} are:`]))
  expect(topics.some((row) => row.startsWith('retention.ms=7000 '))).toBe(true)
  expect(await configs('--describe --entity-type brokers')).toEqual(
    expect.arrayContaining(['Dynamic configs for broker 1 are:', 'Default configs for brokers in the cluster are:']),
  )
  const group = unique('group')
  await configs(`--alter --entity-type groups --entity-name ${group} --add-config consumer.session.timeout.ms=50000`)
  expect(await configs('--describe --entity-type groups')).toContain(`Dynamic configs for group ${group} are:`)
})

test('kafka-configs takes settings from a file, and says nothing was done for a part', async () => {
  const name = await topic()
  await using directory = await temporaryDirectory()
  const file = join(directory.path, 'topic.properties')
  const add = () => said(`--alter --entity-type topics --entity-name ${name} --add-config-file ${file}`)
  await writeFile(file, 'retention.ms=9000\nflush.ms=soon\n')
  expect(await add()).toMatchObject({ exit: 1, text: expect.stringContaining('Invalid value soon for configuration flush.ms: Not a number of type LONG') })
  expect(await configs(`--describe --topic ${name}`)).toEqual([`Dynamic configs for topic ${name} are:`])
  await writeFile(file, 'retention.ms=9000\nflush.ms=8000\n')
  expect(await add()).toEqual({ exit: 0, text: `Completed updating config for topic ${name}.` })
  expect((await configs(`--describe --topic ${name}`)).slice(1).map((row) => row.split(' ')[0])).toEqual(['flush.ms=8000', 'retention.ms=9000'])
})

test.each([
  ['--topic TOPIC --add-config retention.ms=1,no.such=2', 'Unknown topic config name: no.such'],
  ['--topic absent --add-config retention.ms=1', "The topic 'absent' does not exist."],
  ['--broker one --add-config log.retention.ms=1000', 'The entity name for brokers must be a valid integer broker id, but it is: one'],
])('kafka-configs --alter %s is refused', async (args, why) => {
  const result = await said(`--alter ${args.replace('TOPIC', await topic())}`)
  expect(result).toMatchObject({ exit: 1, text: expect.stringContaining(why) })
})

describe('kafka-topics --describe', () => {
  const described = async (args: string) => rows(await suite.output('kafka-topics', `--describe ${args}`))

  test('by id, and in parts', async () => {
    const name = await topic('--partitions 5')
    const whole = await described(`--topic ${name}`)
    const id = whole[0]?.match(/TopicId: (\S{22})/)?.[1]
    // By id the tool asks for what has no eligible leaders in it.
    const withoutElrs = (lines: readonly string[]) => lines.map((line) => line.replace(/ Elr: .*/, ''))
    expect(withoutElrs(await described(`--topic-id ${id}`))).toEqual(withoutElrs(whole))
    expect(await described(`--topic ${name} --partition-size-limit-per-response 2`)).toEqual(whole)
  })

  test('by what is wrong with partitions', async () => {
    const [plain, strict] = [await topic(), await topic('--config min.insync.replicas=2')]
    const partition = (name: string) => expect.stringContaining(`Topic: ${name} Partition: 0 Leader: 1 Replicas: 1 Isr: 1`)
    expect(await described('--under-replicated-partitions')).toEqual([])
    expect(await described('--under-min-isr-partitions')).toEqual([partition(strict)])
    expect(await described('--at-min-isr-partitions')).toContainEqual(partition(plain))
    expect(await described('--at-min-isr-partitions')).not.toContainEqual(partition(strict))
  })
})
