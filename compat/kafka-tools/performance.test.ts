import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runJavaProcess } from '../support/java-tools.ts'
import { rows, startToolSuite, TOOLS, type ToolSuite, unique } from './tool-suite.ts'

const RECORDS = 50_000
const PAIRS = 500

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

interface Line {
  readonly name: string
  readonly [field: string]: unknown
}

function events(stdout: string): readonly Line[] {
  return rows(stdout).map((line) => JSON.parse(line) as Line)
}

describe('the performance tools', () => {
  test.each([
    ['the defaults', ''],
    ['compression', '--command-property compression.type=lz4'],
    ['acks=1 and large batches', '--command-property acks=1 --command-property enable.idempotence=false --command-property batch.size=131072'],
  ])('kafka-producer-perf-test with %s, then kafka-consumer-perf-test', async (_name, properties) => {
    const topic = unique('perf')
    const produced = await suite.output('kafka-producer-perf-test', `--topic ${topic} --num-records ${RECORDS} --record-size 100 --throughput -1 ${properties}`)
    expect(rows(produced).at(-1)).toMatch(new RegExp(`^${RECORDS} records sent, [\\d.]+ records/sec`))
    const consumed = rows(await suite.output('kafka-consumer-perf-test', `--topic ${topic} --num-records ${RECORDS} --timeout 10000`))
    expect(Number(consumed[1]?.split(', ')[4])).toBe(RECORDS)
  })

  test('kafka-producer-perf-test paced, at the rate that it was told', async () => {
    const produced = await suite.output('kafka-producer-perf-test', `--topic ${unique('perf')} --num-records 2000 --record-size 100 --throughput 1000`)
    const rate = Number(/, ([\d.]+) records\/sec/.exec(rows(produced).at(-1) ?? '')?.[1])
    expect(rate).toBeGreaterThan(800)
    expect(rate).toBeLessThan(1_100)
  })

  test.each(['1', 'all'])('kafka-e2e-latency with acks=%s', async (acks) => {
    const measured = rows(
      await suite.output('kafka-e2e-latency', `--topic ${unique('latency')} --num-records ${PAIRS} --producer-acks ${acks} --record-size 100`),
    )
    expect(measured.at(-2)).toMatch(/^Avg latency: [\d.]+ ms$/)
    expect(measured.at(-1)).toMatch(/^Percentiles: 50th = \d+, 99th = \d+, 99.9th = \d+$/)
  })
})

describe('the verifiable tools', () => {
  // As a process of its own: it ends by the hooks of a process that ends.
  const produce = (args: string) => runJavaProcess(TOOLS['kafka-verifiable-producer'], ['--bootstrap-server', suite.broker.bootstrap, ...args.split(' ')])

  test.each(['0', '1', '-1'])('every record of the producer with acks=%s comes to the consumer once, in its order', async (acks) => {
    const topic = unique('verifiable')
    await suite.output('kafka-topics', `--create --topic ${topic}`)
    const { exit, stdout } = await produce(`--topic ${topic} --max-messages 1000 --acks ${acks} --repeating-keys 5 --value-prefix 7`)
    const sent = events(stdout)
    expect(exit).toBe(0)
    expect(sent.find(({ name }) => name === 'tool_data')).toMatchObject({ sent: 1000, acked: 1000 })
    const consumer = `--topic ${topic} --group-id ${unique('group')} --max-messages 1000 --reset-policy earliest --verbose`
    const received = events(await suite.output('kafka-verifiable-consumer', consumer))
    const values = received.filter(({ name }) => name === 'record_data').map(({ key, value }) => `${key} ${value}`)
    expect(values).toEqual(Array.from({ length: 1000 }, (_, index) => `${index % 5} 7.${index}`))
    expect(received.findLast(({ name }) => name === 'offsets_committed')).toMatchObject({ success: true, offsets: [{ topic, partition: 0, offset: 1000 }] })
    expect(received.at(-1)?.name).toBe('shutdown_complete')
  })

  test('a static member of the consumer that commits by itself', async () => {
    const [topic, group] = [unique('verifiable'), unique('group')]
    await suite.output('kafka-topics', `--create --topic ${topic} --partitions 2`)
    await produce(`--topic ${topic} --max-messages 200`)
    const assignor = 'org.apache.kafka.clients.consumer.CooperativeStickyAssignor'
    const how = `--group-instance-id one --assignment-strategy ${assignor} --enable-autocommit --session-timeout 6000 --reset-policy earliest`
    const received = events(await suite.output('kafka-verifiable-consumer', `--topic ${topic} --group-id ${group} --max-messages 200 ${how}`))
    expect(received.filter(({ name }) => name === 'records_consumed').reduce((sum, { count }) => sum + Number(count), 0)).toBe(200)
    const described = rows(await suite.output('kafka-consumer-groups', `--describe --group ${group}`)).slice(1)
    expect(described.reduce((sum, row) => sum + Number(row.split(' ')[3]), 0)).toBe(200)
  })
})
