import type { Consumer } from 'kafkajs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../kafkajs/support.ts'
import * as setup from './group-setup.ts'
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
const topicWith = (count: number, partitions?: number) => setup.topicWith(suite, count, partitions)
const groupThatRead = (topic: string, count: number, group?: string) => setup.groupThatRead(suite, topic, count, group)

async function member(group: string, topic: string, clientId: string): Promise<void> {
  members.push(await setup.startMember(suite, group, topic, clientId))
}

const OFFSETS = 'GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG CONSUMER-ID HOST CLIENT-ID'

describe('--list', () => {
  test('shows groups, their states and types', async () => {
    const group = await groupThatRead(await topicWith(2), 2)
    expect(await printed('--list')).toContain(group)
    expect(await printed('--list --state')).toEqual(expect.arrayContaining(['GROUP STATE', `${group} Empty`]))
    expect(await printed('--list --state Stable')).not.toContain(`${group} Stable`)
    expect(await printed('--list --state empty,stable')).toContain(`${group} Empty`)
    expect(await printed('--list --type')).toEqual(expect.arrayContaining(['GROUP TYPE', `${group} Classic`]))
    expect(await printed('--list --type classic --state Empty')).toContain(`${group} Classic Empty`)
    expect(await printed('--list --type consumer')).not.toContain(`${group} Consumer`)
  })

  test('knows what is no state and no type', async () => {
    const { exit, stdout, stderr } = await groups('--list --state busy')
    expect(exit).toBe(1)
    expect(`${stdout}${stderr}`).toContain("Invalid state list 'busy'.")
    expect((await groups('--list --type share')).exit).toBe(1)
  })
})

