import type { CapacityReport, Step, StepFigures, StepResult } from '../../../../bench/capacity/report.ts'
import { BASE, stepsOf } from '../../../../bench/capacity/steps.ts'

const FIGURES: StepFigures = {
  megabytesPerSecond: 123.456,
  recordsPerSecond: 123_456.7,
  p50Ms: 1.234,
  p99Ms: 12.34,
  latencyRequests: 1_000,
  cpuSecondsPerGigabyte: 5.678,
  clientCpuSecondsPerGigabyte: 0.5,
  consumedMegabytesPerSecond: 250,
  cpuSecondsPerGigabyteConsumed: 0.9,
  residentMegabytes: 98.7,
  othersPercent: 4,
}

export function measured(step: Partial<Step>, figures: Partial<StepFigures> = {}): StepResult {
  return { step: { ...BASE, axis: 'partitions', ...step }, figures: { ...FIGURES, ...figures } }
}

/** Where nothing is said, of every step. */
export function reportOf(results: readonly StepResult[] = stepsOf().map((step) => measured(step))): CapacityReport {
  const machine = { processors: 2, model: 'Some <Processor> & more', memoryGigabytes: 8, openFiles: 1024, node: 'v24.0.0' }
  return { measuredAt: '2026-01-02T03:04:05.000Z', scale: 1, machine, results }
}
