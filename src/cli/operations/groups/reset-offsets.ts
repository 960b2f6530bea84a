import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { KafkaError } from '../kafka-error.ts'
import { listAllOffsets, OFFSET_AT } from '../offsets/list-offsets.ts'
import { describeTopics } from '../topics/describe-topics.ts'
import { committedOffsets, type OffsetToCommit } from './group-offsets.ts'

/** Where a group shall go on. */
export type ResetTo =
  | { readonly kind: 'earliest' | 'latest' | 'current' }
  | { readonly kind: 'offset'; readonly offset: number }
  | { readonly kind: 'shift'; readonly by: number }
  /** The first record of this time or later; the end where there is none. */
  | { readonly kind: 'time'; readonly timestampMs: number }
  /** Each partition its own; the partitions that are asked about do not count. */
  | { readonly kind: 'plan'; readonly offsets: readonly OffsetToCommit[] }

/** What was done otherwise than asked, in words for a reader. */
export type Warn = (sentence: string) => void

export interface Reset {
  readonly groupId: string
  readonly partitions: readonly TopicPartition[]
  readonly to: ResetTo
  readonly warn: Warn
}

/** The offsets at which the group would go on, by topic and partition. Nothing is written. Errors: of partitions that are not there. */
export async function planReset(client: ClusterClient, reset: Reset): Promise<readonly OffsetToCommit[]> {
  await checkPartitions(client, reset.partitions)
  const plan = await offsetsFor(client, reset)
  return plan.toSorted((one, other) => (one.topic < other.topic ? -1 : one.topic > other.topic ? 1 : one.partition - other.partition))
}

function offsetsFor(client: ClusterClient, { groupId, partitions, to, warn }: Reset): Promise<readonly OffsetToCommit[]> {
  switch (to.kind) {
    case 'earliest':
      return offsetsAt(client, partitions, OFFSET_AT.earliest)
    case 'latest':
      return offsetsAt(client, partitions, OFFSET_AT.latest)
    case 'current':
      return current(client, groupId, partitions)
    case 'offset':
      return withinRange(
        client,
        partitions.map((one) => ({ ...one, offset: to.offset })),
        warn,
      )
    case 'shift':
      return shifted(client, groupId, partitions, to.by).then((wanted) => withinRange(client, wanted, warn))
    case 'time':
      return atTime(client, partitions, to.timestampMs, warn)
    case 'plan':
      return withinRange(client, to.offsets, warn)
  }
}

async function checkPartitions(client: ClusterClient, partitions: readonly TopicPartition[]): Promise<void> {
  const topics = await describeTopics(client, [...new Set(partitions.map(({ topic }) => topic))])
  const known = new Map(topics.flatMap(({ name, partitions: all }) => all.map(({ partition, leader }) => [topicPartitionKey(name, partition), leader])))
  const keys = partitions.map(({ topic, partition }) => topicPartitionKey(topic, partition))
  const absent = keys.filter((key) => !known.has(key))
  if (absent.length > 0) throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `The partitions "${absent.join(',')}" do not exist`)
  const leaderless = keys.filter((key) => known.get(key) === null)
  if (leaderless.length > 0) throw new KafkaError(ErrorCode.LEADER_NOT_AVAILABLE, `The partitions "${leaderless.join(',')}" have no leader`)
}

async function offsetsAt(client: ClusterClient, partitions: readonly TopicPartition[], timestamp: bigint): Promise<OffsetToCommit[]> {
  const offsets = await listAllOffsets(
    client,
    partitions.map((one) => ({ ...one, timestamp })),
  )
  return partitions.map((one) => ({ ...one, offset: offsets.get(topicPartitionKey(one.topic, one.partition))?.offset ?? 0 }))
}

async function current(client: ClusterClient, groupId: string, partitions: readonly TopicPartition[]): Promise<readonly OffsetToCommit[]> {
  const committed = await committedOffsets(client, groupId)
  const offsetOf = ({ topic, partition }: TopicPartition) => committed.get(topicPartitionKey(topic, partition))?.offset
  const without = partitions.filter((one) => offsetOf(one) === undefined)
  const ends = await offsetsAt(client, without, OFFSET_AT.latest)
  return [...partitions.flatMap((one) => ({ ...one, offset: offsetOf(one) ?? -1 })).filter(({ offset }) => offset >= 0), ...ends]
}

async function shifted(client: ClusterClient, groupId: string, partitions: readonly TopicPartition[], by: number): Promise<readonly OffsetToCommit[]> {
  const committed = await committedOffsets(client, groupId)
  return partitions.map((one) => {
    const key = topicPartitionKey(one.topic, one.partition)
    const offset = committed.get(key)?.offset
    if (offset === undefined) throw new NoCommittedOffset(`Cannot shift offset for partition ${key} since there is no current committed offset`)
    return { ...one, offset: offset + by }
  })
}

/** A shift has nothing to start from. */
export class NoCommittedOffset extends Error {
  override readonly name = 'NoCommittedOffset'
}

async function atTime(client: ClusterClient, partitions: readonly TopicPartition[], timestampMs: number, warn: Warn): Promise<readonly OffsetToCommit[]> {
  const found = await offsetsAt(client, partitions, BigInt(timestampMs))
  const without = found.filter(({ offset }) => offset < 0)
  for (const { topic, partition } of without) warn(`Partition ${partition} from topic ${topic} is empty. Falling back to latest known offset.`)
  return [...found.filter(({ offset }) => offset >= 0), ...(await offsetsAt(client, without, OFFSET_AT.latest))]
}

/** No further than the log reaches. */
async function withinRange(client: ClusterClient, wanted: readonly OffsetToCommit[], warn: Warn): Promise<readonly OffsetToCommit[]> {
  const [starts, ends] = await Promise.all([offsetsAt(client, wanted, OFFSET_AT.earliest), offsetsAt(client, wanted, OFFSET_AT.latest)])
  return wanted.map((one, index) => {
    const [start = 0, end = 0] = [starts[index]?.offset, ends[index]?.offset]
    const key = topicPartitionKey(one.topic, one.partition)
    if (one.offset > end) {
      warn(`New offset (${one.offset}) is higher than latest offset for topic partition ${key}. Value will be set to ${end}.`)
      return { ...one, offset: end }
    }
    if (one.offset >= start) return one
    warn(`New offset (${one.offset}) is lower than earliest offset for topic partition ${key}. Value will be set to ${start}.`)
    return { ...one, offset: start }
  })
}
