import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

const topics = (args: string) => suite.run('kafka-topics', args)

async function create(args = ''): Promise<string> {
  const topic = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${topic} ${args}`)
  return topic
}

async function endOffsets(topic: string): Promise<readonly string[]> {
  return rows(await suite.output('kafka-get-offsets', `--topic ${topic}`))
}

/** What the tool says it failed with. */
function error(text: string): object {
  return { exit: 1, stdout: expect.stringContaining(`Error while executing topic command : ${text}\n`) }
}

describe('--create', () => {
  test('says so, and the topic is listed and served at once', async () => {
    expect(await topics('--create --topic words --partitions 3')).toMatchObject({ exit: 0, stdout: 'Created topic words.\n' })
    expect(rows((await topics('--list')).stdout)).toContain('words')
    expect(await endOffsets('words')).toEqual(['words:0:0', 'words:1:0', 'words:2:0'])
  })

  test('refuses a topic that is there, unless told to go on', async () => {
    const topic = await create()
    expect(await topics(`--create --topic ${topic}`)).toMatchObject(error(`Topic '${topic}' already exists.`))
    expect(await topics(`--create --if-not-exists --topic ${topic}`)).toMatchObject({ exit: 0, stdout: '' })
  })

  test.each([
    ['bad/name', "Topic name is invalid: 'bad/name' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"],
    ['..', "Topic name is invalid: '..' is not allowed"],
    ['n'.repeat(250), `Topic name is invalid: the length of '${'n'.repeat(250)}' is longer than the max allowed length 249`],
    ['__cluster_metadata', 'Creation of internal topic __cluster_metadata is prohibited.'],
  ])('refuses the name %s', async (topic, message) => {
    expect(await topics(`--create --topic ${topic}`)).toMatchObject(error(message))
  })

  test('refuses a name whose metrics would be those of another', async () => {
    await topics('--create --topic same.name')
    expect(await topics('--create --topic same_name')).toMatchObject(error("Topic 'same_name' collides with existing topic: same.name"))
  })

  test('refuses more replicas than there are brokers', async () => {
    const message =
      'Unable to replicate the partition 3 time(s): The target replication factor of 3 cannot be reached because only 1 broker(s) are registered or some brokers have all their log directories cordoned.'
    expect(await topics(`--create --topic ${unique('topic')} --replication-factor 3`)).toMatchObject(error(message))
  })

  test('takes an assignment of replicas, and refuses one to a broker that is not there', async () => {
    const topic = await create('--replica-assignment 1,1')
    expect(await endOffsets(topic)).toHaveLength(2)
    const refused = await topics(`--create --topic ${unique('topic')} --replica-assignment 9`)
    expect(refused).toMatchObject(error('The manual partition assignment includes broker 9, but no such broker is registered.'))
  })

  test('gives the topic its settings', async () => {
    const topic = await create('--config message.timestamp.type=LogAppendTime')
    await suite.output('kafka-console-producer', `--topic ${topic}`, { stdin: 'a\n' })
    const printed = await suite.output('kafka-console-consumer', `--topic ${topic} --from-beginning --max-messages 1 --formatter-property print.timestamp=true`)
    expect(printed).toMatch(/^LogAppendTime:\d{13}\ta\n$/)
  })
})

describe('--list', () => {
  test('leaves out what it is told to, and matches patterns', async () => {
    const topic = await create()
    await suite.output('kafka-console-consumer', `--topic ${topic} --group ${unique('group')} --timeout-ms 500`)
    expect(rows((await topics('--list')).stdout)).toEqual(expect.arrayContaining(['__consumer_offsets', topic]))
    expect(rows((await topics('--list --exclude-internal')).stdout)).not.toContain('__consumer_offsets')
    expect(rows((await topics(`--list --topic ${topic.slice(0, -1)}[0-9]*`)).stdout)).toContain(topic)
  })
})

describe('--alter', () => {
  test('adds partitions, which are served at once', async () => {
    const topic = await create('--partitions 2')
    expect(await topics(`--alter --topic ${topic} --partitions 5`)).toMatchObject({ exit: 0, stdout: '' })
    expect(await endOffsets(topic)).toHaveLength(5)
  })

  test('refuses fewer partitions, the same, and a topic that is not there', async () => {
    const topic = await create('--partitions 2')
    const fewer = await topics(`--alter --topic ${topic} --partitions 1`)
    expect(fewer).toMatchObject(error(`The topic ${topic} currently has 2 partition(s); 1 would not be an increase.`))
    expect(await topics(`--alter --topic ${topic} --partitions 2`)).toMatchObject(error('Topic already has 2 partition(s).'))
    expect(await topics('--alter --topic absent --partitions 3')).toMatchObject(error("Topic 'absent' does not exist as expected"))
  })
})

describe('--delete', () => {
  test('takes a topic away, and one of that name made again is empty', async () => {
    const topic = await create()
    await suite.output('kafka-console-producer', `--topic ${topic}`, { stdin: 'old\n' })
    expect(await topics(`--delete --topic ${topic}`)).toMatchObject({ exit: 0, stdout: '' })
    expect(rows((await topics('--list')).stdout)).not.toContain(topic)
    await topics(`--create --topic ${topic}`)
    expect(await endOffsets(topic)).toEqual([`${topic}:0:0`])
  })

  test('refuses a topic that is not there, unless told to go on', async () => {
    expect(await topics('--delete --topic absent')).toMatchObject(error("Topic 'absent' does not exist as expected"))
    expect(await topics('--delete --if-exists --topic absent')).toMatchObject({ exit: 0, stdout: '' })
  })
})

describe('--describe', () => {
  test('shows partitions and settings', async () => {
    const topic = await create('--partitions 2 --config retention.ms=3600000')
    const described = rows((await topics(`--describe --topic ${topic}`)).stdout)
    expect(described[0]).toMatch(new RegExp(`^Topic: ${topic} TopicId: \\S{22} PartitionCount: 2 ReplicationFactor: 1 Configs: .*retention.ms=3600000`))
    expect(described.slice(1)).toEqual([0, 1].map((index) => `Topic: ${topic} Partition: ${index} Leader: 1 Replicas: 1 Isr: 1 Elr: LastKnownElr:`))
    expect((await topics('--describe --topics-with-overrides')).stdout).toContain(topic)
    expect(rows((await topics('--describe --unavailable-partitions')).stdout)).toEqual([])
  })
})
