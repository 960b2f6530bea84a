import type { Broker, ClusterClient } from '../cluster/cluster-client.ts'
import { type MoveProgress, moveProgress } from './reassign-partitions.ts'
import type { PlannedPartition } from './reassignment-plan.ts'

/** A broker learns of what the controller has decided within this time, unless something is wrong. */
const LEARNS_MS = 500

/** As `moveProgress`. What is not as planned is asked for once more: the controller says what moves, and a broker behind it where replicas are. */
export async function settledProgress(client: ClusterClient, plan: readonly PlannedPartition[]): Promise<readonly MoveProgress[]> {
  const progress = await moveProgress(client, plan)
  if (progress.every(({ state }) => state === 'complete' || state === 'moving')) return progress
  await client.ports.timers.sleep(LEARNS_MS)
  return await moveProgress(client, plan)
}

/** The brokers, by id; asked for once more where one of `wanted` is not among them: it may have come just now. */
export async function settledBrokers(client: ClusterClient, wanted: readonly number[]): Promise<readonly Broker[]> {
  const ask = () => client.retry('describeCluster', () => client.brokers())
  const brokers = await ask()
  if (wanted.every((id) => brokers.some((broker) => broker.id === id))) return brokers
  await client.ports.timers.sleep(LEARNS_MS)
  client.forget()
  return await ask()
}
