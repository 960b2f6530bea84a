import type { TopicPartition } from '../../../base/topic-partition.ts'

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
  return `${JSON.stringify({ version: 1, partitions: partitions.map(({ topic, partition, replicas }) => ({ topic, partition, replicas })) }, null, 2)}\n`
}

/** Errors: `PlanError` that says what is wrong. */
export function parsePlan(text: string): readonly PlannedPartition[] {
  const plan = json(text)
  const partitions = isObject(plan) ? plan.partitions : undefined
  if (!isObject(plan) || plan.version !== 1 || !Array.isArray(partitions)) throw new PlanError('A plan is {"version": 1, "partitions": […]}.')
  return partitions.map(plannedPartition)
}

function plannedPartition(one: unknown): PlannedPartition {
  if (!isObject(one)) throw new PlanError(`This is no partition of a plan: ${JSON.stringify(one)}`)
  const { topic, partition, replicas } = one
  const isSound = typeof topic === 'string' && isId(partition) && Array.isArray(replicas) && replicas.length > 0 && replicas.every(isId)
  if (!isSound || new Set(replicas).size !== replicas.length) throw new PlanError(`This is no partition of a plan: ${JSON.stringify(one)}`)
  return { topic, partition: partition as number, replicas: replicas as number[] }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new PlanError(`The plan is no JSON: ${(cause as Error).message}`, { cause })
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isId(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
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
  const load = new Map(brokers.map(({ id }) => [id, { leads: 0, holds: 0 }]))
  const racks = new Map(brokers.map(({ id, rack }) => [id, rack]))
  return present.map(({ topic, partition, replicas }) => {
    if (replicas.length > brokers.length) throw new PlanError(`${topic}-${partition} has ${replicas.length} replicas, and there are ${brokers.length} brokers.`)
    const chosen: number[] = []
    while (chosen.length < replicas.length) {
      const candidates = brokers.map(({ id }) => id).filter((id) => !chosen.includes(id))
      const best = candidates.toSorted((one, other) =>
        compare(costOf(one, chosen, replicas, load, racks), costOf(other, chosen, replicas, load, racks)),
      )[0] as number
      const loadOfBest = load.get(best)
      if (loadOfBest !== undefined) {
        loadOfBest.holds++
        if (chosen.length === 0) loadOfBest.leads++
      }
      chosen.push(best)
    }
    return { topic, partition, replicas: chosen }
  })
}

type Load = ReadonlyMap<number, { leads: number; holds: number }>

/** What counts first stands first: a rack that has one already, leaders, replicas, a replica that would have to be copied, the id. */
function costOf(id: number, chosen: readonly number[], present: readonly number[], load: Load, racks: ReadonlyMap<number, string | null>): readonly number[] {
  const { leads, holds } = load.get(id) ?? { leads: 0, holds: 0 }
  const rack = racks.get(id) ?? null
  const sharesRack = rack !== null && chosen.some((other) => racks.get(other) === rack)
  return [Number(sharesRack), chosen.length === 0 ? leads : 0, holds, Number(!present.includes(id)), id]
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((cost, at) => cost !== other[at])
  return index < 0 ? 0 : (one[index] as number) - (other[index] as number)
}
