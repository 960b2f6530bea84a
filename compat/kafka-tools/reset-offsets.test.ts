import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import * as setup from './group-setup.ts'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

const HEAD = 'GROUP TOPIC PARTITION NEW-OFFSET'

const topicWith = (count: number, partitions?: number) => setup.topicWith(suite, count, partitions)
const groupThatRead = (topic: string, count: number) => setup.groupThatRead(suite, topic, count)
const printed = async (args: string) => rows(await suite.output('kafka-consumer-groups', args))
/** The lines of `--reset-offsets` without its head, sorted. A time after the last record finds none: the tool warns and takes the end. */
const reset = async (args: string) => {
  const [head, ...lines] = (await printed(`--reset-offsets ${args}`)).filter((row) => !row.startsWith('Warn: '))
  expect(head).toBe(HEAD)
  return lines.toSorted()
}
/** By topic and partition, what the group has committed. A line that the tool before was late with may stand before the table. */
const committed = async (group: string) => {
  const lines = await printed(`--describe --group ${group}`)
  const table = lines.slice(lines.findIndex((row) => row.startsWith('GROUP TOPIC PARTITION')) + 1)
  return Object.fromEntries(table.map((row) => [row.split(' ').slice(1, 3).join('-'), Number(row.split(' ')[3])]))
}

/** A file of offsets as `--export` writes it. */
async function exported(args: string): Promise<{ readonly text: string; readonly file: string } & AsyncDisposable> {
  const directory = await temporaryDirectory()
  const file = join(directory.path, 'offsets.csv')
  const text = await suite.output('kafka-consumer-groups', `--reset-offsets ${args} --dry-run --export`)
  await writeFile(file, text)
  return { text: rows(text).toSorted().join('\n'), file, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() }
}

describe('of one group', () => {
  test.each([
    ['--to-earliest', 0],
    ['--to-latest', 5],
    ['--to-current', 3],
    ['--to-offset 4', 4],
    ['--to-offset 99', 5],
    ['--shift-by 1', 4],
    ['--shift-by -2', 1],
    ['--shift-by 50', 5],
    ['--shift-by -50', 0],
    ['--by-duration PT1H', 0],
    ['--by-duration PT0S', 5],
    ['--to-datetime 2020-01-01T00:00:00.000', 0],
    ['--to-datetime 2020-01-01T00:00:00.000+02:00', 0],
    ['--to-datetime 2120-01-01T00:00:00.000', 5],
  ])('%s, first as a plan, then in earnest', async (how, offset) => {
    const topic = await topicWith(5)
    const group = await groupThatRead(topic, 3)
    const args = `--group ${group} --topic ${topic} ${how}`
    expect(await reset(`${args} --dry-run`)).toEqual([`${group} ${topic} 0 ${offset}`])
    expect(await reset(args)).toEqual([`${group} ${topic} 0 ${offset}`])
    expect(await committed(group)).toEqual({ [`${topic}-0`]: 3 })
    expect(await reset(`${args} --execute`)).toEqual([`${group} ${topic} 0 ${offset}`])
    expect(await committed(group)).toEqual({ [`${topic}-0`]: offset })
  })

  test('does not go before the first record that is left', async () => {
    const topic = await topicWith(5)
    const group = await groupThatRead(topic, 3)
    await using directory = await temporaryDirectory()
    const file = join(directory.path, 'delete.json')
    await writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic, partition: 0, offset: 2 }] }))
    await suite.output('kafka-delete-records', `--offset-json-file ${file}`)
    expect(await reset(`--group ${group} --topic ${topic} --to-earliest --execute`)).toEqual([`${group} ${topic} 0 2`])
    expect(await reset(`--group ${group} --topic ${topic} --to-offset 0 --execute`)).toEqual([`${group} ${topic} 0 2`])
    expect(await reset(`--group ${group} --topic ${topic} --shift-by -1 --execute`)).toEqual([`${group} ${topic} 0 2`])
  })

  test('of some partitions, of several topics, of all topics, and for a group that is new', async () => {
    const [topic, other] = [await topicWith(0, 3), await topicWith(2)]
    const group = unique('group')
    const some = [`${group} ${topic} 0 0`, `${group} ${topic} 2 0`]
    expect(await reset(`--group ${group} --topic ${topic}:0,2 --to-earliest --execute`)).toEqual(some)
    expect(await reset(`--group ${group} --all-topics --to-latest --execute`)).toEqual(some)
    expect(await reset(`--group ${group} --topic ${topic}:1 --topic ${other} --to-latest --execute`)).toEqual([
      `${group} ${topic} 1 0`,
      `${group} ${other} 0 2`,
    ])
    expect(await committed(group)).toEqual({ [`${topic}-0`]: 0, [`${topic}-1`]: 0, [`${topic}-2`]: 0, [`${other}-0`]: 2 })
  })

  test('out to a file and in again', async () => {
    const [one, two] = [await topicWith(5), await topicWith(3)]
    const group = await groupThatRead(one, 3)
    await setup.groupThatRead(suite, two, 3, group)
    await using offsets = await exported(`--group ${group} --topic ${one} --topic ${two} --to-offset 2`)
    expect(offsets.text).toBe(`${one},0,2\n${two},0,2`)
    expect(await committed(group)).toEqual({ [`${one}-0`]: 3, [`${two}-0`]: 3 })
    expect(await reset(`--group ${group} --from-file ${offsets.file} --dry-run`)).toEqual([`${group} ${one} 0 2`, `${group} ${two} 0 2`])
    expect(await reset(`--group ${group} --from-file ${offsets.file} --execute`)).toEqual([`${group} ${one} 0 2`, `${group} ${two} 0 2`])
    expect(await committed(group)).toEqual({ [`${one}-0`]: 2, [`${two}-0`]: 2 })
  })
})

