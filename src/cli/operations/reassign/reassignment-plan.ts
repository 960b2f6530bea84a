import { type TopicPartition, topicPartitionKey } from '../../../base/topic-partition.ts'
import { type Fields, readDocument } from '../../read-document.ts'

const VERSION = 1
const HIGHEST_ID = 2_147_483_647
const ANY_DIRECTORY = 'any'

/** Where a partition shall be: brokers, the preferred leader first. */
export interface PlannedPartition extends TopicPartition {
  readonly replicas: readonly number[]
}

/** The file is no plan. */
export class PlanError extends Error {
  override readonly name = 'PlanError'
}

/** The form that Kafka's tool writes and reads. Source: kafka-reassign-partitions of 4.3.1. */
export function planText(partitions: readonly PlannedPartition[]): string {
  return `${JSON.stringify({ version: VERSION, partitions: partitions.map(({ topic, partition, replicas }) => ({ topic, partition, replicas })) }, null, 2)}\n`
}

/** Errors: `PlanError` that says what is wrong. */
export function parsePlan(text: string): readonly PlannedPartition[] {
  const partitions = readDocument(text, refuse, (root) => {
    if (root.has('version') && root.integer('version', 0, HIGHEST_ID) !== VERSION) throw root.wrong('version', String(VERSION))
    return root.list('partitions', plannedPartition)
  })
  if (partitions.length === 0) throw refuse('it names no partition')
  const keys = partitions.map(({ topic, partition }) => topicPartitionKey(topic, partition))
  const seen = new Set<string>()
  for (const key of keys) {
    if (seen.has(key)) throw refuse(`it names ${key} twice`)
    seen.add(key)
  }
  return partitions
}

function plannedPartition(fields: Fields): PlannedPartition {
  const replicas = fields.values('replicas', isId, 'a list of brokers')
  if (replicas.length === 0 || new Set(replicas).size !== replicas.length) throw fields.wrong('replicas', 'one broker or more, none of them twice')
  // Kafka's tool writes `any` for each replica where nobody chose a directory.
  if (fields.has('log_dirs') && fields.values('log_dirs', isText, 'a list of directories').some((path) => path !== ANY_DIRECTORY))
    throw fields.wrong('log_dirs', `\`${ANY_DIRECTORY}\` alone, as directories are chosen by kafka-reassign-partitions only`)
  return { topic: fields.text('topic'), partition: fields.integer('partition', 0, HIGHEST_ID), replicas }
}

function refuse(why: string, options?: ErrorOptions): PlanError {
  return new PlanError(`This is no plan for reassign: ${why}.`, options)
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= HIGHEST_ID
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

export interface BrokerRack {
  readonly id: number
  readonly rack: string | null
}

/**
 * Spreads partitions over `brokers`: each replica on another broker, on as many racks as there are, and about as many leaders and
 * replicas on each broker. What is there already stays where the spread allows it.
 * @param present the partitions as they are; each keeps its count of replicas
 * Errors: `PlanError` where there are fewer brokers than replicas.
 */
export function spreadPartitions(present: readonly PlannedPartition[], brokers: readonly BrokerRack[]): readonly PlannedPartition[] {
  const loads = new Map(brokers.map((broker): readonly [number, Load] => [broker.id, { ...broker, leads: 0, holds: 0 }]))
  return present.map(({ topic, partition, replicas }) => {
    if (replicas.length > brokers.length) throw new PlanError(`${topic}-${partition} has ${replicas.length} replicas, and there are ${brokers.length} brokers.`)
    const chosen: Load[] = []
    while (chosen.length < replicas.length) {
      const candidates = [...loads.values()].filter((load) => !chosen.includes(load))
      const best = candidates.toSorted((one, other) => compare(costOf(one, chosen, replicas), costOf(other, chosen, replicas)))[0] as Load
      best.holds++
      if (chosen.length === 0) best.leads++
      chosen.push(best)
    }
    return { topic, partition, replicas: chosen.map(({ id }) => id) }
  })
}

/** What a broker has by the plan so far. */
interface Load extends BrokerRack {
  leads: number
  holds: number
}

/** What counts first stands first: a rack that has one already, leaders, replicas, a replica that would have to be copied, the id. */
function costOf({ id, rack, leads, holds }: Load, chosen: readonly Load[], present: readonly number[]): readonly number[] {
  const sharesRack = rack !== null && chosen.some((other) => other.rack === rack)
  return [Number(sharesRack), chosen.length === 0 ? leads : 0, holds, Number(!present.includes(id)), id]
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((cost, at) => cost !== other[at])
  return index < 0 ? 0 : (one[index] as number) - (other[index] as number)
}
