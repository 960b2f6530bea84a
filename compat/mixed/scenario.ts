import { createTopic, electPreferred, reassign, untilState } from '../support/cluster/administer.ts'
import type { Cluster } from '../support/cluster/cluster.ts'
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
  readonly replicas: readonly [number, number]
  readonly producer: SteadyProducer
}

/** Makes the topic, the first of the replicas its leader, and begins to produce. */
export async function share(cluster: Cluster, topic: string, replicas: readonly [number, number]): Promise<Shared> {
  await createTopic(cluster, replicas[0], { name: topic, assignments: [replicas] })
  const producer = await produceSteadily(cluster, topic)
  await producer.more(SOME)
  return { cluster, topic, replicas, producer }
}

/** Ends one of the brokers, lets the other lead alone for a while, and starts it again until both are in sync. */
export async function restart({ cluster, topic, replicas, producer }: Shared, id: number, how: 'stop' | 'kill'): Promise<void> {
  const other = replicas.find((one) => one !== id) as number
  await cluster.node(id)[how]()
  await untilState(cluster, other, topic, `broker ${other} leads alone`, ({ leader, isr }) => leader === other && isr.length === 1)
  await producer.more(SOME)
  await cluster.node(id).start()
  await untilState(cluster, other, topic, 'both are in sync', ({ isr }) => isr.length === 2)
  await producer.more(SOME)
}

/** Moves the partition to these replicas and makes the first of them the leader, by an election where it is a replica already. */
export async function moveTo({ cluster, topic, replicas, producer }: Shared, target: readonly number[]): Promise<void> {
  const via = replicas[0]
  const leads = target[0] as number
  await reassign(cluster, via, topic, target)
  const isMoved = (state: { readonly replicas: readonly number[]; readonly isr: readonly number[] }) =>
    String(state.replicas) === String(target) && state.isr.length === target.length
  await untilState(cluster, via, topic, `it is on ${target}, all in sync`, isMoved)
  await electPreferred(cluster, via, topic)
  await untilState(cluster, via, topic, `broker ${leads} leads`, ({ leader }) => leader === leads)
  await producer.more(SOME)
}
