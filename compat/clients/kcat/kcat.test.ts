import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BrokerUnderTest, startBrokerUnderTest, temporaryDirectory } from '../../support/broker-under-test.ts'
import { type CommandResult, runCommand } from '../../support/command.ts'
import { pythonPackages } from '../../support/python.ts'

const TIMEOUT_MS = 30_000

/** The library of 2022, as an old Python wheel ships it: kcat takes it in place of the one that it was linked with. */
async function librdkafka19(): Promise<Readonly<Record<string, string>>> {
  const wheel = ['--platform', 'manylinux2014_x86_64', '--python-version', '3.7', '--implementation', 'cp', '--abi', 'cp37m']
  const packages = await pythonPackages(join(import.meta.dirname, 'librdkafka-1.9.2.txt'), wheel)
  return { LD_PRELOAD: join(packages, 'confluent_kafka.libs/librdkafka-ab776cb1.so.1') }
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '')
}

describe.concurrent.each([
  { name: 'with its own librdkafka', version: /librdkafka 2\./, environment: async () => ({}) },
  { name: 'with librdkafka 1.9', version: /librdkafka 1\.9\.2/, environment: librdkafka19 },
])('kcat $name', ({ version, environment }) => {
  let broker: BrokerUnderTest
  let env: Readonly<Record<string, string>>

  beforeAll(async () => {
    env = await environment()
    const installed = await runCommand('kcat', ['-V'], { env }).catch(() => undefined)
    if (installed?.exit !== 0) throw new Error('This suite needs kcat, and it was not found: install the package kcat.')
    expect(installed.stdout).toMatch(version)
    broker = await startBrokerUnderTest()
  })
  afterAll(() => broker?.[Symbol.asyncDispose]())

  function run(args: string, stdin = ''): Promise<CommandResult> {
    return runCommand('kcat', ['-b', broker.bootstrap, ...args.split(' ')], { timeoutMs: TIMEOUT_MS, env, stdin })
  }

  /** What kcat printed; it must succeed. */
  async function kcat(args: string, stdin?: string): Promise<string> {
    const { exit, stdout, stderr } = await run(args, stdin)
    if (exit !== 0) throw new Error(`kcat ${args} ended with ${exit}:\n${stdout}${stderr}`)
    return stdout
  }

  test('produces lines with keys and headers, and prints them as JSON', async () => {
    await kcat('-P -t headers -K: -H one=1 -H two=2', 'key:value\nother:Grüße\n')
    const messages = lines(await kcat('-C -t headers -e -q -J -o beginning')).map((line) => JSON.parse(line))
    expect(messages.map(({ offset, key, payload }) => [offset, key, payload])).toEqual([
      [0, 'key', 'value'],
      [1, 'other', 'Grüße'],
    ])
    expect(messages[0]).toMatchObject({ topic: 'headers', partition: 0, tstype: 'create', headers: ['one', '1', 'two', '2'] })
  })

  test('tells null from empty', async () => {
    await kcat('-P -t nulls -K: -Z', 'tombstone:\n')
    expect(JSON.parse(await kcat('-C -t nulls -e -q -J -Z'))).toMatchObject({ key: 'tombstone', payload: null })
  })

  test.each(['gzip', 'snappy', 'lz4', 'zstd'])('produces with %s', async (codec) => {
    const sent = Array.from({ length: 200 }, (_, index) => `${codec} ${index} ${'x'.repeat(100)}`)
    await kcat(`-P -t ${codec} -z ${codec}`, `${sent.join('\n')}\n`)
    expect(lines(await kcat(`-C -t ${codec} -e -q -X check.crcs=true`))).toEqual(sent)
  })

  test('produces idempotently, in order, 20,000 lines from a file', async () => {
    await using directory = await temporaryDirectory()
    const sent = Array.from({ length: 20_000 }, (_, index) => String(index))
    const file = join(directory.path, 'lines')
    await writeFile(file, `${sent.join('\n')}\n`)
    await kcat(`-P -t idempotent -X enable.idempotence=true -l ${file}`)
    expect(lines(await kcat('-C -t idempotent -e -q'))).toEqual(sent)
  })

  test('reads from an offset, from the end, and between two times', async () => {
    await kcat('-P -t places', 'a\nb\nc\nd\n')
    expect(lines(await kcat('-C -t places -e -q -o 2'))).toEqual(['c', 'd'])
    expect(lines(await kcat('-C -t places -e -q -o -1'))).toEqual(['d'])
    expect(lines(await kcat('-C -t places -e -q -o beginning -c 2'))).toEqual(['a', 'b'])
    const later = Date.now() + 60_000
    expect(lines(await kcat(`-C -t places -e -q -o s@1 -o e@${later}`))).toEqual(['a', 'b', 'c', 'd'])
    expect(lines(await kcat(`-C -t places -e -q -o s@${later}`))).toEqual([])
    expect(lines(await kcat('-Q -t places:0:1'))).toEqual(['places [0] offset 0'])
  })

  test('consumes as a group, and resumes where the group ended', async () => {
    await kcat('-P -t grouped', 'a\nb\nc\n')
    const group = '-G readers -e -q -X auto.offset.reset=earliest grouped'
    expect(lines(await kcat(group))).toEqual(['a', 'b', 'c'])
    await kcat('-P -t grouped', 'd\n')
    expect(lines(await kcat(group))).toEqual(['d'])
  })

  test('lists brokers, topics and partitions', async () => {
    await kcat('-P -t listed', 'a\n')
    const metadata = JSON.parse(await kcat('-L -J -t listed'))
    expect(metadata.brokers).toEqual([{ id: 1, name: broker.bootstrap }])
    expect(metadata.topics).toEqual([{ topic: 'listed', partitions: [{ partition: 0, leader: 1, replicas: [{ id: 1 }], isrs: [{ id: 1 }] }] }])
    expect(metadata.controllerid).toBe(1)
  })

  test('says that a topic is unknown, and that a record is too large', async () => {
    const unknown = await run('-C -t not-there -e -X allow.auto.create.topics=false')
    expect(unknown.exit).toBe(1)
    expect(unknown.stderr).toContain('Broker: Unknown topic or partition')
    const large = await run('-P -t large -X message.max.bytes=3000000', `${'x'.repeat(2_000_000)}\n`)
    expect(large.exit).toBe(1)
    expect(large.stderr).toContain('Broker: Message size too large')
  })

  test('gives up a transaction that is not served', { skip: process.env.ODRADEK_UNDER_TEST === 'kafka' }, async () => {
    const { exit, stderr } = await run('-P -t transactional -X transactional.id=kcat -X transaction.timeout.ms=2000', 'a\n')
    expect(exit).toBe(1)
    expect(stderr).toMatch(/init_transactions\(\): .*timed out/i)
    await kcat('-P -t transactional', 'a\n')
  })
})
