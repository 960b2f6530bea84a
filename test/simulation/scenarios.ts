import { groupMembers } from './group-members.ts'
import type { Scenario } from './scenario.ts'
import { cluster } from './scenarios/cluster.ts'
import { oneNode } from './scenarios/one-node.ts'
import { partitionLogs } from './scenarios/partition-logs.ts'

/** All of them. */
export const scenarios: readonly Scenario[] = [partitionLogs, groupMembers, oneNode, cluster]
