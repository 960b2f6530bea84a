import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { startToolSuite, type ToolSuite, unique } from './tool-suite.ts'

const DEADLINE_MS = 20_000

let suite: ToolSuite
let metricsPort: number
beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  metricsPort = port
  suite = await startToolSuite({ 'metrics.port': port, 'metrics.host': '127.0.0.1' })
})
afterAll(() => suite?.[Symbol.asyncDispose]())

/** The lines of one metric. */
async function series(name: string): Promise<readonly string[]> {
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  return text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
}

async function value(name: string): Promise<number> {
  const [line = ''] = await series(name)
  return Number(line.split(' ').at(-1))
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + DEADLINE_MS
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error('not within the time')
    await sleep(100)
  }
}

async function produce(clientId: string, lines: number): Promise<void> {
  const stdin = Array.from({ length: lines }, (_, at) => `line ${at}\n`).join('')
  await suite.output('kafka-console-producer', `--topic ${unique('topic')} --command-property client.id=${clientId}`, { stdin })
}

describe("Java clients' own metrics", () => {
  test('are not pushed while nobody asks for them', async () => {
    await produce('unasked', 10)
    expect(await value('client_telemetry_pushes_total')).toBe(0)
    expect(await series('kafka_client_producer_record_send_total')).toEqual([])
  })

  test('are shown when a subscription asks for them, of those clients alone that match', async () => {
    await suite.output('kafka-client-metrics', [
      ...['--alter', '--name', 'producers', '--metrics', 'org.apache.kafka.producer.', '--interval', '1000'],
      ...['--match', 'client_id=asked.*,client_software_name=apache-kafka-java'],
    ])
    const perf = `--topic ${unique('topic')} --num-records 300 --record-size 10 --throughput 100 --command-property client.id=asked-1`
    await suite.output('kafka-producer-perf-test', perf)
    await produce('other', 10)
    const sent = await series('kafka_client_producer_record_send_total')
    expect(sent.every((line) => line.includes('client_id="asked-1",client_instance_id="'))).toBe(true)
    const counted = sent.map((line) => Number(line.split(' ').at(-1)))
    expect(counted).toEqual([expect.any(Number)])
    expect(counted[0]).toBeGreaterThan(0)
    expect(counted[0]).toBeLessThanOrEqual(300)
    expect(await value('client_telemetry_unreadable_total')).toBe(0)
  })

  test('of all kinds are read: producers, consumers and tools', async () => {
    await suite.output('kafka-client-metrics', '--alter --name all --metrics * --interval 500')
    const topic = unique('topic')
    await suite.output('kafka-console-producer', `--topic ${topic}`, { stdin: 'a\nb\n' })
    const consume = `--topic ${topic} --from-beginning --max-messages 2 --group ${unique('group')} --command-property client.id=reader`
    await suite.output('kafka-console-consumer', consume)
    await eventually(async () => (await series('kafka_client_consumer_fetch_manager_records_consumed_total')).length > 0)
    expect(await value('client_telemetry_unreadable_total')).toBe(0)
    expect(await value('client_telemetry_dropped_total')).toBe(0)
  })

  test('the tool lists, describes and deletes what is asked for', async () => {
    expect((await suite.output('kafka-client-metrics', '--list')).trim().split('\n').sort()).toEqual(['all', 'producers'])
    expect(await suite.output('kafka-client-metrics', '--describe --name producers')).toContain('interval.ms=1000')
    await suite.output('kafka-client-metrics', '--delete --name all')
    await suite.output('kafka-client-metrics', '--delete --name producers')
    expect((await suite.output('kafka-client-metrics', '--list')).trim()).toBe('')
  })
})

describe('what a broker sees of clients and groups', () => {
  test('producers, consumers, and the lag of a group', async () => {
    const [topic, group] = [unique('topic'), unique('group')]
    const stdin = Array.from({ length: 100 }, (_, at) => `line ${at}\n`).join('')
    await suite.output('kafka-console-producer', `--topic ${topic} --command-property client.id=seen-producer`, { stdin })
    const consume = `--topic ${topic} --from-beginning --max-messages 40 --group ${group} --command-property client.id=seen-consumer`
    await suite.output('kafka-console-consumer', consume)
    const labels = `{group="${group}",topic="${topic}",partition="0"}`
    expect(await series('consumer_lag')).toContain(`consumer_lag${labels} 60`)
    expect(await series('kafka_consumergroup_lag')).toContain(`kafka_consumergroup_lag{consumergroup="${group}",topic="${topic}",partition="0"} 60`)
    expect(await series('rebalance_rate')).toContain(`rebalance_rate{group="${group}"} 1`)
    for (const name of ['record_send_rate', 'batch_size_avg', 'request_latency_avg']) expect((await series(name)).join()).toContain('client_id="seen-producer"')
    for (const name of ['records_consumed_rate', 'fetch_latency_avg', 'consumer_fetch_lag'])
      expect((await series(name)).join()).toContain('client_id="seen-consumer"')
  })
})
