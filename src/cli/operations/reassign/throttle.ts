/**
 * The bound on what is copied while partitions move (KIP-73), as settings: rates of the brokers that give and take, and at topics which
 * replicas these count for. By the latter a bound is known again, with its brokers: rates alone bound nothing. So topics come first
 * when it is set, and last when it is taken away: what was left half-way is found.
 *
 * Named are replicas that move, as Kafka's tool names them: one that is behind for another reason is not held back.
 */
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { OdradekError } from '../../../base/errors.ts'
import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { alterConfig, type ConfigEdit, type ConfigResource, type ConfigValue, describeConfig, sourceName } from '../configs.ts'
import { grouped } from '../grouped.ts'
import { isKafkaError, KafkaError } from '../kafka-error.ts'
import { describeTopics } from '../topics/describe-topics.ts'
import { listReassignments, type Reassignment } from '../topics/list-reassignments.ts'
import type { PlannedPartition } from './reassignment-plan.ts'
import { mergedReplicas, throttledBrokers } from './throttled-replicas.ts'

const RATES = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate']
const LEADERS = 'leader.replication.throttled.replicas'
const FOLLOWERS = 'follower.replication.throttled.replicas'
const REPLICAS = [LEADERS, FOLLOWERS]
/** Of values that the resource has of its own. */
const OWN: readonly string[] = ['DYNAMIC_TOPIC_CONFIG', 'DYNAMIC_BROKER_CONFIG']
/** How a bound that stands is taken away. */
export const VERIFY = '`odradek reassign verify` with the same plan takes it away when nothing is moved.'

/** What has settings of a bound. */
export interface Bound {
  readonly topics: readonly string[]
  /** null for all. */
  readonly brokers: ReadonlySet<number> | null
}

/** A bound that this process has set. */
export interface Throttle extends Bound {
  /** Gives each setting the value that it had. Errors: THROTTLE_STANDS. */
  takeBack(): Promise<void>
}

interface Change {
  readonly resource: ConfigResource
  readonly edits: readonly ConfigEdit[]
  /** What gives the settings back the values that they have. */
  readonly back: readonly ConfigEdit[]
}

/**
 * Bounds what moves to so many bytes a second at each broker that gives or takes. Replicas that are bound already stay so.
 * Errors: of a topic that is not there, and of the first setting that is refused; those before it have their values again.
 */
export async function throttleMoves(client: ClusterClient, plan: readonly PlannedPartition[], bytesPerSecond: number): Promise<Throttle> {
  const moving = await listReassignments(client)
  const topicChanges: Change[] = []
  for (const [name, partitions] of grouped(plan, ({ topic }) => topic)) topicChanges.push(await topicChange(client, { name, partitions, moving }))
  const brokers = throttledBrokers(topicChanges.flatMap(({ edits }) => edits.map(({ value }) => value ?? '')))
  const brokerChanges: Change[] = []
  for (const id of await liveBrokers(client, brokers)) {
    const edits = RATES.map((name) => ({ name, value: String(bytesPerSecond) }))
    brokerChanges.push({ resource: broker(id), edits, back: backFrom(edits, await describeConfig(client, broker(id))) })
  }
  const done = await change(client, [...topicChanges, ...brokerChanges])
  return { topics: topicChanges.map(({ resource }) => resource.name), brokers, takeBack: () => takeBack(client, done) }
}

/** `kept`: partitions are being moved, and what bounds them is not known. */
export type Unthrottled = 'removed' | 'kept'

/** Takes a bound away, if nothing at all is being moved. */
export async function unthrottleMoves(client: ClusterClient, { topics, brokers }: Bound): Promise<Unthrottled> {
  if ((await listReassignments(client)).size > 0) return 'kept'
  for (const id of await liveBrokers(client, brokers)) await alterConfig(client, broker(id), removing(RATES))
  for (const name of topics) await alterConfig(client, topic(name), removing(REPLICAS))
  return 'removed'
}

