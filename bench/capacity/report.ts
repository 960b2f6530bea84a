import { join } from 'node:path'
import type { BrokerKind } from '../brokers.ts'

/** What grows from step to step; all else stays as in `BASE`. */
export type Axis = 'message size' | 'batches' | 'partitions' | 'connections' | 'nodes'

/** One load of one cluster, all on one machine. */
export interface Step {
  readonly axis: Axis
  readonly kind: BrokerKind
  readonly nodes: number
  readonly replicationFactor: number
  readonly partitions: number
  /** Of the client to all nodes together. */
  readonly connections: number
  /** Of a record's value. */
  readonly recordBytes: number
  /** What a batch takes at most, unless one record is larger. */
  readonly batchBytes: number
}

/** MB are 10^6 bytes, GB 10^9, of records' values. */
export interface StepFigures {
  /** At full speed, acknowledged by all in-sync replicas; of all nodes together. */
  readonly megabytesPerSecond: number
  readonly recordsPerSecond: number
  /** From a record's batch being ready to its acknowledgement, at half of the full speed. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** How many requests the two are of. */
  readonly latencyRequests: number
  /** Of all nodes together for a GB produced at full speed, copies to followers included. */
  readonly cpuSecondsPerGigabyte: number
  /** Of the client that sends it. */
  readonly clientCpuSecondsPerGigabyte: number
  readonly consumedMegabytesPerSecond: number
  /** Of all nodes together for a GB consumed. */
  readonly cpuSecondsPerGigabyteConsumed: number
  /** Of one node on average, at the end. */
  readonly residentMegabytes: number
  /** Of the machine's processor time at full speed: what neither nodes nor client took, in percent. */
  readonly othersPercent: number
}

/** Either figures, or why there are none. */
export type StepResult = { readonly step: Step } & ({ readonly figures: StepFigures } | { readonly missing: string })

/** null where a step could not be measured. */
export function figuresOf(result: StepResult): StepFigures | null {
  return 'figures' in result ? result.figures : null
}

/** As it stands in capacity.json. */
export interface CapacityReport {
  /** ISO 8601, in UTC. */
  readonly measuredAt: string
  /** What the times of a step were multiplied with; 1 is normal. */
  readonly scale: number
  readonly machine: MachineFacts
  readonly results: readonly StepResult[]
}

export interface MachineFacts {
  readonly processors: number
  readonly model: string
  readonly memoryGigabytes: number
  readonly openFiles: number
  readonly node: string
}

/** What is committed; of it `npm run docs` makes tables and plot. */
export const REPORT_FILE = join(import.meta.dirname, 'capacity.json')
