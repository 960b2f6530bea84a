import type { Clock } from '../base/ports.ts'

/** Groups of which it is known; of more, those that rebalanced longest ago are forgotten. */
const MAX_GROUPS = 10_000
const SLOT_MS = 300_000
const SLOT_COUNT = 12

interface GroupCount {
  total: number
  /** How many in which five minutes: slot s of the clock stands at s % SLOT_COUNT. */
  readonly slots: number[]
  /** The newest slot that holds anything. */
  newestSlot: number
}

export interface RebalanceCount {
  /** Since this node coordinates the group, or first heard of it again. */
  readonly total: number
  /** In the last hour, to five minutes. */
  readonly lastHour: number
}

const NONE: RebalanceCount = { total: 0, lastHour: 0 }

/** How often groups have rebalanced to an end here. */
export class RebalanceCounts {
  readonly #clock: Clock
  /** The one that rebalanced last stands last. */
  readonly #groups = new Map<string, GroupCount>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** What is held; bounded. */
  get groupCount(): number {
    return this.#groups.size
  }

  /** The group has a new generation. */
  add(groupId: string): void {
    const slot = this.#slot()
    const group = this.#groups.get(groupId) ?? { total: 0, slots: Array.from({ length: SLOT_COUNT }, () => 0), newestSlot: slot }
    forgetOld(group, slot)
    group.total += 1
    group.slots[slot % SLOT_COUNT] = (group.slots[slot % SLOT_COUNT] as number) + 1
    this.#groups.delete(groupId)
    this.#groups.set(groupId, group)
    for (const oldest of this.#groups.keys()) {
      if (this.#groups.size <= MAX_GROUPS) break
      this.#groups.delete(oldest)
    }
  }

  of(groupId: string): RebalanceCount {
    const group = this.#groups.get(groupId)
    if (group === undefined) return NONE
    forgetOld(group, this.#slot())
    return { total: group.total, lastHour: group.slots.reduce((sum, count) => sum + count, 0) }
  }

  #slot(): number {
    return Math.floor(this.#clock.monotonicMs() / SLOT_MS)
  }
}

/** What is an hour old makes room for the slots up to the present one. */
function forgetOld(group: GroupCount, slot: number): void {
  const first = Math.max(group.newestSlot + 1, slot - SLOT_COUNT + 1)
  for (let fresh = first; fresh <= slot; fresh++) group.slots[fresh % SLOT_COUNT] = 0
  group.newestSlot = Math.max(group.newestSlot, slot)
}
