/**
 * Follows one partition on this node. Calls come in the turn of the change, after the call that caused it has returned
 * (never from inside `appendAsLeader`), in the order of the changes.
 * Source: org.apache.kafka.server.partition.PartitionListener.
 */
export interface PartitionListener {
  /** Records below `highWatermark` are committed. Only the newest value is told when it advanced several times in one turn. */
  onHighWatermark?(highWatermark: number): void
  /** This node no longer leads the partition. */
  onLeadershipLost?(): void
  /** The partition's directory failed: nothing more can be read or written. */
  onOffline?(): void
  onDeleted?(): void
}
