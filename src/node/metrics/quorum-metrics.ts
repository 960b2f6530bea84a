import type { QuorumDescription, QuorumState } from '../../raft/quorum-description.ts'
import type { AnyMetricTable, MetricSheet, MetricTable } from '../../telemetry/metrics.ts'

export interface QuorumMetricSources {
  readonly quorum: {
    state(): QuorumState
    /** null where this node does not lead. */
    describe(): QuorumDescription | null
  }
}

/** What a node is in the metadata quorum; and where it leads, how far the others are. */
export function quorumTables({ quorum }: QuorumMetricSources): readonly AnyMetricTable[] {
  const state: MetricTable<QuorumState> = { ...quorumSheet, rows: () => [quorum.state()], labelsOf: () => [] }
  const role: MetricTable<string> = { ...quorumRoleSheet, rows: () => [quorum.state().role], labelsOf: (name) => [name] }
  const kafkaRole: MetricTable<string> = { ...kafkaRoleSheet, rows: () => [quorum.state().role], labelsOf: (name) => [name] }
  const replicas: MetricTable<QuorumReplica> = {
    ...quorumReplicaSheet,
    rows: () => replicasOf(quorum.describe()),
    labelsOf: ({ id, directoryId, role: kind }) => [String(id), directoryId, kind],
  }
  return [state, role, kafkaRole, replicas]
}

export const quorumSheet: MetricSheet<QuorumState> = {
  labels: [],
  metrics: [
    gauge(
      'quorum_leader_id',
      'current_leader',
      'The node that leads the metadata quorum, as this one knows it; -1 while it knows none.',
      ({ leaderId }) => leaderId,
    ),
    gauge('quorum_epoch', 'current_epoch', 'The epoch of the metadata quorum, as this node knows it.', ({ epoch }) => epoch),
    gauge('quorum_voted_id', 'current_vote', 'The node that this one voted for in that epoch; -1 for none.', ({ votedId }) => votedId),
    gauge(
      'quorum_high_watermark',
      'high_watermark',
      'All records of the metadata log below it are committed; -1 before it is known.',
      ({ highWatermark }) => highWatermark,
    ),
    gauge('quorum_log_end_offset', 'log_end_offset', "The end of this node's metadata log.", ({ logEndOffset }) => logEndOffset),
    gauge('quorum_voters', 'number_of_voters', 'Voters of the metadata quorum, as this node knows them.', ({ voterCount }) => voterCount),
    gauge(
      'quorum_observers',
      'number_of_observers',
      'Nodes that follow the metadata log without a vote; told by its leader.',
      ({ observerCount }) => observerCount,
    ),
  ],
}

/** 1 for what the node is: leader, follower, observer, candidate, prospective, unattached or resigned. */
export const quorumRoleSheet: MetricSheet<string> = {
  labels: ['state'],
  metrics: [
    {
      name: 'quorum_state',
      aliases: ['kafka_server_raft_metrics_current_state_info'],
      type: 'gauge',
      help: 'What this node is in the metadata quorum: leader, follower, observer, candidate, prospective, unattached or resigned.',
      read: () => 1,
    },
  ],
}

export const kafkaRoleSheet: MetricSheet<string> = {
  labels: ['current_state'],
  metrics: [{ name: 'kafka_server_raftmetrics_current_state', type: 'gauge', help: 'As quorum_state, with the label of other rules.', read: () => 1 }],
}

interface QuorumReplica {
  readonly id: number
  readonly directoryId: string
  readonly role: 'voter' | 'observer'
  /** null when it has not fetched from this leader. */
  readonly lag: number | null
}

/** Told by the quorum's leader. */
export const quorumReplicaSheet: MetricSheet<QuorumReplica> = {
  labels: ['replica', 'directory_id', 'role'],
  metrics: [
    {
      name: 'quorum_replica_lag',
      type: 'gauge',
      help: "Records by which the metadata log of a node ends before its leader's, as it said when it fetched last.",
      read: ({ lag }) => lag,
    },
  ],
}

function replicasOf(description: QuorumDescription | null): readonly QuorumReplica[] {
  if (description === null) return []
  const { leaderId, voters, observers } = description
  const leaderEnd = voters.find(({ id }) => id === leaderId)?.logEndOffset ?? description.highWatermark
  const row =
    (role: QuorumReplica['role']) =>
    ({ id, directoryId, logEndOffset }: QuorumDescription['voters'][number]): QuorumReplica => ({
      id,
      directoryId,
      role,
      lag: logEndOffset < 0 ? null : Math.max(0, leaderEnd - logEndOffset),
    })
  return [...voters.map(row('voter')), ...observers.map(row('observer'))]
}

/** With the names that the rules for raft-metrics give, of both ways to write them. */
function gauge(name: string, kafkaName: string, help: string, read: (state: QuorumState) => number | null): MetricSheet<QuorumState>['metrics'][number] {
  return { name, aliases: [`kafka_server_raft_metrics_${kafkaName}`, `kafka_server_raftmetrics_${kafkaName}`], type: 'gauge', help, read }
}
