import type { ControllerError, ControllerRequestContext } from './controller.ts'

/** Partitions of a topic, answered one by one in the order in which they were asked for. */
export interface PartitionResult extends ControllerError {
  readonly partition: number
}

export interface TopicResult {
  readonly topic: string
  readonly partitions: readonly PartitionResult[]
}

export type ElectionType = 'preferred' | 'unclean'

export interface ElectLeadersCommand {
  readonly type: ElectionType
  /** null: all partitions of the cluster. */
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly number[] }[] | null
}

/** `topics` is empty when the request is refused as a whole. */
export interface ElectLeadersReply extends ControllerError {
  readonly topics: readonly TopicResult[]
}

export interface ReassignPartitionsCommand {
  readonly allowReplicationFactorChange: boolean
  readonly topics: readonly {
    readonly topic: string
    /** `replicas` null cancels what is under way. */
    readonly partitions: readonly { readonly partition: number; readonly replicas: readonly number[] | null }[]
  }[]
}

/** `safe-downgrade` and `unsafe-downgrade` say whether metadata may be lost; `unknown` is a code that is none of them. */
export type UpgradeType = 'upgrade' | 'safe-downgrade' | 'unsafe-downgrade' | 'unknown'

export interface UpdateFeaturesCommand {
  readonly updates: readonly { readonly feature: string; readonly level: number; readonly upgradeType: UpgradeType }[]
  readonly validateOnly: boolean
}

/** What an administrator asks of the active controller beside topics. Answers and rejections as of `Controller`. */
export interface ClusterController {
  electLeaders(context: ControllerRequestContext, command: ElectLeadersCommand): Promise<ElectLeadersReply>
  reassignPartitions(context: ControllerRequestContext, command: ReassignPartitionsCommand): Promise<readonly TopicResult[]>
  /** All updates or none. */
  updateFeatures(context: ControllerRequestContext, command: UpdateFeaturesCommand): Promise<ControllerError>
  unregisterBroker(context: ControllerRequestContext, brokerId: number): Promise<ControllerError>
}