/** The bound that these topics have; null for none. */
export async function boundOf(client: ClusterClient, topics: Iterable<string>): Promise<Bound | null> {
  const bound: string[] = []
  const replicas: string[] = []
  for (const name of topics) {
    const found = (await describeConfig(client, topic(name))).filter((value) => REPLICAS.includes(value.name) && isOwn(value))
    if (found.length > 0) bound.push(name)
    replicas.push(...found.map(({ value }) => value ?? ''))
  }
  return bound.length === 0 ? null : { topics: bound, brokers: throttledBrokers(replicas) }
}

interface MovingTopic {
  readonly name: string
  readonly partitions: readonly PlannedPartition[]
  /** What is being moved already. */
  readonly moving: ReadonlyMap<string, Reassignment>
}

async function topicChange(client: ClusterClient, { name, partitions, moving }: MovingTopic): Promise<Change> {
  const present = await presentReplicas(client, name)
  const sourcesOf = (one: TopicPartition) => {
    const under = moving.get(topicPartitionKey(one.topic, one.partition))
    return under === undefined ? (present.get(one.partition) ?? []) : under.replicas.filter((id) => !under.adding.includes(id))
  }
  const leaders = partitions.flatMap((one) => sourcesOf(one).map((id) => `${one.partition}:${id}`))
  const followers = partitions.flatMap((one) => one.replicas.filter((id) => !sourcesOf(one).includes(id)).map((id) => `${one.partition}:${id}`))
  const values = await describeConfig(client, topic(name))
  const edits = [
    { name: LEADERS, value: mergedReplicas(ownValue(values, LEADERS), leaders) },
    { name: FOLLOWERS, value: mergedReplicas(ownValue(values, FOLLOWERS), followers) },
  ].filter(({ value }) => value !== '')
  return { resource: topic(name), edits, back: backFrom(edits, values) }
}

/** By partition. */
async function presentReplicas(client: ClusterClient, name: string): Promise<ReadonlyMap<number, readonly number[]>> {
  try {
    return new Map((await describeTopics(client, [name])).flatMap(({ partitions }) => partitions.map(({ partition, replicas }) => [partition, replicas])))
  } catch (error) {
    if (!isKafkaError(error, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION)) throw error
    throw new KafkaError(error.errorCode, `Nothing is moved: there is no topic ${name}.`, { cause: error })
  }
}

/** Errors: of the first change that is refused, when those before it are undone. @returns what is done, the last first */
async function change(client: ClusterClient, changes: readonly Change[]): Promise<readonly Change[]> {
  const done: Change[] = []
  for (const one of changes) {
    // Also one that fails: what came of it may not be known.
    done.unshift(one)
    try {
      await alterConfig(client, one.resource, one.edits)
    } catch (error) {
      await takeBack(client, done)
      throw error
    }
  }
  return done
}

async function takeBack(client: ClusterClient, changes: readonly Change[]): Promise<void> {
  try {
    for (const { resource, back } of changes) await alterConfig(client, resource, back)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new OdradekError('THROTTLE_STANDS', `Nothing is moved, but the bound on copying stands and could not be taken back (${why}). ${VERIFY}`, { cause })
  }
}

async function liveBrokers(client: ClusterClient, wanted: ReadonlySet<number> | null): Promise<readonly number[]> {
  const brokers = await client.retry('describeCluster', () => client.brokers())
  return brokers.map(({ id }) => id).filter((id) => wanted?.has(id) ?? true)
}

function backFrom(edits: readonly ConfigEdit[], values: readonly ConfigValue[]): readonly ConfigEdit[] {
  return edits.map(({ name }) => ({ name, value: ownValue(values, name) }))
}

function ownValue(values: readonly ConfigValue[], name: string): string | null {
  return values.find((value) => value.name === name && isOwn(value))?.value ?? null
}

function isOwn({ source, value }: ConfigValue): boolean {
  return value !== null && value !== '' && OWN.includes(sourceName(source))
}

function topic(name: string): ConfigResource {
  return { kind: 'topic', name }
}

function broker(id: number): ConfigResource {
  return { kind: 'broker', name: String(id) }
}

function removing(names: readonly string[]): readonly ConfigEdit[] {
  return names.map((name) => ({ name, value: null }))
}
