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

const offsets = async (args: string) => rows(await suite.output('kafka-get-offsets', args))

async function topicWith(count: number, partitions = 1): Promise<string> {
  const topic = unique('topic')
  await suite.output('kafka-topics', `--create --topic ${topic} --partitions ${partitions}`)
  const stdin = Array.from({ length: count }, (_, index) => `${index}\n`).join('')
  await suite.output('kafka-console-producer', `--topic ${topic}`, { stdin })
  return topic
}

async function deleteRecords(...partitions: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]) {
  await using directory = await temporaryDirectory()
  const file = join(directory.path, 'offsets.json')
  await writeFile(file, JSON.stringify({ version: 1, partitions }))
  return await suite.run('kafka-delete-records', ['--offset-json-file', file])
}

describe('kafka-get-offsets', () => {
  test('knows first, last, largest time and a time', async () => {
    const topic = await topicWith(3)
    const at = (time: string) => offsets(`--topic-partitions ${topic}:0 --time ${time}`)
    expect(await at('earliest')).toEqual([`${topic}:0:0`])
    expect(await at('-2')).toEqual([`${topic}:0:0`])
    expect(await at('latest')).toEqual([`${topic}:0:3`])
    expect(await at('-1')).toEqual([`${topic}:0:3`])
    expect(await at('earliest-local')).toEqual([`${topic}:0:0`])
    expect(await at('max-timestamp')).toEqual([expect.stringMatching(new RegExp(`^${topic}:0:[012]$`))])
    expect(await at('1')).toEqual([`${topic}:0:0`])
  })

  test('has nothing to say of tiers, and of a time after the last record', async () => {
    const topic = await topicWith(1)
    for (const time of ['latest-tiered', 'earliest-pending-upload', '99999999999999']) {
      expect(await offsets(`--topic-partitions ${topic}:0 --time ${time}`)).toEqual([])
    }
  })

  test('selects by topics, partitions and what is internal', async () => {
    const topic = await topicWith(0, 3)
    await suite.output('kafka-console-consumer', `--topic ${topic} --group ${unique('group')} --timeout-ms 500`)
    expect(await offsets(`--topic ${topic}`)).toEqual([0, 1, 2].map((partition) => `${topic}:${partition}:0`))
    expect(await offsets(`--topic ${topic} --partitions 0,2`)).toEqual([0, 2].map((partition) => `${topic}:${partition}:0`))
    expect(await offsets(`--topic-partitions ${topic}:1-3`)).toEqual([1, 2].map((partition) => `${topic}:${partition}:0`))
    expect((await offsets('')).some((row) => row.startsWith('__consumer_offsets:'))).toBe(true)
    expect((await offsets('--exclude-internal-topics')).some((row) => row.startsWith('__consumer_offsets:'))).toBe(false)
    expect(await suite.run('kafka-get-offsets', '--topic absent')).toMatchObject({
      exit: 1,
      stderr: 'Error occurred: Could not match any topic-partitions with the specified filters\n',
    })
  })
})

describe('kafka-delete-records', () => {
  test('moves the beginning of partitions to an offset or to their end', async () => {
    const [some, all] = [await topicWith(3), await topicWith(2)]
    const { exit, stdout } = await deleteRecords({ topic: some, partition: 0, offset: 1 }, { topic: all, partition: 0, offset: -1 })
    expect(exit).toBe(0)
    expect(rows(stdout)).toEqual(
      expect.arrayContaining([
        'Executing records delete operation',
        'Records delete operation completed:',
        `partition: ${some}-0 low_watermark: 1`,
        `partition: ${all}-0 low_watermark: 2`,
      ]),
    )
    expect(await offsets(`--topic-partitions ${some}:0,${all}:0 --time earliest`)).toEqual([`${some}:0:1`, `${all}:0:2`])
    expect(await suite.output('kafka-console-consumer', `--topic ${some} --from-beginning --max-messages 2`)).toBe('1\n2\n')
  })

  test('refuses an offset behind the end', async () => {
    const topic = await topicWith(3)
    const { stdout } = await deleteRecords({ topic, partition: 0, offset: 9 })
    expect(stdout).toContain(
      `partition: ${topic}-0\terror: org.apache.kafka.common.errors.OffsetOutOfRangeException: The requested offset is not within the range of offsets maintained by the server.`,
    )
    expect(await offsets(`--topic-partitions ${topic}:0 --time earliest`)).toEqual([`${topic}:0:0`])
  })
})
