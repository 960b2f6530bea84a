import type { SnapshotRegistry } from '../../../src/base/timeline/snapshot-registry.ts'
import { TimelineMap } from '../../../src/base/timeline/timeline-map.ts'
import type { Decision } from '../../../src/coordinator/decision.ts'
import type { RecordCodec, ReplayPosition, ShardMachine } from '../../../src/coordinator/shard-machine.ts'

/** The smallest coordinator there is: named counters. */
export interface CounterRecord {
  readonly name: string
  /** null removes the counter. */
  readonly total: number | null
}

export const counterCodec: RecordCodec<CounterRecord> = {
  encode: ({ name, total }) => ({ key: Buffer.from(name), value: total === null ? null : Buffer.from(String(total)) }),
  decode: (key, value) => (key === null ? null : { name: key.toString(), total: value === null ? null : Number(value.toString()) }),
}

export class CounterMachine implements ShardMachine<CounterRecord> {
  readonly counters: TimelineMap<string, number>
  readonly offsets: number[] = []
  isLoaded = false
  isUnloaded = false

  constructor(snapshots: SnapshotRegistry) {
    this.counters = new TimelineMap(snapshots)
  }

  replay({ name, total }: CounterRecord, at: ReplayPosition): void {
    if (name === 'poison') throw new Error('poisoned')
    this.offsets.push(at.offset)
    if (total === null) this.counters.delete(name)
    else this.counters.set(name, total)
  }

  replayTransactionEnd(): void {}

  onLoaded(): void {
    this.isLoaded = true
  }

  onUnloaded(): void {
    this.isUnloaded = true
  }

  /** Counts on what it sees: a decision that was not reverted would show. */
  add(name: string, by: number): Decision<number, CounterRecord> {
    const total = (this.counters.get(name) ?? 0) + by
    return { reply: total, records: [{ name, total }] }
  }

  state(atOffset?: number): Record<string, number> {
    return Object.fromEntries([...this.counters.entries(atOffset)].sort(([a], [b]) => (a < b ? -1 : 1)))
  }
}
