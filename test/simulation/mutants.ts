/**
 * One rule of the program broken at a time, to show that the scenarios would see it. A mutant replaces a method of a class
 * while it is in force; nothing in `src/` knows of it.
 */
import { METADATA_TOPIC } from '../../protocol/internal-topics.ts'
import { MemberConnections } from '../../src/group/member-connections.ts'
import { OffsetStore } from '../../src/group/offsets/offset-store.ts'
import { FlushGate } from '../../src/replication/flush-gate.ts'
import { CLEAN_SHUTDOWN_FILE } from '../../src/storage/directory/clean-shutdown.ts'
import { LogDurability } from '../../src/storage/log/log-durability.ts'
import { PartitionLog } from '../../src/storage/log/partition-log.ts'
import { Segment } from '../../src/storage/log/segment.ts'
import { LogManager } from '../../src/storage/log-manager.ts'
import { ProducerState } from '../../src/storage/producer/producer-state.ts'
import { SimulatedDisk } from '../support/world/simulated-disk.ts'
import { groupMembers } from './group-members.ts'
import { play } from './play.ts'
import { replaced, replacedGetter } from './replaced.ts'
import type { Scenario } from './scenario.ts'
import { oneNode } from './scenarios/one-node.ts'
import { partitionLogs } from './scenarios/partition-logs.ts'

export interface Mutant {
  /** What it does wrong. */
  readonly name: string
  readonly scenario: Scenario
  /** Seeds from 1 on of which one shows it. */
  readonly seenWithin: number
  /** Breaks the rule until the returned function is called. */
  apply(): () => void
}

export const mutants: readonly Mutant[] = [
  {
    name: 'removes members that came back on another connection',
    scenario: groupMembers,
    seenWithin: 10,
    apply: () => replaced(MemberConnections.prototype, 'isConnected', () => () => false),
  },
  {
    name: 'acknowledges a write before its flush',
    scenario: oneNode,
    seenWithin: 10,
    apply: () => replaced(FlushGate.prototype, 'hold', () => () => {}),
  },
  {
    name: 'shows what recovery found before it is flushed',
    scenario: oneNode,
    seenWithin: 150,
    apply: () => {
      const appendedTo = new WeakSet<PartitionLog>()
      const undo = replaced(
        PartitionLog.prototype,
        'appendAsLeader',
        (original) =>
          function (this: PartitionLog, ...args) {
            appendedTo.add(this)
            return original.apply(this, args)
          },
      )
      const undoGetter = replacedGetter(PartitionLog.prototype, 'mustFlush', (original, log) => appendedTo.has(log) && original())
      return () => {
        undoGetter()
        undo()
      }
    },
  },
  {
    name: 'commits metadata before they are flushed',
    scenario: oneNode,
    seenWithin: 10,
    apply: () =>
      replaced(
        PartitionLog.prototype,
        'flush',
        (original) =>
          function (this: PartitionLog) {
            return this.topic === METADATA_TOPIC ? Promise.resolve() : original.call(this)
          },
      ),
  },
  {
    name: 'appends a repeated batch again',
    scenario: oneNode,
    seenWithin: 20,
    apply: () => replaced(ProducerState.prototype, 'get', () => () => undefined),
  },
  {
    name: 'forgets producers when it starts',
    scenario: oneNode,
    seenWithin: 20,
    apply: () =>
      replaced(LogManager, 'open', (original) => async (options) => {
        const manager = await original.call(LogManager, options)
        for (const log of manager.logs) if (log.activeProducers().length > 0) log.removeExpiredProducers(Number.MAX_SAFE_INTEGER)
        return manager
      }),
  },
  {
    name: 'keeps the first offset that was committed',
    scenario: oneNode,
    seenWithin: 5,
    apply: () =>
      replaced(
        OffsetStore.prototype,
        'replay',
        (original) =>
          function (this: OffsetStore, record, at) {
            if (this.committed(record.groupId, record.topic, record.partition) === undefined) original.call(this, record, at)
          },
      ),
  },
  {
    name: 'deletes one record more than was asked for',
    scenario: oneNode,
    seenWithin: 5,
    apply: () =>
      replaced(
        PartitionLog.prototype,
        'incrementLogStartOffset',
        (original) =>
          function (this: PartitionLog, offset) {
            return original.call(this, Math.min(offset + 1, this.highWatermark))
          },
      ),
  },
  {
    name: 'leaves the log of a deleted topic in its place',
    scenario: oneNode,
    seenWithin: 5,
    apply: () => replaced(LogManager.prototype, 'deleteLog', () => async () => {}),
  },
  {
    name: 'takes every stop for a clean one',
    scenario: oneNode,
    seenWithin: 10,
    apply: () =>
      replaced(
        SimulatedDisk.prototype,
        'readFile',
        (original) =>
          function (this: SimulatedDisk, path) {
            return path.endsWith(CLEAN_SHUTDOWN_FILE) ? Promise.resolve(Buffer.from('{}')) : original.call(this, path)
          },
      ),
  },
  {
    name: 'keeps a torn end of a segment',
    scenario: partitionLogs,
    seenWithin: 10,
    apply: () =>
      replaced(
        Segment.prototype,
        'truncateFile',
        () =>
          function (this: Segment) {
            const place = { baseOffset: this.baseOffset, lastOffset: this.baseOffset, maxTimestampMs: -1, sizeBytes: 0 }
            this.noteRecovered({ ...place, position: this.log.get().sizeBytes() }, Number.MAX_SAFE_INTEGER)
          },
      ),
  },
  {
    name: 'forgets to flush the names of new files',
    scenario: partitionLogs,
    seenWithin: 20,
    apply: () => replaced(LogDurability.prototype, 'noteNewFile', () => () => {}),
  },
  {
    name: 'says in its checkpoint that all is flushed',
    scenario: partitionLogs,
    seenWithin: 50,
    apply: () => replacedGetter(PartitionLog.prototype, 'recoveryStart', (_original, log) => log.logEndOffset),
  },
]

/** How many seeds, from `firstSeed` on, it took until the scenario saw the mutant; null when `most` were not enough. */
export async function seedsUntilSeen(mutant: Mutant, firstSeed: number, most: number): Promise<number | null> {
  const undo = mutant.apply()
  try {
    for (let seed = firstSeed; seed < firstSeed + most; seed++) if (await isSeen(mutant, seed)) return seed - firstSeed + 1
    return null
  } finally {
    undo()
  }
}

async function isSeen({ scenario }: Mutant, seed: number): Promise<boolean> {
  try {
    await play(scenario, seed)
    return false
  } catch {
    return true
  }
}
