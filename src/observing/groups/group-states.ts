import type { MetricSheet } from '../../telemetry/metrics.ts'

/** How many groups are in which state. */
export type GroupCounts = ReadonlyMap<string, number>

/** States of classic groups, as they are listed, and how Kafka calls their counts. */
const KAFKA_NAMES: ReadonlyMap<string, string> = new Map([
  ['Empty', 'numgroupsempty'],
  ['PreparingRebalance', 'numgroupspreparingrebalance'],
  ['CompletingRebalance', 'numgroupscompletingrebalance'],
  ['Stable', 'numgroupsstable'],
  ['Dead', 'numgroupsdead'],
])

export const stateSheet: MetricSheet<readonly [state: string, count: number]> = {
  labels: ['state'],
  metrics: [
    { name: 'groups', type: 'gauge', help: 'Groups that this node coordinates; states in which there are none are left out.', read: ([, count]) => count },
  ],
}

export const kafkaStateSheet: MetricSheet<GroupCounts> = {
  labels: [],
  metrics: [
    {
      name: 'kafka_coordinator_group_groupmetadatamanager_numgroups',
      type: 'gauge',
      help: 'Groups that this node coordinates.',
      read: (counts) => [...counts.values()].reduce((sum, count) => sum + count, 0),
    },
    ...[...KAFKA_NAMES].map(([state, name]) => ({
      name: `kafka_coordinator_group_groupmetadatamanager_${name}`,
      type: 'gauge' as const,
      help: `Of these, those whose state is ${state}.`,
      read: (counts: GroupCounts) => counts.get(state) ?? 0,
    })),
  ],
}
