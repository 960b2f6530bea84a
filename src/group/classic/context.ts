import type { Clock, Random } from '../../base/ports.ts'
import type { Decision } from '../../coordinator/decision.ts'
import type { ShardTimers } from '../../coordinator/shard-timers.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { GroupRecord } from '../group-records.ts'
import type { GroupSettings } from '../group-settings.ts'
import type { MemberConnection } from '../member-connections.ts'
import type { ClassicGroup } from './group.ts'

/** What the decisions on classic groups work with. */
export interface ClassicContext {
  /** null when there is no such group any more, or it is of another kind. */
  findClassic(groupId: string): ClassicGroup | null
  /** What to do when a member was not heard of for its session timeout. */
  onSessionExpired(groupId: string, memberId: string): GroupDecision
  /** Notes over which connection a member spoke, where that matters. */
  heardOf(group: ClassicGroup, memberId: string, connection: MemberConnection): void
  /** A rebalance waits for the members: those who have no connection get a grace to come, where that matters. */
  onRebalance(group: ClassicGroup): void
  /** A rebalance came to its end: the members have a new generation. */
  onGeneration(group: ClassicGroup): void
  readonly timers: ShardTimers<GroupRecord>
  readonly settings: GroupSettings
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
}

/** A decision whose caller is answered by other means, or not at all. */
export type GroupDecision = Decision<void, GroupRecord>

/** Nothing to write. */
export const NOTHING: GroupDecision = { reply: undefined, records: [] }

/** The keys of a group's timers. */
export const timerKey = {
  connection: (groupId: string, memberId: string) => `connection\0${groupId}\0${memberId}`,
  session: (groupId: string, memberId: string) => `session\0${groupId}\0${memberId}`,
  join: (groupId: string) => `join\0${groupId}`,
  sync: (groupId: string) => `sync\0${groupId}`,
}
