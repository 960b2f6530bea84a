import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { groupThatRead, topicWith } from './group-setup.ts'
import { rows, startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

test('what this client is used for is all there', async () => {
  const topic = await topicWith(suite, 0)
  const supported = ['offsets-for-times', 'cluster-id', 'create-topics', 'describe-configs', 'idempotent-producer'].flatMap((what) => [
    `--${what}-supported`,
    'True',
  ])
  const args = ['--topic', topic, '--num-cluster-nodes', '1', '--expect-record-too-large-exception', 'False', '--describe-acls-supported', 'True']
  const { exit, stdout, stderr } = await suite.run('kafka-client-compatibility', [...args, ...supported])
  expect({ exit, stdout, stderr }).toMatchObject({ exit: 0 })
})

describe('kafka-streams-application-reset', () => {
  const reset = async (args: string) => {
    const { exit, stdout, stderr } = await suite.run('kafka-streams-application-reset', args)
    return { exit, said: [...rows(stdout), ...rows(stderr)] }
  }

  const own = async (application: string) => rows(await suite.output('kafka-topics', `--list --topic ${application}-.*`)).toSorted()

  test('sets the offsets of the input topics back and deletes the topics of the application', async () => {
    const input = await topicWith(suite, 5)
    const application = await groupThatRead(suite, input, 3)
    const internal = [`${application}-store-changelog`, `${application}-by-key-repartition`]
    for (const topic of [...internal, `${application}-output`]) await suite.output('kafka-topics', `--create --topic ${topic}`)
    const args = `--application-id ${application} --input-topics ${input} --to-offset 1`
    const told = [
      `Reset-offsets for input topics [${input}]`,
      `Following input topics offsets will be reset to (for consumer group ${application})`,
      `Topic: ${input} Partition: 0 Offset: 1`,
      'Done.',
      expect.stringMatching(new RegExp(`^Deleting inferred internal topics \\[(${internal.join(', ')}|${internal.toReversed().join(', ')})\\]$`)),
      'Done.',
    ]
    expect(await reset(`${args} --dry-run`)).toEqual({ exit: 0, said: [expect.stringContaining('Dry run'), ...told] })
    expect(await own(application)).toHaveLength(3)
    expect(await reset(args)).toEqual({ exit: 0, said: told })
    expect(await own(application)).toEqual([`${application}-output`])
    const [, offsets] = rows(await suite.output('kafka-consumer-groups', `--describe --group ${application}`))
    expect(offsets).toBe(`${application} ${input} 0 1 5 4 - - -`)
  })

  test('says which input topics are not there', async () => {
    expect(await reset(`--application-id ${unique('app')} --input-topics absent`)).toMatchObject({
      exit: 1,
      said: expect.arrayContaining(['Following input topics are not found, skipping them', 'Topic: absent']),
    })
  })
})
