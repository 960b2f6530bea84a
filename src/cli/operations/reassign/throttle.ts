/**
 * The bound on what is copied while partitions move (KIP-73), as settings: the rates of brokers, and at topics of which replicas
 * they count. By the latter a bound is known again: rates alone bound nothing. So topics come first when it is set, and last when
 * it is taken away: what was left half-way is found.
 */
import { OdradekError } from '../../../base/errors.ts'
import type { ClusterClient } from '../cluster/cluster-client.ts'
import { alterConfig, type ConfigEdit, type ConfigResource, type ConfigValue, describeConfig, sourceName } from '../configs.ts'
import { KafkaError } from '../kafka-error.ts'
import { listReassignments } from '../topics/list-reassignments.ts'

const RATES = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate']
const REPLICAS = ['leader.replication.throttled.replicas', 'follower.replication.throttled.replicas']
const ALL_REPLICAS = '*'
/** Of values that the resource has of its own. */
const OWN: readonly string[] = ['DYNAMIC_TOPIC_CONFIG', 'DYNAMIC_BROKER_CONFIG']

/** A bound that this process has set. */
export interface Throttle {
  /** Gives each setting the value that it had. Errors: THROTTLE_STANDS. */
  takeBack(): Promise<void>
}

interface Change {
  readonly resource: ConfigResource
  readonly edits: readonly ConfigEdit[]
}

/**
 * Bounds what moves to so many bytes a second at each broker: all replicas of the topics count.
 * Errors: of the first setting that is refused; those before it have their values again.
 */
export async function throttleMoves(client: ClusterClient, topics: Iterable<string>, bytesPerSecond: number): Promise<Throttle> {
  const brokers = await client.retry('describeCluster', () => client.brokers())
  const changes = [
    ...[...topics].map((name) => ({ resource: topic(name), edits: edits(REPLICAS, ALL_REPLICAS) })),
    ...brokers.map(({ id }) => ({ resource: broker(id), edits: edits(RATES, String(bytesPerSecond)) })),
  ]
  const before: Change[] = []
  for (const { resource, edits: wanted } of changes) before.push({ resource, edits: presentOf(wanted, await present(client, resource)) })
  const done: Change[] = []
  const throttle = { takeBack: () => takeBack(client, done) }
  for (const [index, { resource, edits: wanted }] of changes.entries()) {
    // Also of one that fails: what came of it may not be known.
    done.unshift(before[index] as Change)
    try {
      await alterConfig(client, resource, wanted)
    } catch (error) {
      await throttle.takeBack()
      throw error
    }
  }
  return throttle
}

/** `kept`: other partitions are being moved, and what bounds them is not known. */
export type Unthrottled = 'removed' | 'kept'

/** Takes the bound away from these topics and from all brokers, if nothing is being moved. */
export async function unthrottleMoves(client: ClusterClient, topics: Iterable<string>): Promise<Unthrottled> {
  if ((await listReassignments(client)).size > 0) return 'kept'
  for (const { id } of await client.retry('describeCluster', () => client.brokers())) await alterConfig(client, broker(id), edits(RATES, null))
  for (const name of topics) await alterConfig(client, topic(name), edits(REPLICAS, null))
  return 'removed'
}

/** Those of these topics that have a bound. */
export async function boundTopics(client: ClusterClient, topics: Iterable<string>): Promise<readonly string[]> {
  const bound: string[] = []
  for (const name of topics) {
    const values = await describeConfig(client, topic(name))
    if (values.some((value) => REPLICAS.includes(value.name) && isOwn(value))) bound.push(name)
  }
  return bound
}

async function takeBack(client: ClusterClient, changes: readonly Change[]): Promise<void> {
  try {
    for (const { resource, edits: wanted } of changes) await alterConfig(client, resource, wanted)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new OdradekError('THROTTLE_STANDS', `Nothing is moved, but the bound on copying stands and could not be taken back (${why}). ${VERIFY}`, { cause })
  }
}

/** How a bound that stands is taken away. */
export const VERIFY = '`odradek reassign verify` with the same plan takes it away when nothing is moved.'

async function present(client: ClusterClient, resource: ConfigResource): Promise<readonly ConfigValue[]> {
  try {
    return await describeConfig(client, resource)
  } catch (error) {
    if (!(error instanceof KafkaError)) throw error
    throw new KafkaError(error.errorCode, `Nothing is moved: the bound on copying cannot be set for ${resource.kind} ${resource.name}: ${error.message}`, error)
  }
}

/** What gives settings back the values that they have. */
function presentOf(wanted: readonly ConfigEdit[], values: readonly ConfigValue[]): readonly ConfigEdit[] {
  return wanted.map(({ name }) => ({ name, value: values.find((value) => value.name === name && isOwn(value))?.value ?? null }))
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

function edits(names: readonly string[], value: string | null): readonly ConfigEdit[] {
  return names.map((name) => ({ name, value }))
}
