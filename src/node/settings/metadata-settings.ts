import { ZERO_UUID } from '../../../protocol/uuid.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import type { RaftTimings } from '../../raft/core/raft-timings.ts'
import type { SnapshotRetention } from '../../raft/snapshot-retention.ts'
import type { VoterSet } from '../../raft/voter-set.ts'
import { DEFAULT_LOG_CONFIG, type LogConfig } from '../../storage/log/log-config.ts'

/** Source: KafkaRaftClient.MAX_BATCH_SIZE_BYTES. */
const MAX_BATCH_BYTES = 8 * 1024 * 1024
const NO_BOUND = -1
/** Nodes that start together do not ask for votes in the same moment, and need not wait for an election time-out either. */
const FIRST_ELECTION_MS = 150

/** The log of `__cluster_metadata-0`: its age and size are bounded by snapshots, never by retention of its own. */
export function metadataLogConfig(config: NodeConfig): LogConfig {
  return {
    ...DEFAULT_LOG_CONFIG,
    segmentBytes: config.get('internal.metadata.log.segment.bytes') ?? config.get('metadata.log.segment.bytes'),
    segmentMs: config.get('metadata.log.segment.ms'),
    fileDeleteDelayMs: config.get('internal.metadata.delete.delay.millis'),
    maxMessageBytes: MAX_BATCH_BYTES,
    retentionBytes: NO_BOUND,
    retentionMs: NO_BOUND,
  }
}

export function snapshotRetention(config: NodeConfig): SnapshotRetention {
  return { maxBytes: config.get('metadata.max.retention.bytes'), maxMs: config.get('metadata.max.retention.ms') }
}

export function raftTimings(config: NodeConfig): RaftTimings {
  return {
    electionTimeoutMs: config.get('controller.quorum.election.timeout.ms'),
    electionBackoffMaxMs: config.get('controller.quorum.election.backoff.max.ms'),
    fetchTimeoutMs: config.get('controller.quorum.fetch.timeout.ms'),
    requestTimeoutMs: config.get('controller.quorum.request.timeout.ms'),
    retryBackoffMs: config.get('controller.quorum.retry.backoff.ms'),
    firstElectionMs: FIRST_ELECTION_MS,
    connectionGraceMs: config.get('odradek.broker.connection.grace.ms'),
  }
}

/** What the active controller does by time. */
export function controllerIntervals(config: NodeConfig) {
  return {
    maxIdleIntervalMs: config.get('metadata.max.idle.interval.ms'),
    sessionTimeoutMs: config.get('broker.session.timeout.ms'),
    connectionGraceMs: config.get('odradek.broker.connection.grace.ms'),
    leaderBalanceIntervalMs: config.get('auto.leader.rebalance.enable') ? config.get('leader.imbalance.check.interval.seconds') * 1000 : null,
    uncleanElectionIntervalMs: config.get('unclean.leader.election.interval.ms'),
  }
}

/** The voters of `controller.quorum.voters`, whose directories nobody knows; null for a dynamic quorum, which names its own. */
export function staticVoters({ quorumVoters, controllerListenerNames }: NodeIdentity): VoterSet | null {
  if (quorumVoters.length === 0) return null
  const name = controllerListenerNames[0] ?? ''
  return quorumVoters.map(({ id, host, port }) => ({
    id,
    directoryId: ZERO_UUID,
    endpoints: [{ name, host, port }],
    minKraftVersion: 0,
    maxKraftVersion: 0,
  }))
}
