import type { ConfigValue } from '../../operations/configs.ts'
import type { PartitionDescription } from '../../operations/topics/describe-topics.ts'
import type { Reassignment } from '../../operations/topics/list-reassignments.ts'
import type { Options } from '../options/parse-options.ts'

export interface PartitionFacts {
  readonly partition: PartitionDescription
  readonly reassignment: Reassignment | undefined
  /** Of the topic. */
  readonly configs: readonly ConfigValue[]
  /** That are there. */
  readonly brokers: ReadonlySet<number>
}

/** Whether one of the reports that are asked for names the partition. */
export function isReported(facts: PartitionFacts, options: Options): boolean {
  const { partition, reassignment, brokers } = facts
  const minIsr = minInSyncReplicas(facts.configs)
  const hasLeader = partition.leader !== null
  return (
    (options.has('under-replicated-partitions') && replicationFactor(partition, reassignment) > partition.isr.length) ||
    (options.has('unavailable-partitions') && !(partition.leader !== null && brokers.has(partition.leader))) ||
    (options.has('under-min-isr-partitions') && (!hasLeader || partition.isr.length < minIsr)) ||
    (options.has('at-min-isr-partitions') && partition.isr.length === minIsr)
  )
}

function minInSyncReplicas(configs: readonly ConfigValue[]): number {
  return Number(configs.find(({ name }) => name === 'min.insync.replicas')?.value ?? 1)
}

/** Without the replicas that a reassignment adds, as long as it goes on. */
export function replicationFactor({ replicas }: PartitionDescription, moving: Reassignment | undefined): number {
  const goesOn = moving !== undefined && replicas.some((broker) => moving.adding.includes(broker) || moving.removing.includes(broker))
  return goesOn ? moving.replicas.length - moving.adding.length : replicas.length
}
