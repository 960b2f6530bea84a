import type { Uuid } from '../../protocol/uuid.ts'
import type { Ports } from '../base/ports.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { RaftTimings } from './core/raft-timings.ts'
import type { RaftListener } from './raft-listener.ts'
import type { RaftLog } from './raft-log.ts'
import type { RecordSerde } from './record-serde.ts'
import type { RaftPeers } from './shell/raft-peers.ts'
import type { SnapshotRetention } from './snapshot-retention.ts'
import type { VoterEndpoint, VoterSet } from './voter-set.ts'

/** What a node of the quorum is made of. */
export interface RaftNodeOptions<T> {
  readonly nodeId: number
  /** directory.id of the directory that holds the log. */
  readonly directoryId: Uuid
  /** A node without this role only observes, and is no voter by any setting. */
  readonly isController: boolean
  /** controller.quorum.auto.join.enable: a controller that is no voter becomes one when it follows. */
  readonly joins: boolean
  /** Where this node's controller is reached, by listener; none without that role. */
  readonly endpoints: readonly VoterEndpoint[]
  /** The open log of `__cluster_metadata-0`. The node closes it. */
  readonly log: RaftLog
  /** Of `controller.quorum.voters`; null takes the voters from the log and its snapshots. */
  readonly staticVoters: VoterSet | null
  /** The other nodes. This node disposes of them. */
  readonly peers: RaftPeers
  readonly serde: RecordSerde<T>
  readonly listener: RaftListener<T>
  readonly ports: Pick<Ports, 'clock' | 'disk' | 'timers' | 'random'>
  readonly logger: Logger
  readonly retention: SnapshotRetention
  readonly timings: RaftTimings
  /** Batches that may wait for their commit; more are refused. */
  readonly maxPendingAppends?: number
}
