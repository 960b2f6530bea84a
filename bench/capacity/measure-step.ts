import type { BenchNodes } from '../nodes.ts'
import { cpuSeconds, cpuSecondsOf, machineCpuSeconds, residentBytesOf } from '../process-stats.ts'
import type { LoadOrder, LoadReply, TopicPlan } from './load/load-plan.ts'
import { type LoadProcess, startLoad } from './load/load-process.ts'
import type { Step, StepFigures } from './report.ts'
import { deleteTopics, makeTopics } from './step-topics.ts'
import { recordsPerBatch } from './steps.ts'

const WARM_UP_MS = 1_000
const FULL_SPEED_MS = 3_000
const HALF_SPEED_MS = 2_000
const CONSUME_MS = 1_500

export interface StepOptions {
  /** Of the topics that are made. */
  readonly prefix: string
  /** Multiplies the times. */
  readonly scale: number
}

/** One step on nodes that run: topics are made, written to as fast as it goes, then at half of that for the latency, read, and deleted. */
export async function measureStep(nodes: BenchNodes, step: Step, { prefix, scale }: StepOptions): Promise<StepFigures> {
  return await loaded(nodes, step, prefix, async (load) => {
    await load.perform({ kind: 'produce', durationMs: WARM_UP_MS * scale })
    const full = await watched(nodes, load, { kind: 'produce', durationMs: FULL_SPEED_MS * scale })
    const ratePerSecond = full.reply.requests / full.reply.seconds / 2
    const half = await load.perform({ kind: 'produce', durationMs: HALF_SPEED_MS * scale, ratePerSecond })
    const consumed = await watched(nodes, load, { kind: 'consume', durationMs: CONSUME_MS * scale })
    const gigabytes = ({ records }: LoadReply) => (records * step.recordBytes) / 1e9
    return {
      megabytesPerSecond: (gigabytes(full.reply) * 1000) / full.reply.seconds,
      recordsPerSecond: full.reply.records / full.reply.seconds,
      p50Ms: half.p50Ms,
      p99Ms: half.p99Ms,
      latencyRequests: half.requests,
      cpuSecondsPerGigabyte: full.nodesCpu / gigabytes(full.reply),
      clientCpuSecondsPerGigabyte: full.clientCpu / gigabytes(full.reply),
      consumedMegabytesPerSecond: (gigabytes(consumed.reply) * 1000) / consumed.reply.seconds,
      cpuSecondsPerGigabyteConsumed: consumed.nodesCpu / gigabytes(consumed.reply),
      residentMegabytes: residentBytesOf(nodes.pids) / nodes.pids.length / 1e6,
      othersPercent: full.othersPercent,
    }
  })
}

/** Writes and reads for a while on nodes that were just started, so that no step has the time in which code is compiled. */
export async function warmUp(nodes: BenchNodes, step: Step, durationMs: number): Promise<void> {
  await loaded(nodes, step, 'warm-up', async (load) => {
    await load.perform({ kind: 'produce', durationMs })
    await load.perform({ kind: 'consume', durationMs: durationMs / 4 })
  })
}

async function loaded<T>(nodes: BenchNodes, step: Step, prefix: string, run: (load: LoadProcess) => Promise<T>): Promise<T> {
  const { connections, recordBytes } = step
  const topics: readonly TopicPlan[] = await makeTopics(nodes, prefix, step)
  const ports = nodes.brokerIds.map((id) => nodes.clientPort(id))
  const result = await (async () => {
    await using load = await startLoad({ ports, topics, connections, recordBytes, recordsPerBatch: recordsPerBatch(step) })
    return await run(load)
  })()
  await deleteTopics(nodes, topics)
  return result
}

interface Watched {
  readonly reply: LoadReply
  readonly nodesCpu: number
  readonly clientCpu: number
  readonly othersPercent: number
}

async function watched(nodes: BenchNodes, load: LoadProcess, order: LoadOrder): Promise<Watched> {
  const now = () => ({ nodes: cpuSecondsOf(nodes.pids), client: cpuSeconds(load.pid), machine: machineCpuSeconds() })
  const before = now()
  const reply = await load.perform(order)
  const after = now()
  const nodesCpu = after.nodes - before.nodes
  const clientCpu = after.client - before.client
  const others = after.machine.busy - before.machine.busy - nodesCpu - clientCpu
  return { reply, nodesCpu, clientCpu, othersPercent: Math.max(0, (others / (after.machine.all - before.machine.all)) * 100) }
}
