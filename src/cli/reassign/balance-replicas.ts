/** Where the replicas of one partition are, the preferred leader first. */
export interface PlacedPartition {
  readonly topic: string
  readonly partition: number
  readonly replicas: readonly number[]
}

export interface TargetBroker {
  readonly id: number
  readonly rack: string | null
}

/**
 * Places replicas on `brokers` and no others, as evenly as can be and with as few moves: each broker has as many replicas as
 * another, or one more, and leads as many partitions first. A replica whose broker stays moves only to make room. Racks are kept apart where they can be.
 *
 * @param replicationFactor in place of that of each partition; null keeps it
 * @returns the partitions that change
 * Throws a RangeError where there are fewer brokers than replicas.
 */
export function balanceReplicas(
  partitions: readonly PlacedPartition[],
  brokers: readonly TargetBroker[],
  replicationFactor: number | null = null,
): readonly PlacedPartition[] {
  const placement = new Placement(partitions, brokers)
  placement.fill(replicationFactor)
  placement.even()
  placement.evenLeaders()
  return placement.changed()
}

interface Draft {
  readonly before: PlacedPartition
  replicas: number[]
}

class Placement {
  readonly #drafts: readonly Draft[]
  readonly #racks: ReadonlyMap<number, string | null>
  /** Replicas, and partitions led first, by broker. */
  readonly #load = new Map<number, number>()
  readonly #led = new Map<number, number>()

  constructor(partitions: readonly PlacedPartition[], brokers: readonly TargetBroker[]) {
    this.#racks = new Map(brokers.map(({ id, rack }) => [id, rack]))
    this.#drafts = partitions.map((before) => ({ before, replicas: before.replicas.filter((id) => this.#racks.has(id)) }))
    for (const { id } of brokers) this.#load.set(id, 0)
    for (const { replicas } of this.#drafts) for (const id of replicas) this.#add(this.#load, id, 1)
  }

  /** As many replicas as there shall be: those of brokers that go are replaced. */
  fill(replicationFactor: number | null): void {
    for (const draft of this.#drafts) {
      const wanted = replicationFactor ?? draft.before.replicas.length
      if (wanted > this.#racks.size) throw new RangeError(`${wanted} replicas of ${draft.before.topic} need as many brokers, and there are ${this.#racks.size}`)
      while (draft.replicas.length > wanted) this.#add(this.#load, draft.replicas.pop() as number, -1)
      while (draft.replicas.length < wanted) {
        const id = this.#leastLoaded().find((broker) => !draft.replicas.includes(broker) && this.#isNewRack(draft.replicas, broker)) ?? this.#anyFor(draft)
        draft.replicas.push(id)
        this.#add(this.#load, id, 1)
      }
    }
  }

  /** From the fullest to the emptiest, until they differ by one at most. Each move makes the difference of two smaller, so it ends. */
  even(): void {
    while (this.#moveOne());
  }

  evenLeaders(): void {
    for (const { id } of this.#brokers()) this.#led.set(id, 0)
    for (const { replicas } of this.#drafts) if (replicas[0] !== undefined) this.#add(this.#led, replicas[0], 1)
    while (this.#swapOne());
  }

  changed(): readonly PlacedPartition[] {
    return this.#drafts
      .filter(({ before, replicas }) => replicas.join() !== before.replicas.join())
      .map(({ before: { topic, partition }, replicas }) => ({ topic, partition, replicas }))
  }

  #moveOne(): boolean {
    const order = this.#leastLoaded()
    for (const from of order.toReversed()) {
      for (const to of order) {
        if (this.#loadOf(from) - this.#loadOf(to) <= 1) break
        const candidates = this.#drafts.filter(({ replicas }) => replicas.includes(from) && !replicas.includes(to))
        const found = candidates.find(({ replicas }) => this.#isNewRack(without(replicas, from), to)) ?? candidates[0]
        if (found === undefined) continue
        found.replicas = found.replicas.map((id) => (id === from ? to : id))
        this.#add(this.#load, from, -1)
        this.#add(this.#load, to, 1)
        return true
      }
    }
    return false
  }

  /** Who leads too many gives one to another of its replicas: nothing is copied for that. */
  #swapOne(): boolean {
    for (const draft of this.#drafts) {
      const [leader, ...others] = draft.replicas
      if (leader === undefined) continue
      const to = others.toSorted((a, b) => this.#ledBy(a) - this.#ledBy(b))[0]
      if (to === undefined || this.#ledBy(leader) - this.#ledBy(to) <= 1) continue
      draft.replicas = [to, leader, ...others.filter((id) => id !== to)]
      this.#add(this.#led, leader, -1)
      this.#add(this.#led, to, 1)
      return true
    }
    return false
  }

  #brokers(): readonly { readonly id: number }[] {
    return [...this.#racks.keys()].map((id) => ({ id }))
  }

  #leastLoaded(): number[] {
    return [...this.#racks.keys()].sort((a, b) => this.#loadOf(a) - this.#loadOf(b) || a - b)
  }

  #anyFor({ replicas }: Draft): number {
    return this.#leastLoaded().find((id) => !replicas.includes(id)) as number
  }

  #isNewRack(replicas: readonly number[], id: number): boolean {
    const rack = this.#racks.get(id) ?? null
    return rack === null || !replicas.some((other) => this.#racks.get(other) === rack)
  }

  #loadOf(id: number): number {
    return this.#load.get(id) ?? 0
  }

  #ledBy(id: number): number {
    return this.#led.get(id) ?? 0
  }

  #add(counts: Map<number, number>, id: number, amount: number): void {
    counts.set(id, (counts.get(id) ?? 0) + amount)
  }
}

function without(replicas: readonly number[], broker: number): readonly number[] {
  return replicas.filter((id) => id !== broker)
}
