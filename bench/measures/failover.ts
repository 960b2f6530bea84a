import { setTimeout as sleep } from 'node:timers/promises'
import { RawClient } from '../../compat/oracle/raw-client.ts'
import { createTopic, partitionState, untilState } from '../../compat/support/cluster/administer.ts'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { DescribeQuorumApi } from '../../protocol/messages/describe-quorum.ts'
import { ProduceApi } from '../../protocol/messages/produce.ts'
import { buildBatch } from '../../protocol/records/build-batch.ts'
import type { BrokerKind } from '../brokers.ts'
import { type BenchNodes, formatNodes } from '../nodes.ts'
import type { Keep } from '../round.ts'

const POLL_MS = 10
const GIVE_UP_MS = 60_000
export const RECORD_BYTES = 1_000
/** As many as the brokers, so that each leads some. */
export const EVERYWHERE = [
  [1, 2, 3],
  [2, 3, 1],
  [3, 1, 2],
]
export const SAFE = { 'min.insync.replicas': '2' }

/** Nothing but failovers, on three fresh nodes. */
export async function failover(kind: BrokerKind, keep: Keep): Promise<void> {
  await using nodes = await formatNodes(kind)
  for (const id of nodes.brokerIds) nodes.launch(id)
  for (const id of nodes.brokerIds) await nodes.ready(id)
  await failovers(nodes, keep)
}

/** A leader is killed that is not the active controller, and then one that is. */
export async function failovers(nodes: BenchNodes, keep: Keep): Promise<void> {
  const active = await activeController(nodes, 1)
  const other = nodes.brokerIds.find((id) => id !== active) as number
  keep({ 'kill -9 of a leader to the next acknowledged record, ms': await killLeader(nodes, 'led-by-broker', other) })
  keep({ 'kill -9 of a leader that is the active controller, ms': await killLeader(nodes, 'led-by-controller', await activeController(nodes, other)) })
}

/** Kills the leader, measures, starts it again and waits until all is in sync. In milliseconds. */
async function killLeader(nodes: BenchNodes, topic: string, leader: number): Promise<number> {
  const survivor = nodes.brokerIds.find((id) => id !== leader) as number
  const replicas = [leader, ...nodes.brokerIds.filter((id) => id !== leader)]
  await createTopic(nodes, survivor, { name: topic, assignments: [replicas], configs: SAFE })
  if (!(await isAcknowledged(nodes, topic, leader))) throw new Error(`broker ${leader} does not take a record of ${topic}`)
  const killedMs = performance.now()
  await nodes.stop(leader, 'SIGKILL')
  await untilAcknowledged(nodes, topic, { survivor, killed: leader })
  const ms = performance.now() - killedMs
  nodes.launch(leader)
  await nodes.ready(leader)
  await untilState(nodes, survivor, topic, 'all are in sync again', ({ isr }) => isr.length === nodes.brokerIds.length)
  return ms
}

async function untilAcknowledged(
  nodes: BenchNodes,
  topic: string,
  { survivor, killed }: { readonly survivor: number; readonly killed: number },
): Promise<void> {
  const deadlineMs = performance.now() + GIVE_UP_MS
  for (;;) {
    const state = await partitionState(nodes, survivor, topic)
    const isLed = state !== null && state.leader >= 0 && state.leader !== killed
    if (isLed && (await isAcknowledged(nodes, topic, state.leader))) return
    if (performance.now() > deadlineMs) throw new Error(`no record of ${topic} was acknowledged within ${GIVE_UP_MS} ms`)
    await sleep(POLL_MS)
  }
}

async function isAcknowledged(nodes: BenchNodes, name: string, leader: number): Promise<boolean> {
  await using client = await RawClient.open(`127.0.0.1:${nodes.clientPort(leader)}`, 'bench')
  const records = buildBatch({}, [{ timestamp: Date.now(), value: Buffer.alloc(RECORD_BYTES, 'x') }])
  const topicData = [{ name, partitionData: [{ index: 0, records }] }]
  const { responses } = await client.ask(ProduceApi, 12, { transactionalId: null, acks: -1, timeoutMs: 5_000, topicData })
  return responses[0]?.partitionResponses[0]?.errorCode === ErrorCode.NONE
}

async function activeController(nodes: BenchNodes, via: number): Promise<number> {
  await using client = await RawClient.open(`127.0.0.1:${nodes.clientPort(via)}`, 'bench')
  const topics = [{ topicName: '__cluster_metadata', partitions: [{ partitionIndex: 0 }] }]
  const answer = await client.ask(DescribeQuorumApi, 2, { topics })
  return answer.topics[0]?.partitions[0]?.leaderId as number
}