describe('of several groups', () => {
  test('each named', async () => {
    const topic = await topicWith(5)
    const [one, two] = [await groupThatRead(topic, 1), await groupThatRead(topic, 2)]
    const other = await groupThatRead(topic, 3)
    expect(await reset(`--group ${one} --group ${two} --topic ${topic} --shift-by 2 --execute`)).toEqual([`${one} ${topic} 0 3`, `${two} ${topic} 0 4`])
    expect([await committed(one), await committed(two), await committed(other)].map((offsets) => offsets[`${topic}-0`])).toEqual([3, 4, 3])
  })

  test('out to a file that names the groups, and in again', async () => {
    const topic = await topicWith(5)
    const [one, two] = [await groupThatRead(topic, 1), await groupThatRead(topic, 2)]
    await using offsets = await exported(`--group ${one} --group ${two} --all-topics --shift-by 1`)
    expect(offsets.text).toBe(`${one},${topic},0,2\n${two},${topic},0,3`)
    expect(await reset(`--group ${one} --group ${two} --from-file ${offsets.file} --execute`)).toEqual([`${one} ${topic} 0 2`, `${two} ${topic} 0 3`])
    expect([await committed(one), await committed(two)]).toEqual([{ [`${topic}-0`]: 2 }, { [`${topic}-0`]: 3 }])
  })

  test('all that there are', async () => {
    const topic = await topicWith(5)
    const groups = [await groupThatRead(topic, 1), await groupThatRead(topic, 2)].toSorted()
    const all = await reset('--all-groups --all-topics --to-latest --execute')
    for (const group of groups) {
      expect(all).toContain(`${group} ${topic} 0 5`)
      expect(await committed(group)).toEqual({ [`${topic}-0`]: 5 })
    }
  })
})

describe('is refused', () => {
  const refused = async (args: string) => {
    const { stdout, stderr } = await suite.run('kafka-consumer-groups', `--reset-offsets ${args}`)
    return { said: `${stdout}${stderr}` }
  }

  test('while the group has members', async () => {
    const [topic, group] = [await topicWith(1), unique('group')]
    const member = await setup.startMember(suite, group, topic, 'busy')
    try {
      const { said } = await refused(`--group ${group} --topic ${topic} --to-earliest --execute`)
      expect(said).toContain(`Assignments can only be reset if the group '${group}' is inactive, but the current state is Stable.`)
    } finally {
      await member.disconnect()
    }
  })

  const FAILED = 'Error: Executing consumer group command failed due to'
  test.each([
    ['a topic that is not there', '--topic absent --to-earliest', `${FAILED} This server does not host this topic-partition.`],
    ['a partition that is not there', '--topic TOPIC:7 --to-earliest', `${FAILED} The partitions "TOPIC-7" do not exist`],
    ['a text that is no time', '--topic TOPIC --to-datetime yesterday', `${FAILED} java.text.ParseException: Error parsing timestamp.`],
    ['a text that is no duration', '--topic TOPIC --by-duration 1h', `${FAILED} Text cannot be parsed to a Duration`],
    ['a file that is not there', '--from-file /no/such/file', `${FAILED} java.io.IOException: Unable to read file /no/such/file`],
    ['no scope', '--to-earliest', 'One of the reset scopes should be defined: --all-topics, --topic.'],
    ['two ways at once', '--topic TOPIC --to-earliest --to-latest', `can't be used with option "[to-`],
  ])('for %s', async (_what, args, why) => {
    const topic = await topicWith(1)
    const group = await groupThatRead(topic, 1)
    const { said } = await refused(`--group ${group} ${args.replace('TOPIC', topic)} --execute`)
    expect(said).toContain(why.replace('TOPIC', topic))
    expect(await committed(group)).toEqual({ [`${topic}-0`]: 1 })
  })
})
