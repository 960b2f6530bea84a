import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import { alterConfig } from '../operations/configs.ts'
import { grouped } from '../operations/grouped.ts'
import type { PartitionMove } from './run-reassignment.ts'

const LEADER_RATE = 'leader.replication.throttled.rate'
const FOLLOWER_RATE = 'follower.replication.throttled.rate'
const LEADER_REPLICAS = 'leader.replication.throttled.replicas'
const FOLLOWER_REPLICAS = 'follower.replication.throttled.replicas'

/**
 * Bounds what each broker sends and receives for these moves, and for nothing else, as `kafka-reassign-partitions --throttle` does.
 * Source: KIP-73.
 */
export async function setThrottle(client: ClusterClient, moves: readonly PartitionMove[], bytesPerSecond: number): Promise<void> {
  for (const [topic, some] of grouped(moves, (move) => move.topic)) {
    await alterConfig(client, { kind: 'topic', name: topic }, [
      { name: LEADER_REPLICAS, value: some.flatMap(({ partition, before }) => before.map((id) => `${partition}:${id}`)).join(',') },
      {
        name: FOLLOWER_REPLICAS,
        value: some.flatMap(({ partition, before, replicas }) => added(before, replicas).map((id) => `${partition}:${id}`)).join(','),
      },
    ])
  }
  const rate = String(bytesPerSecond)
  for (const broker of brokersOf(moves)) await alterBroker(client, broker, rate)
}

/** Also where none was set. */
export async function clearThrottle(client: ClusterClient, moves: readonly PartitionMove[]): Promise<void> {
  for (const broker of brokersOf(moves)) await alterBroker(client, broker, null)
  for (const topic of new Set(moves.map((move) => move.topic))) {
    await alterConfig(client, { kind: 'topic', name: topic }, [
      { name: LEADER_REPLICAS, value: null },
      { name: FOLLOWER_REPLICAS, value: null },
    ])
  }
}

async function alterBroker(client: ClusterClient, broker: number, rate: string | null): Promise<void> {
  await alterConfig(client, { kind: 'broker', name: String(broker) }, [
    { name: LEADER_RATE, value: rate },
    { name: FOLLOWER_RATE, value: rate },
  ])
}

function brokersOf(moves: readonly PartitionMove[]): ReadonlySet<number> {
  return new Set(moves.flatMap(({ before, replicas }) => [...before, ...replicas]))
}

function added(before: readonly number[], replicas: readonly number[]): readonly number[] {
  return replicas.filter((id) => !before.includes(id))
}
