import { expect } from 'vitest'
import { untilState } from './administer.ts'
import type { Cluster } from './cluster.ts'
import { type PartitionLog, readPartitionLog } from './partition-log.ts'
import type { SteadyProducer } from './steady-producer.ts'

export interface Judged {
  readonly cluster: Cluster
  /** Of its partition 0. */
  readonly topic: string
  readonly replicas: readonly number[]
  readonly producer: SteadyProducer
}

/**
 * Ends the load, waits until all replicas are in sync, and kills their brokers. What was acknowledged is on each of them, once,
 * in its order, and all have the same batches, byte for byte: everything is below the high watermark then.
 */
export async function judge({ cluster, topic, replicas, producer }: Judged): Promise<void> {
  await producer.end()
  await untilState(cluster, replicas[0] as number, topic, 'all replicas are in sync', ({ isr }) => isr.length === replicas.length)
  await Promise.all(replicas.map((id) => cluster.node(id).kill()))
  const logs = await Promise.all(replicas.map((id) => readPartitionLog(cluster.node(id).dataDirectory, topic)))
  const acknowledged = Array.from({ length: producer.acknowledged }, (_, index) => String(index))
  for (const log of logs) expect(log.values).toEqual(acknowledged)
  for (const log of logs.slice(1)) expect(differences(logs[0] as PartitionLog, log)).toEqual([])
}

/** Base offsets at which the two have not the same batch. */
function differences(one: PartitionLog, other: PartitionLog): readonly number[] {
  const offsets = [...new Set([...one.batches.keys(), ...other.batches.keys()])].sort((a, b) => a - b)
  return offsets.filter((offset) => other.batches.get(offset)?.equals(one.batches.get(offset) ?? Buffer.alloc(0)) !== true)
}
