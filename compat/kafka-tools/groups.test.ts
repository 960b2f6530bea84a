import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { groupThatRead, topicWith } from './group-setup.ts'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
let classic: string
let simple: string
beforeAll(async () => {
  suite = await startToolSuite()
  const topic = await topicWith(suite, 1)
  classic = await groupThatRead(suite, topic, 1)
  // A group that has offsets and never had a member.
  simple = unique('simple')
  await suite.output('kafka-consumer-groups', `--reset-offsets --group ${simple} --topic ${topic} --to-earliest --execute`)
})
afterAll(() => suite?.[Symbol.asyncDispose]())

const HEAD = 'GROUP TYPE PROTOCOL'

describe('kafka-groups', () => {
  const listed = async (args: string) => rows(await suite.output('kafka-groups', `--list ${args}`))

  test('lists groups with their types and protocols', async () => {
    const [head, ...groups] = await listed('')
    expect(head).toBe(HEAD)
    expect(groups.toSorted()).toEqual([`${classic} Classic consumer`, `${simple} Classic`])
  })

  test('chooses by type and by protocol', async () => {
    expect(await listed('--group-type classic')).toHaveLength(3)
    expect(await listed('--group-type consumer')).toEqual([HEAD])
    expect(await listed('--protocol consumer')).toEqual([HEAD, `${classic} Classic consumer`])
    expect(await listed('--protocol connect')).toEqual([HEAD])
    expect((await listed('--consumer')).slice(1).toSorted()).toEqual([`${classic} Classic consumer`, `${simple} Classic`])
    expect(await listed('--share')).toEqual([HEAD])
    expect(await listed('--streams')).toEqual([HEAD])
  })

  test('knows what is no type', async () => {
    const { exit, stdout, stderr } = await suite.run('kafka-groups', '--list --group-type fast')
    expect(exit).toBe(1)
    expect(`${stdout}${stderr}`).toContain('--group-type must be a valid group type.')
  })
})

test.each(['kafka-share-groups', 'kafka-streams-groups'] as const)('%s finds no group of its kind', async (tool) => {
  expect(rows(await suite.output(tool, '--list')).filter((row) => row.includes(classic) || row.includes(simple))).toEqual([])
})
