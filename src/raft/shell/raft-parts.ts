import { OdradekError } from '../../base/errors.ts'
import { RaftCore } from '../core/raft-core.ts'
import { votersNamed } from '../core/voters-named.ts'
import { Delivery } from '../delivery.ts'
import type { LoadedQuorum } from '../load-quorum.ts'
import type { LogBatch } from '../log-batches.ts'
import { MetadataWriter } from '../metadata-writer.ts'
import { PendingAppends } from '../pending-appends.ts'
import type { RaftNodeOptions } from '../raft-node-options.ts'
import type { Voter } from '../voter-set.ts'
import { CoreDriver } from './core-driver.ts'
import { EffectPerformer } from './effect-performer.ts'
import { LogFlusher } from './log-flusher.ts'
import { viewOf } from './log-view-of.ts'
import { PeerCalls, type PeerOutcomeEvent } from './peer-calls.ts'
import { RequestDesk } from './request-desk.ts'

/** What `RaftNode` is assembled from. */
export interface RaftParts<T> {
  readonly core: RaftCore
  readonly driver: CoreDriver
  readonly flusher: LogFlusher
  readonly pending: PendingAppends<T>
  readonly writer: MetadataWriter<T>
  readonly delivery: Delivery<T>
  readonly performer: EffectPerformer<T>
  readonly desk: RequestDesk
  readonly calls: PeerCalls
}

export interface RaftHooks<T> {
  /** To be handed to the state machine. */
  onCommitted(batch: LogBatch<T>): void
  /** All that is committed was handed over. */
  onDelivered(): void
  /** The core has stepped, and what it said is done. */
  onSettled(): void
  /** A peer answered, or did not. */
  onOutcome(event: PeerOutcomeEvent): void
  onFailure(error: unknown, message: string): void
}

const DEFAULT_MAX_PENDING_APPENDS = 10_000

/** The highest level of `kraft.version` that this node takes part in. Source: KIP-853. */
const MAX_KRAFT_VERSION = 1

/** Joins the core with what it needs of log, disk, network and state machine. Nothing happens before its first event. */
export function assembleRaft<T>(options: RaftNodeOptions<T>, quorum: LoadedQuorum<T>, hooks: RaftHooks<T>): RaftParts<T> {
  const { log, serde, peers, listener, ports, logger } = options
  const core = coreOf(options, quorum)
  const pending = new PendingAppends<T>(options.maxPendingAppends ?? DEFAULT_MAX_PENDING_APPENDS)
  const onFailure = (error: unknown, message: string) => hooks.onFailure(error, message)
  const driver = new CoreDriver({
    core,
    ...ports,
    perform: (effect) => performer.perform(effect),
    onSettled: () => hooks.onSettled(),
    onFailure: (error) => onFailure(error, 'cannot go on with the metadata log'),
  })
  const flusher = new LogFlusher({
    log,
    onFlushed: (endOffset, isStillTrue) => driver.enqueue({ type: 'flushed', endOffset }, isStillTrue),
    onFailure,
  })
  const writer = new MetadataWriter({
    ...{ log, serde, clock: ports.clock, pending, flusher, onFailure },
    onAppended: (baseOffset, control) => driver.enqueueNext({ type: 'appended', voters: votersNamed(baseOffset, control, core) }),
  })
  const delivery = new Delivery({
    ...{ log, serde, timers: ports.timers, pending },
    deliver: (batch) => hooks.onCommitted(batch),
    onCaughtUp: () => hooks.onDelivered(),
    onFailure: (error) => onFailure(error, 'cannot read the metadata log'),
  })
  const desk = new RequestDesk({
    log,
    snapshots: quorum.snapshots,
    head: () => ({ epoch: core.epoch, leaderId: core.leaderId }),
    ask: (id, request) => driver.enqueue({ type: 'request', id, request }),
    withdraw: (id) => driver.enqueue({ type: 'withdrawn', id }),
  })
  const calls = new PeerCalls({ peers, onOutcome: (event) => hooks.onOutcome(event), onFailure: (error) => onFailure(error, 'cannot hear the quorum') })
  const performer = new EffectPerformer({
    ...{ core, log, serde, ports, listener, quorum, driver, writer, flusher, pending, delivery, desk, calls, logger },
    onHalt: (reason) => onFailure(new OdradekError('METADATA_QUORUM', reason), 'the quorum contradicts the metadata log'),
  })
  return { core, driver, flusher, pending, writer, delivery, performer, desk, calls }
}

function ownVoter<T>({ nodeId: id, directoryId, endpoints, isController }: RaftNodeOptions<T>): Voter | null {
  return isController ? { id, directoryId, endpoints, minKraftVersion: 0, maxKraftVersion: MAX_KRAFT_VERSION } : null
}

function coreOf<T>(options: RaftNodeOptions<T>, quorum: LoadedQuorum<T>): RaftCore {
  const { voters, kraftVersion, voterEntries, election } = quorum
  return new RaftCore({
    self: { id: options.nodeId, directoryId: options.directoryId },
    ...{ voters, kraftVersion, voterEntries, election },
    log: viewOf(options.log, quorum.snapshots),
    // What a process that died left in the system's memory is flushed with what comes next.
    flushedOffset: 0,
    timings: options.timings,
    random: options.ports.random,
    bootstrapIds: options.peers.bootstrapIds,
    own: ownVoter(options),
    joins: options.joins,
  })
}
