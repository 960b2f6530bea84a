import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Node, startNode } from '../../src/index.ts'

/** What is imported is looked for from here. */
const EXAMPLES = join(import.meta.dirname, '../../examples')

let node: Node

beforeAll(async () => {
  node = await startNode({ config: { 'num.partitions': 2 } })
})

afterAll(() => node.stop())

/** One example as a process of its own. */
class Example implements AsyncDisposable {
  readonly #process: ChildProcess
  readonly #closed: Promise<unknown>
  out = ''
  err = ''

  /** @param args of the project's own Node, which runs TypeScript as it is */
  constructor(args: readonly string[]) {
    this.#process = spawn(process.execPath, args, { cwd: EXAMPLES, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#closed = once(this.#process, 'close')
    this.#process.stdout?.on('data', (chunk) => {
      this.out += chunk
    })
    this.#process.stderr?.on('data', (chunk) => {
      this.err += chunk
    })
  }

  async printed(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.out)) {
      if (this.#process.exitCode !== null) throw new Error(`ended without ${pattern}:\n${this.out}${this.err}`)
      await Promise.race([once(this.#process.stdout as NonNullable<ChildProcess['stdout']>, 'data'), this.#closed])
    }
  }

  interrupt(): void {
    this.#process.kill('SIGINT')
  }

  async exit(): Promise<number | null> {
    await this.#closed
    return this.#process.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#closed
  }
}

function run(file: string, args: readonly string[]): Example {
  return new Example([join(EXAMPLES, file), '--brokers', node.bootstrapServers, ...args])
}

async function membersOf(groupId: string): Promise<number> {
  const admin = new Kafka({ brokers: [node.bootstrapServers], logLevel: logLevel.NOTHING }).admin()
  await admin.connect()
  const { groups } = await admin.describeGroups([groupId])
  await admin.disconnect()
  return groups[0]?.members.length ?? -1
}

test('the producer sends what it is asked for, and ends', async () => {
  await using producer = run('producer.ts', ['--topic', 'few', '--count', '5', '--interval-ms', '0'])
  expect(await producer.exit(), producer.err).toBe(0)
  expect(producer.out.match(/^order \d of \w+: partition [01], offset \d$/gm)).toHaveLength(5)
  expect(producer.out).toMatch(/the producer is done\n$/)
})

test('the consumer reads what is there and what comes, and leaves its group at Ctrl-C', async () => {
  const topic = ['--topic', 'orders']
  await using before = run('producer.ts', [...topic, '--count', '3', '--interval-ms', '0'])
  expect(await before.exit(), before.err).toBe(0)
  await using consumer = run('consumer.ts', [...topic, '--group', 'warehouse'])
  await consumer.printed(/"number":3/)
  await using after = run('producer.ts', topic)
  await consumer.printed(/"number":1,[\s\S]*"number":1,/)
  after.interrupt()
  expect(await after.exit(), after.err).toBe(0)

  expect(consumer.out).toMatch(/joined warehouse: partitions [01], [01]/)
  expect(await membersOf('warehouse')).toBe(1)
  consumer.interrupt()
  expect(await consumer.exit(), consumer.err).toBe(0)
  expect(consumer.out).toMatch(/the consumer has left the group\n$/)
  expect(await membersOf('warehouse')).toBe(0)
})

test('a second consumer of the group shares the partitions, and takes them all over when the first leaves', async () => {
  const args = ['--topic', 'shared', '--group', 'couple']
  await using producer = run('producer.ts', ['--topic', 'shared', '--count', '2', '--interval-ms', '0'])
  expect(await producer.exit(), producer.err).toBe(0)
  await using first = run('consumer.ts', args)
  await first.printed(/joined couple: partitions [01], [01]/)
  await using second = run('consumer.ts', args)
  await second.printed(/joined couple: partitions [01]\n/)
  first.interrupt()
  expect(await first.exit(), first.err).toBe(0)
  await second.printed(/joined couple: partitions [01], [01]/)
})

test('the script in the README writes and reads as it stands', async () => {
  const [, script = ''] = /```js\n(import [\s\S]*?)```/.exec(readFileSync(join(EXAMPLES, '../README.md'), 'utf8')) ?? []
  expect(script).toContain("'localhost:9092'")
  await using example = new Example(['--input-type=module', '--eval', script.replace('localhost:9092', node.bootstrapServers)])
  await example.printed(/^anna: one spool of thread$/m)
})
