import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JavaTools, runJavaProcess, startJavaTools } from './java-tools.ts'
import { type OracleNode, startOracle } from './oracle-node.ts'

const TOPICS = 'org.apache.kafka.tools.TopicCommand'
const PRODUCER = 'org.apache.kafka.tools.ConsoleProducer'
const CONSUMER = 'org.apache.kafka.tools.consumer.ConsoleConsumer'

describe('the oracle', () => {
  let oracle: OracleNode
  let tools: JavaTools
  beforeAll(async () => {
    ;[oracle, tools] = await Promise.all([startOracle(), startJavaTools()])
  })
  afterAll(async () => {
    await tools?.[Symbol.asyncDispose]()
    await oracle?.[Symbol.asyncDispose]()
  })

  test('carries records from a producer to a consumer through tools in one JVM', async () => {
    const server = ['--bootstrap-server', oracle.bootstrap, '--topic', 'words']
    const created = await tools.run(TOPICS, ['--create', ...server, '--partitions', '1'])
    expect(created).toEqual({ exit: 0, stdout: 'Created topic words.\n', stderr: '' })
    expect(await tools.run(PRODUCER, server, { stdin: 'eins\nzwei ä\n' })).toMatchObject({ exit: 0 })
    const consumed = await tools.run(CONSUMER, [...server, '--from-beginning', '--max-messages', '2'])
    expect(consumed).toMatchObject({ exit: 0, stdout: 'eins\nzwei ä\n' })
    expect(consumed.stderr).toContain('Processed a total of 2 messages')
  })

  test("gives a tool's exit code and error text", async () => {
    const again = await tools.run(TOPICS, ['--describe', '--bootstrap-server', oracle.bootstrap, '--topic', 'absent'])
    expect(again.exit).toBe(1)
    expect(again.stdout).toContain("Topic 'absent' does not exist as expected")
  })

  test('ends a tool that would go on, as SIGTERM does', async () => {
    const args = ['--bootstrap-server', oracle.bootstrap, '--topic', 'words']
    const ended = await tools.run(CONSUMER, args, { timeoutMs: 1_500 })
    expect(ended.exit).toBe(143)
    const after = await tools.run(TOPICS, ['--list', '--bootstrap-server', oracle.bootstrap])
    expect(after).toMatchObject({ exit: 0, stdout: expect.stringContaining('words') })
  })

  test('runs a tool as a process of its own with the same answer', async () => {
    const result = await runJavaProcess(TOPICS, ['--describe', '--bootstrap-server', oracle.bootstrap, '--topic', 'absent'])
    expect(result.exit).toBe(1)
    expect(result.stdout).toContain("Topic 'absent' does not exist as expected")
  })
})
