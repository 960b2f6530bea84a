import type { AnyMetricTable, MetricSheet } from '../../telemetry/metrics.ts'
import { GroupReading, type GroupReadingOptions, type GroupRow, type LagRow } from './group-reading.ts'
import { kafkaStateSheet, stateSheet } from './group-states.ts'

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

/** What is not told one by one, as there is too much of it. */
export const leftOutSheet: MetricSheet<GroupReading['leftOut']> = {
  labels: [],
  metrics: [
    {
      name: 'consumer_lag_left_out',
      type: 'gauge',
      help: 'Partitions of groups of which no lag is told here: there are more than metrics.group.partitions.max, or the id of the group has more than 256 characters.',
      read: ({ positions }) => positions,
    },
    {
      name: 'groups_left_out',
      type: 'gauge',
      help: 'Groups of which members and rebalances are not told here, for the same reasons.',
      read: ({ groups }) => groups,
    },
  ],
}

/** A partition that lost its end may have less than was committed. */
function lagOf({ offset, end }: LagRow): number | null {
  return end === null ? null : Math.max(0, end - offset)
}

/** What is told of the groups of this node. */
export function groupTables(options: GroupReadingOptions): readonly AnyMetricTable[] {
  const reading = new GroupReading(options)
  const { take: prepare } = reading
  const lags = () => reading.lags
  const groups = () => reading.groups
  const labelsOfLag = ({ group, topic, partition }: LagRow) => [group, topic, String(partition)]
  const labelsOfGroup = ({ group }: GroupRow) => [group]
  const labelsOfNone = () => []
  return [
    { ...lagSheet, prepare, rows: lags, labelsOf: labelsOfLag },
    { ...exporterLagSheet, prepare, rows: lags, labelsOf: labelsOfLag },
    { ...groupSheet, prepare, rows: groups, labelsOf: labelsOfGroup },
    { ...exporterGroupSheet, prepare, rows: groups, labelsOf: labelsOfGroup },
    { ...leftOutSheet, prepare, rows: () => [reading.leftOut], labelsOf: labelsOfNone },
    { ...stateSheet, prepare, rows: () => reading.states, labelsOf: ([state]: readonly [string, number]) => [state] },
    { ...kafkaStateSheet, prepare, rows: () => [reading.states], labelsOf: labelsOfNone },
  ]
}
