/** Named after the settings `controller.quorum.*`; milliseconds. */
export interface RaftTimings {
  readonly electionTimeoutMs: number
  readonly electionBackoffMaxMs: number
  readonly fetchTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly retryBackoffMs: number
  /** [odradek.broker.connection.grace.ms]: how long a follower waits for a leader whose process is gone; -1: as for one that is silent. */
  readonly connectionGraceMs: number
  /**
   * No setting: how soon at the latest a voter that starts asks whether it would be elected, where it has heard of no leader.
   * Where there is one, that changes nothing (KIP-996). As late as any other time where not given.
   */
  readonly firstElectionMs?: number | undefined
}
