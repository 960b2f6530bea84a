import type { Timers } from '../../base/ports.ts'
import { type TopicPartition, topicPartitionKey } from '../../base/topic-partition.ts'
import type { GroupCounts } from './group-states.ts'
import type { PartitionEnds } from './partition-ends.ts'

/** Where a group stands, as its coordinator knows it. */
export interface ObservedGroup {
  readonly state: string
  readonly memberCount: number
  readonly committed: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[]
}

/** The groups whose coordinator this node is. */
export interface ObservedGroups {
  /** Made one by one: what changes meanwhile may be told or not. */
  statuses(): Iterable<readonly [groupId: string, status: ObservedGroup]>
}

/** What a group committed in a partition. */
export interface LagRow {
  readonly group: string
  readonly topic: string
  readonly partition: number
  /** The next record that it wants. */
  readonly offset: number
  /** Where the partition ends for consumers; null where that is not known now. */
  readonly end: number | null
}

export interface Rebalances {
  readonly total: number
  readonly lastHour: number
}

export interface GroupRow {
  readonly group: string
  readonly memberCount: number
  readonly rebalances: Rebalances
}

/** Before the end is looked up. */
type Position = { -readonly [Name in keyof LagRow]: LagRow[Name] }

export interface GroupReadingOptions {
  readonly groups: ObservedGroups
  readonly rebalancesOf: (groupId: string) => Rebalances
  readonly ends: PartitionEnds
  readonly timers: Timers
  /** `metrics.group.partitions.max` */
  readonly maxRows: () => number
}

/** A group whose id is longer is not told: a client chooses it, and cut it might be like another. */
const MAX_SHOWN_LENGTH = 256
/** Groups, and partitions of theirs, that are looked at before other work gets its turn. */
const GROUPS_PER_SLICE = 100
const PARTITIONS_PER_SLICE = 2_000

/**
 * What a reading of the metrics tells of the groups of this node: looked up once for all tables, in slices, and kept until the next
 * reading. Bounded: of more groups or partitions than may be told those of groups with members are, and the rest is a number.
 */
export class GroupReading {
  readonly #options: GroupReadingOptions
  #lags: readonly LagRow[] = []
  #groups: readonly GroupRow[] = []
  #states: GroupCounts = new Map()
  #leftOut = { positions: 0, groups: 0 }

  constructor(options: GroupReadingOptions) {
    this.#options = options
  }

  get lags(): readonly LagRow[] {
    return this.#lags
  }

  get groups(): readonly GroupRow[] {
    return this.#groups
  }

  get states(): GroupCounts {
    return this.#states
  }

  /** Partitions of groups, and groups, that are not told. */
  get leftOut(): { readonly positions: number; readonly groups: number } {
    return this.#leftOut
  }

  /** To be awaited before a reading. Other nodes are asked where their partitions end, if it is time to. */
  readonly take = async (): Promise<void> => {
    const { ends } = this.#options
    const positions = await this.#look()
    if (ends.isDue) ends.ask(await this.#elsewhere(positions))
    await ends.answered()
    await this.#inSlices(positions, (position) => {
      position.end = ends.endOf(position.topic, position.partition)
    })
    this.#lags = positions
  }

  /** @returns those of which the lag is told */
  async #look(): Promise<readonly Position[]> {
    const maxRows = this.#options.maxRows()
    const positions = new Selection<Position>(maxRows)
    const groups = new Selection<GroupRow>(maxRows)
    const states = new Map<string, number>()
    const slices = this.#slices()
    for (const [group, { state, memberCount, committed }] of this.#options.groups.statuses()) {
      states.set(state, (states.get(state) ?? 0) + 1)
      const isActive = memberCount > 0
      if (group.length > MAX_SHOWN_LENGTH) {
        groups.leaveOut(1)
        positions.leaveOut(committed.length)
      } else {
        groups.add({ group, memberCount, rebalances: this.#options.rebalancesOf(group) }, isActive)
        for (const { topic, partition, offset } of committed) positions.add({ group, topic, partition, offset, end: null }, isActive)
      }
      await slices.looked(committed.length)
    }
    this.#groups = groups.chosen()
    this.#states = states
    this.#leftOut = { positions: positions.leftOutCount, groups: groups.leftOutCount }
    return positions.chosen()
  }

  /** Of the partitions that other nodes lead and have no replica here. */
  async #elsewhere(positions: readonly Position[]): Promise<Iterable<TopicPartition>> {
    const { ends } = this.#options
    const wanted = new Map<string, TopicPartition>()
    await this.#inSlices(positions, (position) => {
      const { topic, partition } = position
      if (!ends.isLocal(topic, partition)) wanted.set(topicPartitionKey(topic, partition), position)
    })
    return wanted.values()
  }

  async #inSlices(positions: readonly Position[], look: (position: Position) => void): Promise<void> {
    for (const [index, position] of positions.entries()) {
      look(position)
      if ((index + 1) % PARTITIONS_PER_SLICE === 0) await this.#othersTurn()
    }
  }

  /** Lets other work run between slices of groups. */
  #slices() {
    let groups = 0
    let partitions = 0
    return {
      looked: async (partitionCount: number): Promise<void> => {
        groups += 1
        partitions += partitionCount
        if (groups < GROUPS_PER_SLICE && partitions < PARTITIONS_PER_SLICE) return
        groups = 0
        partitions = 0
        await this.#othersTurn()
      },
    }
  }

  #othersTurn(): Promise<void> {
    return new Promise((resolve) => this.#options.timers.defer(resolve))
  }
}

/** As many as there may be of what comes, those that matter first. */
class Selection<Row> {
  readonly #max: number
  readonly #first: Row[] = []
  readonly #others: Row[] = []
  #count = 0

  constructor(max: number) {
    this.#max = max
  }

  chosen(): readonly Row[] {
    return this.#others.length === 0 ? this.#first : [...this.#first, ...this.#others]
  }

  get leftOutCount(): number {
    return this.#count - this.#first.length - this.#others.length
  }

  leaveOut(count: number): void {
    this.#count += count
  }

  add(row: Row, matters: boolean): void {
    this.#count += 1
    const size = this.#first.length + this.#others.length
    if (matters && this.#first.length < this.#max) {
      if (size >= this.#max) this.#others.pop()
      this.#first.push(row)
    } else if (!matters && size < this.#max) this.#others.push(row)
  }
}
