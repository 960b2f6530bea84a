import type { GroupService } from '../../group/group-service.ts'
import type { AnyMetricTable, MetricSheet, MetricTable } from '../../telemetry/metrics.ts'

/** States of classic groups, as they are listed, and how Kafka calls their counts. */
const KAFKA_NAMES: ReadonlyMap<string, string> = new Map([
  ['Empty', 'numgroupsempty'],
  ['PreparingRebalance', 'numgroupspreparingrebalance'],
  ['CompletingRebalance', 'numgroupscompletingrebalance'],
  ['Stable', 'numgroupsstable'],
  ['Dead', 'numgroupsdead'],
])

type GroupCounts = ReadonlyMap<string, number>

/** The groups that this node coordinates, as far as they are loaded. */
export function groupTables(groups: Pick<GroupService, 'countByState'>): readonly AnyMetricTable[] {
  const states: MetricTable<readonly [state: string, count: number]> = { ...groupSheet, rows: () => groups.countByState(), labelsOf: ([state]) => [state] }
  const kafka: MetricTable<GroupCounts> = { ...kafkaGroupSheet, rows: () => [groups.countByState()], labelsOf: () => [] }
  return [states, kafka]
}

export const groupSheet: MetricSheet<readonly [state: string, count: number]> = {
  labels: ['state'],
  metrics: [
    { name: 'groups', type: 'gauge', help: 'Groups that this node coordinates; states in which there are none are left out.', read: ([, count]) => count },
  ],
}

export const kafkaGroupSheet: MetricSheet<GroupCounts> = {
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
