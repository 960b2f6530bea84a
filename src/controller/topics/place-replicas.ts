import type { Random } from '../../base/ports.ts'
import type { BrokerRegistration, MetadataImage } from '../../metadata/image.ts'

export interface Placement {
  readonly partitionCount: number
  readonly replicationFactor: number
}

export type PlacementResult =
  | { readonly kind: 'placed'; readonly replicas: readonly (readonly number[])[] }
  /** INVALID_REPLICATION_FACTOR, in Kafka's words. */
  | { readonly kind: 'refused'; readonly reason: string }

/**
 * Chooses replicas so that leaders spread over all live brokers and the replicas of a partition over racks: the brokers of
 * each rack stand in a ring, partitions take racks in turn, and the ring starts one further with each partition.
 * Fenced brokers get replicas when there are too few others, never a first one.
 *
 * Source: KRaft's StripedReplicaPlacer.
 */
export function placeReplicas(image: MetadataImage, { partitionCount, replicationFactor }: Placement, random: Random): PlacementResult {
  const brokers = [...image.cluster.brokers.values()].filter(isUsable)
  const refusal = whyImpossible(replicationFactor, brokers)
  if (refusal !== null) return { kind: 'refused', reason: refusal }
  const racks = new RackRing(brokers, random)
  const replicas: (readonly number[])[] = []
  for (let partition = 0; partition < partitionCount; partition++) replicas.push(racks.next(replicationFactor))
  return { kind: 'placed', replicas }
}

/** Not shutting down, and with a directory that takes new partitions. */
function isUsable(broker: BrokerRegistration): boolean {
  const { cordonedLogDirs, logDirs } = broker
  const isCordoned = cordonedLogDirs !== null && logDirs.length > 0 && logDirs.every((directory) => cordonedLogDirs.includes(directory))
  return !broker.inControlledShutdown && !isCordoned
}

function whyImpossible(replicationFactor: number, brokers: readonly BrokerRegistration[]): string | null {
  if (replicationFactor <= 0) return `Invalid replication factor ${replicationFactor}: the replication factor must be positive.`
  if (brokers.every((broker) => broker.fenced)) return 'All brokers are currently fenced, or have all their log directories cordoned.'
  if (replicationFactor <= brokers.length) return null
  return (
    `The target replication factor of ${replicationFactor} cannot be reached because only ${brokers.length} broker(s) are registered ` +
    'or some brokers have all their log directories cordoned.'
  )
}

/** The brokers of one rack and state, taken in a ring that starts one further in each round. */
class BrokerRing {
  readonly #brokers: number[]
  #round = 0
  #start: number
  #taken = 0

  constructor(brokers: readonly number[], random: Random) {
    this.#brokers = [...brokers].sort((a, b) => a - b)
    this.#start = brokers.length === 0 ? 0 : random.below(brokers.length)
  }

  /** The next broker of this round; null when all have been taken in it. */
  next(round: number): number | null {
    if (this.#brokers.length === 0) return null
    if (this.#round !== round) {
      this.#round = round
      this.#taken = 0
      this.#start = (this.#start + 1) % this.#brokers.length
    }
    if (this.#taken >= this.#brokers.length) return null
    return this.#brokers[(this.#start + this.#taken++) % this.#brokers.length] as number
  }

  shuffle(random: Random): void {
    shuffle(this.#brokers, random)
  }
}

interface Rack {
  readonly unfenced: BrokerRing
  readonly fenced: BrokerRing
}

class RackRing {
  readonly #random: Random
  readonly #racks: Rack[]
  readonly #unfencedCount: number
  #round = 0
  #start: number

  constructor(brokers: readonly BrokerRegistration[], random: Random) {
    this.#random = random
    const names = [...new Set(brokers.map(rackName))].sort()
    this.#racks = names.map((name) =>
      rackOf(
        brokers.filter((broker) => rackName(broker) === name),
        random,
      ),
    )
    this.#unfencedCount = brokers.filter((broker) => !broker.fenced).length
    this.#start = random.below(names.length)
  }

  next(replicationFactor: number): readonly number[] {
    if (this.#round === this.#unfencedCount && this.#unfencedCount > 1) this.#shuffle()
    if (this.#start === this.#racks.length) this.#start = 0
    const leader = this.#takeLeader()
    const replicas = [leader.broker]
    let skip = leader.rack
    for (let rack = this.#start; replicas.length < replicationFactor; rack = (rack + 1) % this.#racks.length) {
      // The leader's rack has given its replica of the first turn.
      if (rack === skip) {
        skip = -1
        continue
      }
      const { unfenced, fenced } = this.#racks[rack] as Rack
      const broker = unfenced.next(this.#round) ?? fenced.next(this.#round)
      if (broker !== null) replicas.push(broker)
    }
    this.#round++
    this.#start++
    return replicas
  }

  /** From the first rack, in their order, that has a live broker; there is one. */
  #takeLeader(): { readonly broker: number; readonly rack: number } {
    for (let rack = this.#start; ; rack = (rack + 1) % this.#racks.length) {
      const broker = (this.#racks[rack] as Rack).unfenced.next(this.#round)
      if (broker !== null) return { broker, rack }
    }
  }

  #shuffle(): void {
    shuffle(this.#racks, this.#random)
    for (const rack of this.#racks) {
      rack.fenced.shuffle(this.#random)
      rack.unfenced.shuffle(this.#random)
    }
    this.#round = 0
  }
}

/** Brokers without a rack share one. */
function rackName(broker: BrokerRegistration): string {
  return broker.rack ?? ''
}

function rackOf(brokers: readonly BrokerRegistration[], random: Random): Rack {
  const idsOf = (fenced: boolean) => brokers.filter((broker) => broker.fenced === fenced).map((broker) => broker.id)
  return { unfenced: new BrokerRing(idsOf(false), random), fenced: new BrokerRing(idsOf(true), random) }
}

function shuffle<T>(items: T[], random: Random): void {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    const kept = items[last] as T
    items[last] = items[other] as T
    items[other] = kept
  }
}
