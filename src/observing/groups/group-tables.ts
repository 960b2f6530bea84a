import type { Timers } from '../../base/ports.ts'
import { type TopicPartition, topicPartitionKey } from '../../base/topic-partition.ts'
import type { AnyMetricTable, MetricSheet } from '../../telemetry/metrics.ts'
import type { PartitionEnds } from './partition-ends.ts'

/** Where a group stands, as its coordinator knows it. */
export interface ObservedGroup {
  readonly memberCount: number
  readonly committed: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]
}

/** The groups whose coordinator this node is. */
export interface ObservedGroups {
  statuses(): Iterable<readonly [groupId: string, status: ObservedGroup]>
  rebalancesOf(groupId: string): { readonly total: number; readonly lastHour: number }
}

export interface LagRow {
  readonly group: string
  readonly topic: string
  readonly partition: number
  /** What the group committed: the next record that it wants. */
  readonly offset: number
  /** Where the partition ends for consumers; null where that is not known now. */
  readonly end: number | null
}

export interface GroupRow {
  readonly group: string
  readonly memberCount: number
  readonly rebalances: { readonly total: number; readonly lastHour: number }
}

/** Groups that are looked at before other work gets its turn. */
const GROUPS_PER_SLICE = 100

export const lagSheet: MetricSheet<LagRow> = {
  labels: ['group', 'topic', 'partition'],
  metrics: [
    {
      name: 'consumer_lag',
      type: 'gauge',
      help: 'Records between what the group committed and the end of the partition, told by the coordinator of the group.',
      read: lagOf,
    },
  ],
}

/** As kafka_exporter calls them. */
export const exporterLagSheet: MetricSheet<LagRow> = {
  labels: ['consumergroup', 'topic', 'partition'],
  metrics: [
    { name: 'kafka_consumergroup_current_offset', type: 'gauge', help: 'What the group committed, told by its coordinator.', read: ({ offset }) => offset },
    { name: 'kafka_consumergroup_lag', type: 'gauge', help: 'As consumer_lag.', read: lagOf },
  ],
}

export const groupSheet: MetricSheet<GroupRow> = {
  labels: ['group'],
  metrics: [
    {
      name: 'rebalance_rate',
      type: 'gauge',
      help: 'Rebalances of the group that came to an end in the last hour, told by its coordinator.',
      read: ({ rebalances }) => rebalances.lastHour,
    },
    {
      name: 'rebalances_total',
      type: 'counter',
      help: 'Rebalances of the group that came to an end since this node coordinates it.',
      read: ({ rebalances }) => rebalances.total,
    },
  ],
}

export const exporterGroupSheet: MetricSheet<GroupRow> = {
  labels: ['consumergroup'],
  metrics: [
    { name: 'kafka_consumergroup_members', type: 'gauge', help: 'Members of the group, told by its coordinator.', read: ({ memberCount }) => memberCount },
  ],
}

/** A partition that lost its end may have less than was committed. */
function lagOf({ offset, end }: LagRow): number | null {
  return end === null ? null : Math.max(0, end - offset)
}

export interface GroupTablesOptions {
  readonly groups: ObservedGroups
  readonly ends: PartitionEnds
  readonly timers: Timers
}

/** What is told of the groups of this node. Rows are made while they are written. */
export function groupTables({ groups, ends, timers }: GroupTablesOptions): readonly AnyMetricTable[] {
  const lags = () => lagRows(groups, ends)
  const all = () => groupRows(groups)
  const labelsOfLag = ({ group, topic, partition }: LagRow) => [group, topic, String(partition)]
  const labelsOfGroup = ({ group }: GroupRow) => [group]
  return [
    { ...lagSheet, prepare: () => askForEnds(groups, ends, timers), rows: lags, labelsOf: labelsOfLag },
    { ...exporterLagSheet, rows: lags, labelsOf: labelsOfLag },
    { ...groupSheet, rows: all, labelsOf: labelsOfGroup },
    { ...exporterGroupSheet, rows: all, labelsOf: labelsOfGroup },
  ]
}

function* lagRows(groups: ObservedGroups, ends: PartitionEnds): Iterable<LagRow> {
  for (const [group, { committed }] of groups.statuses()) {
    for (const { topic, partition, offset } of committed) yield { group, topic, partition, offset, end: ends.endOf(topic, partition) }
  }
}

function* groupRows(groups: ObservedGroups): Iterable<GroupRow> {
  for (const [group, { memberCount }] of groups.statuses()) yield { group, memberCount, rebalances: groups.rebalancesOf(group) }
}

/** Of the partitions that other nodes lead and have no replica here. */
async function askForEnds(groups: ObservedGroups, ends: PartitionEnds, timers: Timers): Promise<void> {
  if (ends.isDue) ends.ask(await elsewhere(groups, ends, timers))
  await ends.answered()
}

async function elsewhere(groups: ObservedGroups, ends: PartitionEnds, timers: Timers): Promise<Iterable<TopicPartition>> {
  const wanted = new Map<string, TopicPartition>()
  let count = 0
  for (const [, { committed }] of groups.statuses()) {
    for (const one of committed) if (!ends.isLocal(one.topic, one.partition)) wanted.set(topicPartitionKey(one.topic, one.partition), one)
    count += 1
    if (count % GROUPS_PER_SLICE === 0) await new Promise<void>((resolve) => timers.defer(resolve))
  }
  return wanted.values()
}
