import type { Clock } from '../base/ports.ts'
import type { SnapshotRegistry } from '../base/timeline/snapshot-registry.ts'
import { TimelineMap } from '../base/timeline/timeline-map.ts'
import { ClassicGroup } from './classic/group.ts'
import { groupFromRecord } from './classic/records.ts'
import type { GroupMetadataRecord, OtherGroupKind, OtherGroupRecord } from './group-records.ts'

/** A group of a kind that is not served here: its records are kept, and it is listed. */
export interface OtherGroup {
  readonly kind: OtherGroupKind
  readonly groupId: string
  readonly memberIds: ReadonlySet<string>
}

export type Group = ClassicGroup | OtherGroup

/**
 * Which groups there are. Their existence is durable: replay alone makes and removes them. A classic group is one object for
 * as long as it exists, with its soft state in it; while the shard is active the group itself has done what its
 * records say by the time they are replayed, so they change it no more.
 */
export class GroupTable {
  readonly #clock: Clock
  readonly #groups: TimelineMap<string, Group>
  /** Made by a decision whose records are about to be replayed. */
  readonly #forming = new Map<string, ClassicGroup>()
  #isLoaded = false

  constructor(snapshots: SnapshotRegistry, clock: Clock) {
    this.#clock = clock
    this.#groups = new TimelineMap(snapshots)
  }

  get(groupId: string, atOffset?: number): Group | undefined {
    return this.#groups.get(groupId, atOffset)
  }

  classic(groupId: string): ClassicGroup | null {
    const group = this.#groups.get(groupId)
    return group?.kind === 'classic' ? group : null
  }

  all(atOffset?: number): IterableIterator<Group> {
    return this.#groups.values(atOffset)
  }

  /** A group that exists once a record of the same decision says so. */
  form(groupId: string): ClassicGroup {
    const group = new ClassicGroup(groupId, this.#clock)
    this.#forming.clear()
    this.#forming.set(groupId, group)
    return group
  }

  /** From now on groups are changed by decisions, not by what their records say. */
  loaded(): void {
    this.#isLoaded = true
  }

  replayMetadata({ groupId, value }: GroupMetadataRecord): void {
    if (value === null) this.#groups.delete(groupId)
    else if (!this.#isLoaded || this.classic(groupId) === null) this.#groups.set(groupId, this.#formed(groupId) ?? groupFromRecord(groupId, value, this.#clock))
  }

  /** An offset was committed for the group: it exists, if only for that. */
  replayOffsetOf(groupId: string): void {
    if (!this.#groups.has(groupId)) this.#groups.set(groupId, this.#formed(groupId) ?? new ClassicGroup(groupId, this.#clock))
  }

  replayOther({ kind, groupId, memberId, isTombstone }: OtherGroupRecord): void {
    const known = this.#groups.get(groupId)
    const group: OtherGroup = known?.kind === kind ? known : { kind, groupId, memberIds: new Set() }
    if (memberId === null) {
      if (!isTombstone) this.#groups.set(groupId, group)
      else if (known?.kind === kind) this.#groups.delete(groupId)
      return
    }
    if (isTombstone && known?.kind !== kind) return
    const memberIds = new Set(group.memberIds)
    if (isTombstone) memberIds.delete(memberId)
    else memberIds.add(memberId)
    this.#groups.set(groupId, { kind, groupId, memberIds })
  }

  #formed(groupId: string): ClassicGroup | undefined {
    const group = this.#forming.get(groupId)
    this.#forming.clear()
    return group
  }
}
