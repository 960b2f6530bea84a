import type { Uuid } from '../../../protocol/uuid.ts'

/** A replica that the leader finds in sync. */
export interface InSyncReplica {
  readonly brokerId: number
  /** That of the incarnation which fetches; -1 when the leader does not know it. Source: KIP-903. */
  readonly brokerEpoch: number
}

/** Who is in sync with a partition's leader, as the leader finds it. A leader that serves has recovered (KIP-704). */
export interface ProposedIsr {
  readonly partition: number
  readonly leaderEpoch: number
  /** The last one that the leader knows. */
  readonly partitionEpoch: number
  readonly isr: readonly InSyncReplica[]
  readonly recoveryState: 'recovered'
}

export interface IsrCommand {
  readonly brokerId: number
  readonly brokerEpoch: number
  readonly topics: readonly { readonly topicId: Uuid; readonly partitions: readonly ProposedIsr[] }[]
}

/** What a partition is from now on. */
export interface CommittedIsr {
  readonly leaderEpoch: number
  readonly partitionEpoch: number
  readonly isr: readonly number[]
}

export interface IsrAnswer {
  readonly errorCode: number
  /** null with an error. */
  readonly state: CommittedIsr | null
}

export interface IsrReply {
  readonly errorCode: number
  /** Empty with an error. */
  readonly topics: readonly { readonly topicId: Uuid; readonly partitions: readonly (IsrAnswer & { readonly partition: number })[] }[]
}

/** The controller as leaders tell it who is in sync. Rejects with an `OdradekError` when it is to be asked again. Source: KIP-497. */
export interface IsrChanger {
  alterPartition(command: IsrCommand): Promise<IsrReply>
}
