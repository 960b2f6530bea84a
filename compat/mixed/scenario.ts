import { expect } from 'vitest'
import { createTopic, electPreferred, reassign, untilState } from '../support/cluster/administer.ts'
import type { Cluster } from '../support/cluster/cluster.ts'
import { type PartitionLog, readPartitionLog } from '../support/cluster/partition-log.ts'
import { produceSteadily, type SteadyProducer } from '../support/cluster/steady-producer.ts'

/** Brokers leave quickly when they are silent, and come back as quickly: Apache Kafka's controller lets no broker in before its old session ended. */
export const QUICK_SESSIONS = {
  'broker.session.timeout.ms': 3_000,
  'broker.heartbeat.interval.ms': 500,
  'offsets.topic.replication.factor': 1,
  'min.insync.replicas': 1,
} as const

const SOME = 30

/** A topic with a replica on each of two brokers, and a producer with acks=all that goes on all the time. */
export interface Shared {
  readonly cluster: Cluster
  readonly topic: string
  readonly brokers: readonly [number, number]
  readonly producer: SteadyProducer
}

/** Makes the topic, `brokers[0]` its leader, and begins to produce. */
export async function share(cluster: Cluster, topic: string, brokers: readonly [number, number]): Promise<Shared> {
  await createTopic(cluster, brokers[0], { name: topic, assignments: [brokers] })
  const producer = await produceSteadily(cluster.bootstrap, topic)
  await producer.more(SOME)
  return { cluster, topic, brokers, producer }
}

/** Ends one of the brokers, lets the other lead alone for a while, and starts it again until both are in sync. */
export async function restart({ cluster, topic, brokers, producer }: Shared, id: number, how: 'stop' | 'kill'): Promise<void> {
  const other = brokers.find((one) => one !== id) as number
  await cluster.node(id)[how]()
  await untilState(cluster, other, topic, `broker ${other} leads alone`, ({ leader, isr }) => leader === other && isr.length === 1)
  await producer.more(SOME)
  await cluster.node(id).start()
  await untilState(cluster, other, topic, 'both are in sync', ({ isr }) => isr.length === 2)
  await producer.more(SOME)
}

/** Makes the first of `replicas` the leader, by an election where it is a replica already. */
export async function moveTo({ cluster, topic, brokers, producer }: Shared, replicas: readonly number[]): Promise<void> {
  const via = brokers[0]
  const leads = replicas[0] as number
  await reassign(cluster, via, topic, replicas)
  const isMoved = (state: { readonly replicas: readonly number[]; readonly isr: readonly number[] }) =>
    String(state.replicas) === String(replicas) && state.isr.length === replicas.length
  await untilState(cluster, via, topic, `it is on ${replicas}, all in sync`, isMoved)
  await electPreferred(cluster, via, topic)
  await untilState(cluster, via, topic, `broker ${leads} leads`, ({ leader }) => leader === leads)
  await producer.more(SOME)
}

/**
 * Ends the load and stops the cluster's brokers. What was acknowledged is on each of the replicas, once, in its order, and the
 * replicas have the same bytes.
 */
export async function judge({ cluster, topic, brokers, producer }: Shared): Promise<void> {
  await producer.end()
  const all = Array.from({ length: producer.acknowledged }, (_, index) => String(index))
  for (const id of brokers) await cluster.node(id).stop()
  const [first, second] = await Promise.all(brokers.map((id) => readPartitionLog(cluster.node(id).dataDirectory, topic)))
  expect(first?.values).toEqual(all)
  expect(second?.values).toEqual(all)
  expect(differences(first as PartitionLog, second as PartitionLog)).toEqual([])
}

/** Base offsets at which the two have not the same batch, byte for byte. */
function differences(one: PartitionLog, other: PartitionLog): readonly number[] {
  const offsets = [...new Set([...one.batches.keys(), ...other.batches.keys()])].sort((a, b) => a - b)
  return offsets.filter((offset) => other.batches.get(offset)?.equals(one.batches.get(offset) ?? Buffer.alloc(0)) !== true)
}
