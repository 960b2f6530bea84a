import { spawnSync } from 'node:child_process'
import { ODRADEK, startBroker } from '../brokers.ts'
import { endedChildrenCpuSeconds } from '../process-stats.ts'
import type { Keep } from '../round.ts'

const RUNS = 40

/**
 * What a command of ours costs beside a Node process that does nothing: `odradek topics list`, which asks a broker, and the version,
 * which asks nobody. In turns, so that a busy machine is busy for all of them; the first runs, which fill caches, are left out.
 */
export async function commandStart(keep: Keep): Promise<void> {
  await using broker = await startBroker('odradek')
  const commands = {
    'node -e 0': ['-e', '0'],
    'odradek --version': [ODRADEK, '--version'],
    'odradek topics list': [ODRADEK, 'topics', 'list', '--bootstrap-server', broker.bootstrap],
  }
  const samples = Object.entries(commands).map(([name, args]) => ({ name, args, cpuMs: 0, waitsMs: [] as number[] }))
  for (const { args } of samples) run(args)
  for (let count = 0; count < RUNS; count++) {
    for (const sample of samples) {
      const { cpuMs, ms } = run(sample.args)
      sample.cpuMs += cpuMs / RUNS
      sample.waitsMs.push(ms)
    }
  }
  const [bare] = samples
  for (const { name, cpuMs, waitsMs } of samples) {
    const ms = median(waitsMs)
    keep({ [`${name}: processor time, ms`]: cpuMs, [`${name}: time, ms`]: ms })
    if (bare !== undefined && name !== bare.name) {
      keep({ [`${name} / ${bare.name}: processor time`]: cpuMs / bare.cpuMs, [`${name} / ${bare.name}: time`]: ms / median(bare.waitsMs) })
    }
  }
}

function run(args: readonly string[]): { readonly cpuMs: number; readonly ms: number } {
  const cpuBefore = endedChildrenCpuSeconds()
  const startMs = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const ms = performance.now() - startMs
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}:\n${stderr}`)
  return { cpuMs: (endedChildrenCpuSeconds() - cpuBefore) * 1000, ms }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
