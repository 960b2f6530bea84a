import { runCommand } from '../../compat/support/command.ts'
import { jdkProgram, kafkaJars } from '../../compat/support/jars.ts'
import type { BenchBroker } from '../brokers.ts'
import { JVM_OPTIONS } from '../jvm-options.ts'
import { cpuSeconds, cpuSecondsOf } from '../process-stats.ts'

const PERF_TIMEOUT_MS = 300_000
const TOOL_MEGABYTE = 1024 * 1024

export interface LoadFigures {
  readonly megabytesPerSecond: number
  /** Of the broker or brokers, over the whole run. */
  readonly cpuSeconds: number
}

export interface ProduceFigures extends LoadFigures {
  /** Of the broker or brokers while the tool sent, in percent of one core: far below what it can have, the tool is what bounds the throughput. */
  readonly cpuPercent: number
}

export interface ProduceLoad {
  readonly topic: string
  readonly records: number
  readonly recordBytes: number
  readonly properties?: readonly string[]
}

/** A broker, or the nodes of a cluster, under a load. */
export interface LoadTarget {
  readonly bootstrap: string
  readonly pids: readonly number[]
}

/** Kafka's own producer-perf, as fast as it goes, acks=all. */
export async function produce(target: LoadTarget, { topic, records, recordBytes, properties = [] }: ProduceLoad): Promise<ProduceFigures> {
  const before = cpuSecondsOf(target.pids)
  const output = await perfTool('ProducerPerformance', [
    ...['--topic', topic, '--num-records', String(records), '--record-size', String(recordBytes), '--throughput', '-1'],
    ...['--producer-props', `bootstrap.servers=${target.bootstrap}`, 'acks=all', ...properties],
  ])
  const summary = output.trim().split('\n').at(-1) ?? ''
  const megabytesPerSecond = Number(/\(([\d.]+) MB\/sec\)/.exec(summary)?.[1])
  const used = cpuSecondsOf(target.pids) - before
  const seconds = (records * recordBytes) / TOOL_MEGABYTE / megabytesPerSecond
  return { megabytesPerSecond, cpuSeconds: used, cpuPercent: (used / seconds) * 100 }
}

/** Kafka's own consumer-perf from the beginning of a topic. */
export async function consume(broker: BenchBroker, topic: string, records: number): Promise<LoadFigures> {
  const before = cpuSeconds(broker.pid)
  const output = await perfTool('ConsumerPerformance', [
    '--topic',
    topic,
    '--num-records',
    String(records),
    '--bootstrap-server',
    broker.bootstrap,
    '--timeout',
    '60000',
  ])
  const row =
    output
      .trim()
      .split('\n')
      .find((line) => /^\d{4}-/.test(line)) ?? ''
  return { megabytesPerSecond: Number(row.split(',')[3]), cpuSeconds: cpuSeconds(broker.pid) - before }
}

export interface LatencyFigures {
  readonly averageMs: number
  readonly p99Ms: number
  readonly cpuSeconds: number
}

/** Kafka's own end-to-end latency tool: each record is sent, acknowledged (acks=all) and consumed before the next. */
export async function endToEndLatency(broker: Pick<BenchBroker, 'pid' | 'bootstrap'>, topic: string, records: number): Promise<LatencyFigures> {
  const before = cpuSeconds(broker.pid)
  const output = await perfTool('EndToEndLatency', [
    '--bootstrap-server',
    broker.bootstrap,
    '--topic',
    topic,
    '--num-records',
    String(records),
    '--producer-acks',
    'all',
    '--record-size',
    '100',
  ])
  return {
    averageMs: Number(/Avg latency: ([\d.]+) ms/.exec(output)?.[1]),
    p99Ms: Number(/99th = ([\d.]+)/.exec(output)?.[1]),
    cpuSeconds: cpuSeconds(broker.pid) - before,
  }
}

/** As kafka-producer-perf-test.sh and its like run it: a tool whose code is compiled less well would be what is measured. */
async function perfTool(name: string, args: readonly string[]): Promise<string> {
  const { classPath } = await kafkaJars()
  const jvm = [...JVM_OPTIONS, '-Xmx512M', '-cp', classPath, `org.apache.kafka.tools.${name}`]
  const result = await runCommand(jdkProgram('java'), [...jvm, ...args], { timeoutMs: PERF_TIMEOUT_MS })
  if (result.exit !== 0) throw new Error(`${name} ${args.join(' ')} ended with ${result.exit}:\n${result.stdout}${result.stderr}`)
  return result.stdout
}
