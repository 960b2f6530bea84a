import { readdir } from 'node:fs/promises'
import { expect } from 'vitest'
import { untilState } from './administer.ts'
import type { Cluster } from './cluster.ts'
import type { ClusterNode } from './cluster-node.ts'
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
 * Ends the loads, waits until all replicas are in sync, and kills their brokers. What was acknowledged is on each of them, once,
 * in its order, and all have the same batches, byte for byte: everything is below the high watermark then.
 */
export async function judge(...loads: readonly Judged[]): Promise<void> {
  for (const { cluster, topic, replicas, producer } of loads) {
    await producer.end()
    await untilState(cluster, replicas[0] as number, topic, 'all replicas are in sync', ({ isr }) => isr.length === replicas.length)
  }
  for (const { cluster, replicas } of loads) await Promise.all(replicas.map((id) => cluster.node(id).kill()))
  for (const load of loads) await judgeLogs(load)
}

async function judgeLogs({ cluster, topic, replicas, producer }: Judged): Promise<void> {
  const logs = await Promise.all(replicas.map(async (id) => readPartitionLog(await directoryOf(cluster.node(id), topic), topic)))
  const acknowledged = Array.from({ length: producer.acknowledged }, (_, index) => String(index))
  for (const log of logs) expect(log.values).toEqual(acknowledged)
  for (const log of logs.slice(1)) expect(differences(logs[0] as PartitionLog, log)).toEqual([])
}

/** That of a node's directories in which its replica of partition 0 is. */
export async function directoryOf({ id, dataDirectories }: ClusterNode, topic: string): Promise<string> {
  for (const directory of dataDirectories) {
    const names = await readdir(directory).catch(() => [] as string[])
    if (names.includes(`${topic}-0`)) return directory
  }
  throw new Error(`node ${id} has no replica of ${topic}`)
}

/** Base offsets at which the two have not the same batch. */
function differences(one: PartitionLog, other: PartitionLog): readonly number[] {
  const offsets = [...new Set([...one.batches.keys(), ...other.batches.keys()])].sort((a, b) => a - b)
  return offsets.filter((offset) => other.batches.get(offset)?.equals(one.batches.get(offset) ?? Buffer.alloc(0)) !== true)
}
