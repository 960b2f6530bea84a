import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { DescribeLogDirsApi } from '../../../../protocol/messages/describe-log-dirs.ts'
import type { TopicPartition } from '../../../base/topic-partition.ts'
import { check, KafkaError } from '../kafka-error.ts'
import type { ClusterClient } from './cluster-client.ts'

export interface LogInDirectory extends TopicPartition {
  readonly sizeBytes: number
  /** How many records it is behind: a follower the leader, a copy to another directory the log. */
  readonly offsetLag: number
  /** A copy that is being made, which will take the place of the log in another directory. */
  readonly isFuture: boolean
}

export interface LogDirectory {
  readonly broker: number
  readonly path: string
  /** Why it is not used. */
  readonly error: KafkaError | null
  /** Of its volume; null where the broker does not tell. */
  readonly totalBytes: number | null
  readonly usableBytes: number | null
  /** Gets no new partitions (KIP-1066). */
  readonly isCordoned: boolean
  /** By topic and partition. */
  readonly logs: readonly LogInDirectory[]
}

/** The log directories of these brokers, in their order. Errors: BROKER_NOT_AVAILABLE for one that is not there, and what a broker answers. */
export async function describeLogDirs(client: ClusterClient, brokerIds: readonly number[]): Promise<readonly LogDirectory[]> {
  return (await Promise.all(brokerIds.map((id) => directoriesOf(client, id)))).flat()
}

function directoriesOf(client: ClusterClient, broker: number): Promise<readonly LogDirectory[]> {
  return client.retry('describeLogDirs', async () => {
    const answer = await client.askBroker(broker, DescribeLogDirsApi, { topics: null })
    check(answer.errorCode)
    return answer.results.map(({ errorCode, logDir, topics, totalBytes, usableBytes, isCordoned }) => ({
      broker,
      path: logDir,
      error: errorCode === ErrorCode.NONE ? null : new KafkaError(errorCode),
      totalBytes: known(totalBytes),
      usableBytes: known(usableBytes),
      isCordoned,
      logs: topics.flatMap(({ name, partitions }) => partitions.map((partition) => logOf(name, partition))).toSorted(byPartition),
    }))
  })
}

interface WireLog {
  readonly partitionIndex: number
  readonly partitionSize: number
  readonly offsetLag: number
  readonly isFutureKey: boolean
}

function logOf(topic: string, { partitionIndex, partitionSize, offsetLag, isFutureKey }: WireLog): LogInDirectory {
  return { topic, partition: partitionIndex, sizeBytes: partitionSize, offsetLag, isFuture: isFutureKey }
}

function byPartition(one: TopicPartition, other: TopicPartition): number {
  return one.topic < other.topic ? -1 : one.topic > other.topic ? 1 : one.partition - other.partition
}

function known(bytes: number): number | null {
  return bytes < 0 ? null : bytes
}
