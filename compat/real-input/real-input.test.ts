import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import type { Admin } from 'kafkajs'
import { expect, test } from 'vitest'
import { TOOLS } from '../kafka-tools/tool-suite.ts'
import { kafka, until } from '../kafkajs/support.ts'
import { spawnJavaProcess } from '../support/java-tools.ts'
import { startOdradek } from '../support/odradek-process.ts'
import { type Corpus, corpusOfEnvironment } from './corpus.ts'
import { startGroupReader } from './group-reader.ts'
import { LineChecksum, linesOf } from './line-checksum.ts'

const TOPIC = 'corpus'
const MEMBERS = 3
const WRITE_BYTES = 64 * 1024
const corpus = await corpusOfEnvironment()
/** A tenth of what the slowest machine that we know does. */
const TIMEOUT_MS = 60_000 + corpus.lineCount / 5

test(
  `${corpus.name}: what goes in by the console producer comes out, every line once, over a kill -9 in the middle`,
  async () => {
    await using node = await startOdradek()
    const client = kafka(node.bootstrap, { retry: { retries: 100, initialRetryTime: 50, maxRetryTime: 300 } })
    const admin = client.admin()
    await admin.connect()
    await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: MEMBERS, replicationFactor: 1 }] })
    await using group = await startGroupReader(client, TOPIC, MEMBERS)

    let restarted: Promise<void> | undefined
    const sent = await produce(node.bootstrap, corpus, {
      atHalf: () => until('the broker has a tenth of the lines', async () => (await endOffset(admin)) > corpus.lineCount / 10, TIMEOUT_MS),
      afterHalf: () => {
        restarted = node.kill().then(() => node.start())
      },
    })
    await restarted
    expect(sent.count).toBe(corpus.lineCount)
    expect(await endOffset(admin)).toBe(corpus.lineCount)
    await admin.disconnect()

    expect(`${await consume(node.bootstrap, corpus.lineCount)}`).toBe(`${sent}`)
    await group.untilCount(corpus.lineCount, TIMEOUT_MS)
    expect(`${group.checksum}`).toBe(`${sent}`)
    expect(group.shares.every((share) => share > 0)).toBe(true)
  },
  TIMEOUT_MS,
)

/** Records in the topic. */
async function endOffset(admin: Admin): Promise<number> {
  return (await admin.fetchTopicOffsets(TOPIC)).reduce((sum, { high }) => sum + Number(high), 0)
}

interface Interruption {
  /** Awaited when half of the lines are written. */
  atHalf(): Promise<void>
  /** Called a twentieth of the lines later, while more are written. */
  afterHalf(): void
}

/** Writes the corpus into kafka-console-producer; resolves when that has ended well. */
async function produce(bootstrap: string, { lineCount, lines }: Corpus, interruption: Interruption): Promise<LineChecksum> {
  // It gives up after three attempts by default, which a restart on a slow machine can use up.
  const args = ['--bootstrap-server', bootstrap, '--topic', TOPIC, '--message-send-max-retries', '1000000']
  const producer = await spawnJavaProcess(TOOLS['kafka-console-producer'], args)
  using _end = endedWithTest(producer)
  const ended = endOf(producer)
  const sent = new LineChecksum()
  const [half, afterHalf] = [Math.floor(lineCount / 2), Math.floor(lineCount * 0.55)]
  let text = ''
  for await (const line of lines()) {
    sent.add(line)
    text += `${line}\n`
    if (text.length >= WRITE_BYTES || sent.count === half) {
      await write(producer, text)
      text = ''
    }
    if (sent.count === half) await interruption.atHalf()
    if (sent.count === afterHalf) interruption.afterHalf()
  }
  producer.stdin.end(text)
  // What it logs while the broker is away are warnings; an error is a record that it gave up.
  const { exit, stderr } = await ended
  expect({ exit, errors: stderr.split('\n').filter((line) => line.includes(' ERROR ')) }).toEqual({ exit: 0, errors: [] })
  return sent
}

async function write({ stdin }: ChildProcessWithoutNullStreams, text: string): Promise<void> {
  if (!stdin.write(text)) await once(stdin, 'drain')
}

/** Reads the topic from its beginning by kafka-console-consumer. */
async function consume(bootstrap: string, count: number): Promise<LineChecksum> {
  const args = ['--bootstrap-server', bootstrap, '--topic', TOPIC, '--from-beginning', '--max-messages', String(count), '--timeout-ms', '20000']
  const consumer = await spawnJavaProcess(TOOLS['kafka-console-consumer'], args)
  using _end = endedWithTest(consumer)
  const ended = endOf(consumer)
  const received = new LineChecksum()
  for await (const line of linesOf(consumer.stdout)) received.add(line)
  expect(await ended).toMatchObject({ exit: 0 })
  return received
}

/** A tool must not outlive a test that fails. */
function endedWithTest(child: ChildProcessWithoutNullStreams): Disposable {
  child.stdin.on('error', () => {})
  return { [Symbol.dispose]: () => void child.kill('SIGKILL') }
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<{ readonly exit: number | null; readonly stderr: string }> {
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-20_000)
  })
  const [exit] = (await once(child, 'close')) as [number | null]
  return { exit, stderr }
}
