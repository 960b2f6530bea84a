import { ErrorCode } from '../../../protocol/error-codes.ts'
import { AlterPartitionReassignmentsApi } from '../../../protocol/messages/alter-partition-reassignments.ts'
import { DescribeConfigsApi } from '../../../protocol/messages/describe-configs.ts'
import { DescribeTopicPartitionsApi } from '../../../protocol/messages/describe-topic-partitions.ts'
import { IncrementalAlterConfigsApi } from '../../../protocol/messages/incremental-alter-configs.ts'
import { ListPartitionReassignmentsApi } from '../../../protocol/messages/list-partition-reassignments.ts'
import { ZERO_UUID } from '../../../protocol/uuid.ts'
import { type Served, served } from './answering-node.ts'

const TOPIC_RESOURCE = 2
const OWN_OF_TOPIC = 1
const OWN_OF_BROKER = 2
const SET = 0
const NO_THROTTLE = { throttleTimeMs: 0 }

/** Partitions that move when they are told to and arrive when a test says so, and the settings of topics and brokers. One state, whichever broker is asked. */
export class ServedMoves {
  /** By topic, the replicas of each partition. */
  readonly replicas: Map<string, (readonly number[])[]>
  /** By `topic-partition`: where to. */
  readonly moving = new Map<string, readonly number[]>()
  /** By `topic orders`, `broker 1`: only what was set. */
  readonly configs = new Map<string, Map<string, string>>()
  /** What a move meets. */
  moveFate: (topic: string, partition: number) => number = () => ErrorCode.NONE
  /** Nothing is answered to who wants to move partitions. */
  isSilent = false
  /** What a change of settings meets. */
  configFate: (resource: string) => number = () => ErrorCode.NONE
  /** What brokers tell of replicas instead of what is so, by so many answers. */
  behind: { readonly replicas: readonly number[]; answers: number } = { replicas: [], answers: 0 }

  constructor(replicas: Readonly<Record<string, (readonly number[])[]>>) {
    this.replicas = new Map(Object.entries(replicas))
  }

  /** All settings, as `broker 1 leader.replication.throttled.rate=5`. */
  get set(): readonly string[] {
    return [...this.configs].flatMap(([resource, values]) => [...values].map(([name, value]) => `${resource} ${name}=${value}`)).toSorted()
  }

  change(resource: string, name: string, value: string | null): void {
    const values = this.configs.get(resource) ?? new Map<string, string>()
    this.configs.set(resource, values)
    if (value === null) values.delete(name)
    else values.set(name, value)
  }

  /** What was told to move is there. */
  arrive(): void {
    for (const [key, replicas] of this.moving) {
      const dash = key.lastIndexOf('-')
      const partitions = this.replicas.get(key.slice(0, dash))
      if (partitions !== undefined) partitions[Number(key.slice(dash + 1))] = replicas
    }
    this.moving.clear()
  }

  /** What each broker serves. */
  get apis(): readonly Served[] {
    return [
      served(DescribeTopicPartitionsApi, ({ topics }) => ({ ...NO_THROTTLE, topics: topics.map(({ name }) => this.#described(name)), nextCursor: null })),
      served(ListPartitionReassignmentsApi, () => ({ ...NO_THROTTLE, errorCode: ErrorCode.NONE, errorMessage: null, topics: this.#moves() })),
      served(AlterPartitionReassignmentsApi, ({ topics }) => {
        if (this.isSilent) return null
        const responses = topics.map(({ name, partitions }) => ({
          name,
          partitions: partitions.map(({ partitionIndex, replicas }) => this.#move(name, partitionIndex, replicas)),
        }))
        return { ...NO_THROTTLE, errorCode: ErrorCode.NONE, errorMessage: null, responses }
      }),
      served(DescribeConfigsApi, ({ resources }) => ({
        ...NO_THROTTLE,
        results: resources.map(({ resourceType, resourceName }) => {
          const isTopic = resourceType === TOPIC_RESOURCE
          const isThere = !isTopic || this.replicas.has(resourceName)
          const values = [...(this.configs.get(`${isTopic ? 'topic' : 'broker'} ${resourceName}`) ?? [])]
          const configSource = isTopic ? OWN_OF_TOPIC : OWN_OF_BROKER
          const configs = values.map(([name, value]) => ({ name, value, readOnly: false, isSensitive: false, synonyms: [], configSource }))
          const errorCode = isThere ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
          return { errorCode, errorMessage: null, resourceType, resourceName, configs }
        }),
      })),
      served(IncrementalAlterConfigsApi, ({ resources }) => ({
        ...NO_THROTTLE,
        responses: resources.map(({ resourceType, resourceName, configs }) => {
          const resource = `${resourceType === TOPIC_RESOURCE ? 'topic' : 'broker'} ${resourceName}`
          const errorCode = this.configFate(resource)
          if (errorCode === ErrorCode.NONE) {
            for (const { name, configOperation, value } of configs) this.change(resource, name, configOperation === SET ? value : null)
          }
          return { errorCode, errorMessage: null, resourceType, resourceName }
        }),
      })),
    ]
  }

  #described(name: string) {
    const found = this.replicas.get(name)
    const isBehind = this.behind.answers > 0
    if (isBehind) this.behind.answers--
    const partitions = (found ?? []).map((replicas, partitionIndex) => {
      const told = isBehind ? this.behind.replicas : [...new Set([...replicas, ...(this.moving.get(`${name}-${partitionIndex}`) ?? [])])]
      return { errorCode: ErrorCode.NONE, partitionIndex, leaderId: told[0] ?? -1, replicaNodes: told, isrNodes: told, offlineReplicas: [] }
    })
    return { errorCode: found === undefined ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE, topicId: ZERO_UUID, name, partitions }
  }

  #moves() {
    return [...this.replicas].map(([name, partitions]) => ({
      name,
      partitions: partitions.flatMap((replicas, partitionIndex) =>
        [this.moving.get(`${name}-${partitionIndex}`)].flatMap((target) => {
          if (target === undefined) return []
          const addingReplicas = target.filter((id) => !replicas.includes(id))
          const removingReplicas = replicas.filter((id) => !target.includes(id))
          return [{ partitionIndex, replicas: [...replicas, ...addingReplicas], addingReplicas, removingReplicas }]
        }),
      ),
    }))
  }

  #move(topic: string, partitionIndex: number, replicas: readonly number[] | null) {
    const errorCode = this.moveFate(topic, partitionIndex)
    const key = `${topic}-${partitionIndex}`
    if (errorCode === ErrorCode.NONE && replicas !== null) this.moving.set(key, replicas)
    if (errorCode === ErrorCode.NONE && replicas === null) this.moving.delete(key)
    return { partitionIndex, errorCode, errorMessage: null }
  }
}