describe('--describe', () => {
  test('of a group without members: offsets, lag, state', async () => {
    const topic = await topicWith(5)
    const group = await groupThatRead(topic, 3)
    const offsets = await groups(`--describe --group ${group}`)
    expect(rows(offsets.stdout)).toEqual([OFFSETS, `${group} ${topic} 0 3 5 2 - - -`])
    expect(offsets.stderr.trim()).toBe(`Consumer group '${group}' has no active members.`)
    expect(await printed(`--describe --group ${group} --offsets --verbose`)).toEqual([
      OFFSETS.replace('PARTITION', 'PARTITION LEADER-EPOCH'),
      `${group} ${topic} 0 - 3 5 2 - - -`,
    ])
    expect(await printed(`--describe --group ${group} --state`)).toEqual([
      'GROUP COORDINATOR (ID) ASSIGNMENT-STRATEGY STATE #MEMBERS',
      `${group} ${suite.broker.bootstrap} (1) - Empty 0`,
    ])
    expect((await printed(`--describe --group ${group} --state --verbose`)).at(-1)).toBe(`${group} ${suite.broker.bootstrap} (1) - Empty - - 0`)
    expect((await groups(`--describe --group ${group} --members`)).stderr).toContain(`Consumer group '${group}' has no active members.`)
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
    const [, plain] = await printed(`--describe --group ${group} --members`)
    expect(plain).toMatch(new RegExp(`^${group} one-\\S+ /127.0.0.1 one 3$`))
    const [, described] = await printed(`--describe --group ${group} --members --verbose`)
    expect(described).toMatch(new RegExp(`^${group} one-\\S+ /127.0.0.1 one 3 - ${topic}:0,1,2 - -$`))
    expect(await printed(`--describe --group ${group} --state`)).toEqual([
      expect.any(String),
      `${group} ${suite.broker.bootstrap} (1) RoundRobinAssigner Stable 1`,
    ])
    expect(await printed('--list --state Stable')).toContain(`${group} Stable`)
  })

  test('of several groups', async () => {
    const topic = await topicWith(3)
    const [one, two, other] = [await groupThatRead(topic, 1), await groupThatRead(topic, 2), await groupThatRead(topic, 3)]
    const described = await printed(`--describe --group ${one} --group ${two}`)
    expect(described.filter((row) => row !== OFFSETS).toSorted()).toEqual([`${one} ${topic} 0 1 3 2 - - -`, `${two} ${topic} 0 2 3 1 - - -`].toSorted())
    expect((await printed(`--describe --group ${one} --group ${two} --state`)).filter((row) => row.startsWith(`${other} `))).toEqual([])
  })

  test('of all groups, each way, and of one that is not there', async () => {
    const [topic, busy] = [await topicWith(1), unique('group')]
    const group = await groupThatRead(topic, 1)
    await member(busy, topic, 'one')
    const of = async (args: string) => (await printed(`--describe --all-groups ${args}`)).filter((row) => [group, busy].includes(row.split(' ')[0] ?? ''))
    expect((await of('')).toSorted()).toEqual([`${group} ${topic} 0 1 1 0 - - -`, expect.stringMatching(`^${busy} ${topic} 0 `)].toSorted())
    expect(await of('--members')).toEqual([expect.stringMatching(`^${busy} one-\\S+ /127.0.0.1 one 1$`)])
    expect((await of('--state')).map((row) => row.split(' ').slice(-2).join(' ')).toSorted()).toEqual(['Empty 0', 'Stable 1'])
    const { stdout } = await groups('--describe --group absent')
    expect(stdout).toContain('org.apache.kafka.common.errors.GroupIdNotFoundException: Group absent not found.')
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

  test('takes those of several that it can, and of all', async () => {
    const [topic, busy] = [await topicWith(1), unique('group')]
    await member(busy, topic, 'busy')
    const [one, two, three] = [await groupThatRead(topic, 1), await groupThatRead(topic, 1), await groupThatRead(topic, 1)]
    const some = rows((await groups(`--delete --group ${one} --group ${busy} --group ${two}`)).stdout)
    expect(some).toContainEqual(expect.stringContaining(`* Group '${busy}' could not be deleted due to: `))
    const gone = some.find((row) => row.startsWith('These consumer groups were deleted successfully: '))
    expect(gone?.match(/'[^']+'/g)?.toSorted()).toEqual([`'${one}'`, `'${two}'`].toSorted())
    const all = (await groups('--delete --all-groups')).stdout
    expect(all).toContain(`* Group '${busy}' could not be deleted due to: `)
    expect(all).toContain(`'${three}'`)
    expect(await printed('--list')).toEqual([busy])
  })
})

describe('--delete-offsets', () => {
  const HEAD = 'TOPIC PARTITION STATUS'

  test('takes the offsets of a topic away', async () => {
    const topic = await topicWith(1)
    const group = await groupThatRead(topic, 1)
    expect(await printed(`--delete-offsets --group ${group} --topic ${topic}`)).toEqual([
      `Request succeeded for deleting offsets from group ${group}.`,
      HEAD,
      `${topic} 0 Successful`,
    ])
    expect((await printed(`--describe --group ${group}`)).filter((row) => row.startsWith(group))).toEqual([])
  })

  test('takes those of some partitions and of several topics away', async () => {
    const [many, other, group] = [await topicWith(0, 3), await topicWith(0), unique('group')]
    await printed(`--reset-offsets --group ${group} --topic ${many} --topic ${other} --to-earliest --execute`)
    const [, , ...deleted] = await printed(`--delete-offsets --group ${group} --topic ${many}:0,2 --topic ${other}`)
    expect(deleted.toSorted()).toEqual([`${many} 0 Successful`, `${many} 2 Successful`, `${other} 0 Successful`].toSorted())
    expect((await printed(`--describe --group ${group}`)).filter((row) => row.startsWith(group))).toEqual([`${group} ${many} 1 0 0 0 - - -`])
  })

  test('is refused for a topic that the group reads, and says which are not there', async () => {
    const [topic, group] = [await topicWith(1), unique('group')]
    await member(group, topic, 'busy')
    expect(await printed(`--delete-offsets --group ${group} --topic ${topic}`)).toContainEqual(
      expect.stringContaining('Deleting offsets of a topic is forbidden while the consumer group is actively subscribed to it.'),
    )
    const { exit, stdout } = await groups(`--delete-offsets --group ${group} --topic ${topic}:5`)
    expect({ exit, refused: stdout.includes('Encountered some partition-level error') }).toEqual({ exit: 0, refused: true })
  })
})

test('--validate-regex asks no broker', async () => {
  expect(await suite.runOffline('kafka-consumer-groups', '--validate-regex a.*')).toMatchObject({ exit: 0 })
  expect((await suite.runOffline('kafka-consumer-groups', '--validate-regex (')).stdout).toContain('The regular expression `(` is invalid: missing closing ).')
})
