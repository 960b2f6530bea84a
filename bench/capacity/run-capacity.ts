import { writeFile } from 'node:fs/promises'
import { cpus, totalmem } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from '../../compat/support/cluster/administer.ts'
import { MetadataApi } from '../../protocol/messages/metadata.ts'
import { type BenchNodes, formatNodes } from '../nodes.ts'
import { openFilesLimit } from '../process-stats.ts'
import { measureStep, warmUp } from './measure-step.ts'
import type { CapacityReport, MachineFacts, Step, StepResult } from './report.ts'
import { BASE } from './steps.ts'

const WARM_UP_MS = 5_000
const START_TIMEOUT_MS = 60_000
const POLL_MS = 50
/** Of a process that has connections: its files, and connections of nodes with each other. */
const OTHER_DESCRIPTORS = 500
const SETTINGS = {
  // What earlier steps wrote goes while later ones write.
  'log.segment.delete.delay.ms': 1_000,
}

export interface CapacityOptions {
  readonly steps: readonly Step[]
  /** Multiplies the times. */
  readonly scale: number
  /** Where the report goes. */
  readonly file: string
}

/** Measures all steps and writes a report. A step that fails has its reason in it, and the others are measured. */
export async function runCapacity({ steps, scale, file }: CapacityOptions): Promise<CapacityReport> {
  const measuredAt = new Date().toISOString()
  const results: StepResult[] = []
  for (const together of onSameNodes(steps)) results.push(...(await measureTogether(together, scale)))
  const report: CapacityReport = { measuredAt, scale, machine: machineFacts(), results }
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`)
  return report
}

/** Neighbours that one cluster does for. */
function onSameNodes(steps: readonly Step[]): readonly (readonly Step[])[] {
  const groups: Step[][] = []
  for (const step of steps) {
    const last = groups.at(-1)
    const before = last?.[0]
    if (before?.axis === step.axis && before.kind === step.kind && before.nodes === step.nodes) last?.push(step)
    else groups.push([step])
  }
  return groups
}

async function measureTogether(steps: readonly Step[], scale: number): Promise<readonly StepResult[]> {
  const [first] = steps
  if (first === undefined) return []
  const results: StepResult[] = []
  try {
    await using nodes = await startedNodes(first)
    await warmUp(nodes, { ...BASE, axis: first.axis, nodes: first.nodes, replicationFactor: first.replicationFactor }, WARM_UP_MS * scale)
    for (const [at, step] of steps.entries()) {
      const result = await resultOf(nodes, step, `step-${at}`, scale)
      console.error(JSON.stringify(result))
      results.push(result)
    }
    return results
  } catch (error) {
    const missing = reasonOf(error)
    return [...results, ...steps.slice(results.length).map((step) => ({ step, missing }))]
  }
}

async function startedNodes({ kind, nodes: count }: Step): Promise<BenchNodes> {
  const nodes = await formatNodes(kind, { count, settings: SETTINGS })
  try {
    for (const id of nodes.brokerIds) nodes.launch(id)
    for (const id of nodes.brokerIds) await nodes.ready(id)
    for (const id of nodes.brokerIds) await untilAllServe(nodes, id)
    return nodes
  } catch (error) {
    await nodes[Symbol.asyncDispose]()
    throw error
  }
}

/** Resolves when one broker knows all as brokers that may lead: some may answer before. */
async function untilAllServe(nodes: BenchNodes, via: number): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS
  for (;;) {
    const { brokers } = await ask(nodes, via, MetadataApi, 12, { topics: [], allowAutoTopicCreation: false, includeTopicAuthorizedOperations: false })
    if (brokers.length === nodes.brokerIds.length) return
    if (performance.now() > deadlineMs) throw new Error(`after ${START_TIMEOUT_MS} ms broker ${via} knows of ${brokers.length} brokers`)
    await sleep(POLL_MS)
  }
}

async function resultOf(nodes: BenchNodes, step: Step, prefix: string, scale: number): Promise<StepResult> {
  const limit = openFilesLimit()
  const descriptors = step.connections + OTHER_DESCRIPTORS
  if (descriptors > limit) return { step, missing: `takes ${descriptors} descriptors, and \`ulimit -n\` allows ${limit}` }
  return await measureStep(nodes, step, { prefix, scale }).then(
    (figures) => ({ step, figures }),
    (error: unknown) => ({ step, missing: reasonOf(error) }),
  )
}

/** Said in full, and the run has failed; the report has the first line. */
function reasonOf(error: unknown): string {
  console.error(error)
  process.exitCode = 1
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}

function machineFacts(): MachineFacts {
  const processors = cpus()
  return {
    processors: processors.length,
    model: processors[0]?.model.trim() ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 1e9),
    openFiles: openFilesLimit(),
    node: process.version,
  }
}
