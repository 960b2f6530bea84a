import { expect } from 'vitest'
import { until } from '../../kafkajs/support.ts'
import { createTopic, untilState } from '../../support/cluster/administer.ts'
import type { Cluster } from '../../support/cluster/cluster.ts'
import type { ClusterNode } from '../../support/cluster/cluster-node.ts'
import type { Judged } from '../../support/cluster/judge.ts'
import type { NodeKind, NodePlan, Roles } from '../../support/cluster/node-plan.ts'
import { produceSteadily } from '../../support/cluster/steady-producer.ts'

/** Odradek, or with ODRADEK_UNDER_TEST=kafka Apache Kafka, to check these tests: what a node says is not compared then. */
export const KIND: NodeKind = process.env.ODRADEK_UNDER_TEST === 'kafka' ? 'kafka' : 'odradek'

/** Silent brokers and followers leave after seconds, so that a test need not wait for long. */
export const QUICK = {
  'broker.session.timeout.ms': 3_000,
  'broker.heartbeat.interval.ms': 500,
  'replica.lag.time.max.ms': 3_000,
  'replica.fetch.wait.max.ms': 250,
  'replica.socket.timeout.ms': 5_000,
  'offsets.topic.replication.factor': 3,
  'min.insync.replicas': 2,
} as const

export const SOME = 30
const SAID_WITHIN_MS = 30_000

export function plan(id: number, roles: Roles, settings: NodePlan['settings'] = {}): NodePlan {
  return { id, kind: KIND, roles, settings }
}

/** Each of them broker and controller. */
export const THREE: readonly NodePlan[] = [1, 2, 3].map((id) => plan(id, 'broker,controller'))

/** A topic with these replicas, the first its leader, under a load with acks=all that goes on. */
export async function underLoad(cluster: Cluster, topic: string, replicas: readonly number[]): Promise<Judged> {
  await createTopic(cluster, replicas[0] as number, { name: topic, assignments: [replicas] })
  const producer = await produceSteadily(cluster, topic)
  await producer.more(SOME)
  return { cluster, topic, replicas, producer }
}

/** Resolves when all replicas are in sync, as the broker `via` knows it, and records are acknowledged. */
export async function untilWhole({ cluster, topic, replicas, producer }: Judged, via: number): Promise<void> {
  await untilState(cluster, via, topic, 'all replicas are in sync', ({ isr }) => isr.length === replicas.length)
  await producer.more(SOME)
}

/** Resolves when the node has logged it: what an operator would look for. */
export async function says(node: ClusterNode, what: RegExp): Promise<void> {
  if (KIND === 'kafka') return
  await until(`node ${node.id} says ${what}`, async () => what.test(await node.log()), SAID_WITHIN_MS).catch(async (error: Error) => {
    expect.fail(`${error.message}; it said\n${await node.log()}`)
  })
}
