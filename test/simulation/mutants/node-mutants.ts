/** One rule of a node broken at a time, to show that the scenarios would see it. See `Mutant`. */
import { MemberConnections } from '../../../src/group/member-connections.ts'
import { FlushGate } from '../../../src/replication/flush-gate.ts'
import { CLEAN_SHUTDOWN_FILE } from '../../../src/storage/directory/clean-shutdown.ts'
import { LogDurability } from '../../../src/storage/log/log-durability.ts'
import { PartitionLog } from '../../../src/storage/log/partition-log.ts'
import { Segment } from '../../../src/storage/log/segment.ts'
import { LogManager } from '../../../src/storage/log-manager.ts'
import { SimulatedDisk } from '../../support/world/simulated-disk.ts'
import { groupMembers } from '../group-members.ts'
import { play } from '../play.ts'
import type { Scenario } from '../scenario.ts'
import { oneNode } from '../scenarios/one-node.ts'
import { partitionLogs } from '../scenarios/partition-logs.ts'
import { deleteOneRecordMore, forgetProducers, keepDeletedLogs, keepFirstCommittedOffset, takeMetadataForFlushed } from './broken-rules.ts'
import type { Mutant } from './mutant.ts'
import { replaced, replacedGetter } from './replaced.ts'

const playing = (scenario: Scenario) => (seed: number) => play(scenario, seed)

export const nodeMutants: readonly Mutant[] = [
  {
    name: 'removes members that came back on another connection',
    play: playing(groupMembers),
    seenWithin: 10,
    apply: () => replaced(MemberConnections.prototype, 'isConnected', () => () => false),
  },
  {
    name: 'acknowledges a write before its flush',
    play: playing(oneNode),
    seenWithin: 10,
    apply: () => replaced(FlushGate.prototype, 'hold', () => () => {}),
  },
  {
    name: 'shows what recovery found before it is flushed',
    play: playing(oneNode),
    seenWithin: 400,
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
    play: playing(oneNode),
    seenWithin: 10,
    apply: takeMetadataForFlushed,
  },
  {
    name: 'appends a repeated batch again',
    play: playing(oneNode),
    seenWithin: 20,
    apply: forgetProducers,
  },
  {
    name: 'forgets producers when it starts',
    play: playing(oneNode),
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
    play: playing(oneNode),
    seenWithin: 5,
    apply: keepFirstCommittedOffset,
  },
  {
    name: 'deletes one record more than was asked for',
    play: playing(oneNode),
    seenWithin: 5,
    apply: deleteOneRecordMore,
  },
  {
    name: 'leaves the log of a deleted topic in its place',
    play: playing(oneNode),
    seenWithin: 5,
    apply: keepDeletedLogs,
  },
  {
    name: 'takes every stop for a clean one',
    play: playing(oneNode),
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
    play: playing(partitionLogs),
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
    play: playing(partitionLogs),
    seenWithin: 20,
    apply: () => replaced(LogDurability.prototype, 'noteNewFile', () => () => {}),
  },
  {
    name: 'says in its checkpoint that all is flushed',
    play: playing(partitionLogs),
    seenWithin: 50,
    apply: () => replacedGetter(PartitionLog.prototype, 'recoveryStart', (_original, log) => log.logEndOffset),
  },
]
