import type { Axis, Step } from './report.ts'

/** Three nodes with three replicas, and batches as large as Java's producer makes them by default. */
export const BASE: Omit<Step, 'axis'> = {
  kind: 'odradek',
  nodes: 3,
  replicationFactor: 3,
  partitions: 10,
  connections: 10,
  recordBytes: 1_000,
  batchBytes: 16_384,
}

const LARGE_BATCH_BYTES = 131_072

/** The values of each axis. Neighbours of the same kind with as many nodes are measured on the same nodes, in this order. */
const AXES: Readonly<Record<Axis, readonly Partial<Step>[]>> = {
  'message size': [10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000].map((recordBytes) => ({ recordBytes })),
  batches: [
    ...[1_000, BASE.batchBytes, LARGE_BATCH_BYTES, 1_000_000].map((batchBytes) => ({ batchBytes })),
    ...[BASE.batchBytes, LARGE_BATCH_BYTES].map((batchBytes) => ({ kind: 'kafka' as const, batchBytes })),
  ],
  partitions: [
    ...[1, 10, 100, 1_000, 10_000].map((partitions) => ({ partitions })),
    ...[1_000, 10_000].map((partitions) => ({ kind: 'kafka' as const, partitions })),
  ],
  connections: [1, 10, 100, 1_000, 10_000].map((connections) => ({ connections })),
  nodes: [
    { nodes: 1, replicationFactor: 1 },
    { nodes: 3, replicationFactor: 1 },
    { nodes: 3, replicationFactor: 3 },
    { nodes: 5, replicationFactor: 1 },
    { nodes: 5, replicationFactor: 3 },
  ],
}

/** In the order in which they are measured and shown. */
export const AXIS_NAMES = Object.keys(AXES) as readonly Axis[]

/** @param axes those of which the steps are wanted */
export function stepsOf(axes: readonly Axis[] = AXIS_NAMES): readonly Step[] {
  return axes.flatMap((axis) => AXES[axis].map((values) => ({ ...BASE, ...values, axis })))
}

/** Records in a batch of a step. */
export function recordsPerBatch({ recordBytes, batchBytes }: Step): number {
  return Math.max(1, Math.floor((batchBytes - BATCH_OVERHEAD_BYTES) / (recordBytes + RECORD_OVERHEAD_BYTES)))
}

const BATCH_OVERHEAD_BYTES = 61
/** Of a record without key and headers: seven fields, of which most take a byte. */
const RECORD_OVERHEAD_BYTES = 10
