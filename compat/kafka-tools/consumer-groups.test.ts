import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Consumer } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { kafka, until } from '../kafkajs/support.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
const members: Consumer[] = []
beforeAll(async () => {
  suite = await startToolSuite()
})
afterEach(async () => {
  await Promise.all(members.splice(0).map((member) => member.disconnect()))
})
afterAll(() => suite?.[Symbol.asyncDispose]())

const groups = (args: string) => suite.run('kafka-consumer-groups', args)
const printed = async (args: string) => rows(await suite.output('kafka-consumer-groups', args))

async function topicWith(count: number, partitions = 1): Promise<string> {
  const topic = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${topic} --partitions ${partitions}`)
  const stdin = Array.from({ length: count }, (_, index) => `${index}\n`).join('')
  if (count > 0) await suite.output('kafka-console-producer', `--topic ${topic}`, { stdin })
  return topic
}

/** A group without members that has read `count` records of a topic of one partition. */
async function groupThatRead(topic: string, count: number): Promise<string> {
  const group = unique('group')
  await suite.output('kafka-console-consumer', `--topic ${topic} --group ${group} --from-beginning --max-messages ${count}`)
  return group
}

/** A member that stays, by kafkajs; resolves when it has its partitions and has read them to their end. */
async function member(group: string, topic: string, clientId: string): Promise<Consumer> {
  const consumer = kafka(suite.broker.bootstrap, { clientId }).consumer({ groupId: group, heartbeatInterval: 200, maxWaitTimeInMs: 100 })
  members.push(consumer)
  await consumer.connect()
  await consumer.subscribe({ topics: [topic], fromBeginning: true })
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve))
  await consumer.run({ eachMessage: async () => {} })
  await joined
  return consumer
}

const OFFSETS = 'GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID'
const RESET = 'GROUP TOPIC PARTITION NEW-OFFSET'

describe('--list', () => {
  test('shows groups, their states and types', async () => {
    const group = await groupThatRead(await topicWith(2), 2)
    expect(await printed('--list')).toContain(group)
    expect(await printed('--list --state')).toEqual(expect.arrayContaining(['GROUP STATE', `${group} Empty`]))
    expect(await printed('--list --state Stable')).not.toContain(`${group} Stable`)
    expect(await printed('--list --type')).toEqual(expect.arrayContaining(['GROUP TYPE', `${group} Classic`]))
    expect(await printed('--list --type classic --state Empty')).toContain(`${group} Classic Empty`)
    expect(await printed('--list --type consumer')).not.toContain(`${group} Consumer`)
  })
})

describe('--describe', () => {
  test('of a group without members: offsets, lag, state', async () => {
    const topic = await topicWith(5)
    const group = await groupThatRead(topic, 3)
    const offsets = await groups(`--describe --group ${group}`)
    expect(rows(offsets.stdout)).toEqual([OFFSETS, `${group} ${topic} 0 3 5 2 - - -`])
    expect(offsets.stderr.trim()).toBe(`Consumer group '${group}' has no active members.`)
    expect(await printed(`--describe --group ${group} --state`)).toEqual([
      'GROUP COORDINATOR (ID) ASSIGNMENT-STRATEGY STATE #MEMBERS',
      `${group} ${suite.broker.bootstrap} (1) - Empty 0`,
    ])
  })

  test('of a group with members: who has which partitions', async () => {
    const [topic, group] = [await topicWith(6, 3), unique('group')]
    await member(group, topic, 'one')
    await until('the offsets of all records are committed', async () => {
      const lags = (await printed(`--describe --group ${group}`)).slice(1).map((row) => row.split(' ')[5])
      return lags.length === 3 && lags.every((lag) => lag === '0' || lag === '-')
    })
    const offsets = (await printed(`--describe --group ${group}`)).slice(1).toSorted()
    expect(offsets).toHaveLength(3)
    for (const [partition, row] of offsets.entries()) expect(row).toMatch(new RegExp(`^${group} ${topic} ${partition} \\S+ \\d+ \\S+ one-\\S+ /127.0.0.1 one$`))
    const [, described] = await printed(`--describe --group ${group} --members --verbose`)
    expect(described).toMatch(new RegExp(`^${group} one-\\S+ /127.0.0.1 one 3 - ${topic}:0,1,2 - -$`))
    expect(await printed(`--describe --group ${group} --state`)).toEqual([
      expect.any(String),
      `${group} ${suite.broker.bootstrap} (1) RoundRobinAssigner Stable 1`,
    ])
    expect(await printed('--list --state Stable')).toContain(`${group} Stable`)
  })

  test('of all groups, and of one that is not there', async () => {
    const group = await groupThatRead(await topicWith(1), 1)
    expect((await printed('--describe --all-groups')).some((row) => row.startsWith(`${group} `))).toBe(true)
    const { stdout } = await groups('--describe --group absent')
    expect(stdout).toContain('org.apache.kafka.common.errors.GroupIdNotFoundException: Group absent not found.')
  })
})

describe('--reset-offsets', () => {
  test.each([
    ['--to-earliest', 0],
    ['--to-latest', 5],
    ['--to-current', 3],
    ['--to-offset 4', 4],
    ['--to-offset 99', 5],
    ['--shift-by 1', 4],
    ['--shift-by -2', 1],
    ['--by-duration PT1H', 0],
    ['--by-duration PT0S', 5],
    ['--to-datetime 2020-01-01T00:00:00.000', 0],
    ['--to-datetime 2120-01-01T00:00:00.000', 5],
  ])('%s', async (how, offset) => {
    const topic = await topicWith(5)
    const group = await groupThatRead(topic, 3)
    const rowsOf = (result: readonly string[]) => result.slice(1)
    // A time after the last record finds none; the tool warns and takes the end.
    const reset = async (mode: string) =>
      (await printed(`--reset-offsets --group ${group} --topic ${topic} ${how} ${mode}`)).filter((row) => !row.startsWith('Warn: '))
    expect(await reset('--dry-run')).toEqual([RESET, `${group} ${topic} 0 ${offset}`])
    expect(rowsOf(await printed(`--describe --group ${group}`))).toEqual([`${group} ${topic} 0 3 5 2 - - -`])
    expect(await reset('--execute')).toEqual([RESET, `${group} ${topic} 0 ${offset}`])
    expect(rowsOf(await printed(`--describe --group ${group}`))).toEqual([`${group} ${topic} 0 ${offset} 5 ${5 - offset} - - -`])
  })

  test('of some partitions, of all topics, and for a group that is new', async () => {
    const topic = await topicWith(0, 3)
    const group = unique('group')
    expect((await printed(`--reset-offsets --group ${group} --topic ${topic}:0,2 --to-earliest --execute`)).slice(1).toSorted()).toEqual([
      `${group} ${topic} 0 0`,
      `${group} ${topic} 2 0`,
    ])
    expect((await printed(`--reset-offsets --group ${group} --all-topics --to-latest --execute`)).slice(1).toSorted()).toEqual([
      `${group} ${topic} 0 0`,
      `${group} ${topic} 2 0`,
    ])
  })

  test('out to a file and in again', async () => {
    const topic = await topicWith(5)
    const group = await groupThatRead(topic, 3)
    const exported = await suite.output('kafka-consumer-groups', `--reset-offsets --group ${group} --topic ${topic} --to-offset 2 --dry-run --export`)
    expect(exported.trim()).toBe(`${topic},0,2`)
    await using directory = await temporaryDirectory()
    const file = join(directory.path, 'offsets.csv')
    await writeFile(file, exported)
    expect(await printed(`--reset-offsets --group ${group} --from-file ${file} --execute`)).toEqual([RESET, `${group} ${topic} 0 2`])
  })

  test('is refused while the group has members', async () => {
    const [topic, group] = [await topicWith(1), unique('group')]
    await member(group, topic, 'busy')
    const { stdout, stderr } = await groups(`--reset-offsets --group ${group} --topic ${topic} --to-earliest --execute`)
    expect(`${stdout}${stderr}`).toContain(`Assignments can only be reset if the group '${group}' is inactive, but the current state is Stable.`)
  })
})

describe('--delete', () => {
  test('takes a group away', async () => {
    const group = await groupThatRead(await topicWith(1), 1)
    expect(await printed(`--delete --group ${group}`)).toEqual([`Deletion of requested consumer groups ('${group}') was successful.`])
    expect(await printed('--list')).not.toContain(group)
  })

  test('is refused for a group that is not there, and for one with members', async () => {
    expect((await groups('--delete --group absent')).stdout).toContain(
      "* Group 'absent' could not be deleted due to: org.apache.kafka.common.errors.GroupIdNotFoundException: The group id does not exist.",
    )
    const [topic, group] = [await topicWith(1), unique('group')]
    await member(group, topic, 'busy')
    expect((await groups(`--delete --group ${group}`)).stdout).toContain(
      `* Group '${group}' could not be deleted due to: org.apache.kafka.common.errors.GroupNotEmptyException: The group is not empty.`,
    )
  })
})

describe('--delete-offsets', () => {
  test('takes the offsets of a topic away', async () => {
    const topic = await topicWith(1)
    const group = await groupThatRead(topic, 1)
    expect(await printed(`--delete-offsets --group ${group} --topic ${topic}`)).toEqual([
      `Request succeeded for deleting offsets from group ${group}.`,
      'TOPIC PARTITION STATUS',
      `${topic} 0 Successful`,
    ])
    expect((await printed(`--describe --group ${group}`)).filter((row) => row.startsWith(group))).toEqual([])
  })

  test('is refused for a topic that the group reads', async () => {
    const [topic, group] = [await topicWith(1), unique('group')]
    await member(group, topic, 'busy')
    expect(await printed(`--delete-offsets --group ${group} --topic ${topic}`)).toContainEqual(
      expect.stringContaining('Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.'),
    )
  })
})
