import type { CoordinatorRuntime } from '../../coordinator/coordinator-runtime.ts'
import type { GroupMachine } from '../group-machine.ts'
import type { GroupRecord } from '../group-records.ts'
import type { TopicDirectory } from '../topic-directory.ts'

export type GroupRuntime = CoordinatorRuntime<GroupMachine, GroupRecord>

/** What the answers to requests are made from. */
export interface GroupServices {
  readonly runtime: GroupRuntime
  readonly topics: TopicDirectory
  partitionFor(groupId: string): number
}
