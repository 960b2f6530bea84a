import { DecodeError } from '../../protocol/errors.ts'
import { batches } from '../../protocol/records/batch.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { OdradekError } from '../base/errors.ts'
import type { Ports } from '../base/ports.ts'
import type { VoterEntry } from './core/effects.ts'
import { votersNamed } from './core/voters-named.ts'
import { decodeElectionState, type ElectionState, formerVoters, QUORUM_STATE_FILE } from './election-state.ts'
import { controlRecords } from './log-batches.ts'
import type { RaftLog } from './raft-log.ts'
import type { RecordSerde } from './record-serde.ts'
import { latestEpochOf } from './shell/log-view-of.ts'
import type { SnapshotContent } from './snapshot-file.ts'
import type { SnapshotId } from './snapshot-name.ts'
import { SnapshotStore } from './snapshot-store.ts'
import { isVoter, type VoterSet } from './voter-set.ts'

/** What a node finds of its quorum when it starts. */
export interface LoadedQuorum<T> {
  readonly election: ElectionState
  /** Ids of the static voters of the last start; null where the directory does not say. */
  readonly formerVoters: readonly number[] | null
  /** Nothing of the quorum is here but what formatting wrote. */
  readonly isBlank: boolean
  readonly kraftVersion: number
  readonly voters: VoterSet
  /** Those that the log names behind the snapshot, and before them the snapshot's own; in order. */
  readonly voterEntries: readonly VoterEntry[]
  readonly snapshots: SnapshotStore<T>
  readonly snapshot: { readonly id: SnapshotId; readonly content: SnapshotContent<T> } | null
}

export interface LoadQuorumOptions<T> {
  readonly nodeId: number
  readonly directoryId: Uuid
  readonly log: RaftLog
  /** A node without this role only observes. */
  readonly isController: boolean
  readonly staticVoters: VoterSet | null
  /** Whether it may ask others than voters for the leader. */
  readonly hasBootstrapServers: boolean
  readonly serde: RecordSerde<T>
  readonly ports: Pick<Ports, 'disk' | 'timers' | 'random'>
}

const READ_SLICE_BYTES = 1024 * 1024
const BOOTSTRAP_OFFSET = 0

export async function loadQuorum<T>(options: LoadQuorumOptions<T>): Promise<LoadedQuorum<T>> {
  const { log, ports, serde } = options
  const snapshots = await SnapshotStore.open({ directory: log.directory, ...ports, serde }, log.logStartOffset)
  const snapshot = await latestSnapshot(snapshots)
  if (snapshot !== null && (await skipLogBelow(snapshot.id, log))) await snapshots.removeBefore(snapshot.id)
  const inSnapshot = votersOfSnapshot(snapshot)
  const inLog = await votersOfLog(log, snapshot?.id.offset ?? log.logStartOffset, inSnapshot)
  const { kraftVersion, voters } = inLog.at(-1) ?? inSnapshot ?? { kraftVersion: 0, voters: null }
  const isBehindBootstrap = snapshot !== null && snapshot.id.offset > BOOTSTRAP_OFFSET
  const remembered = await readElectionState(log.directory, ports.disk)
  return {
    isBlank: remembered === null && log.logEndOffset === 0 && !isBehindBootstrap,
    formerVoters: remembered?.formerVoters ?? null,
    election: remembered?.election ?? { epoch: Math.max(latestEpochOf(log) ?? 0, snapshot?.id.epoch ?? 0), leaderId: null, voted: null },
    kraftVersion,
    voters: checkedVoters(kraftVersion > 0 ? voters : (options.staticVoters ?? voters), kraftVersion, options),
    voterEntries: inSnapshot !== null && isBehindBootstrap ? [inSnapshot, ...inLog] : inLog,
    snapshots,
    snapshot,
  }
}

async function latestSnapshot<T>(snapshots: SnapshotStore<T>): Promise<LoadedQuorum<T>['snapshot']> {
  const id = snapshots.latest
  return id === null ? null : { id, content: await snapshots.read(id) }
}

/** A snapshot that was fetched from a leader may be ahead of the log: then the log begins behind it. */
async function skipLogBelow(id: SnapshotId, log: RaftLog): Promise<boolean> {
  const latestEpoch = latestEpochOf(log) ?? id.epoch
  const isAhead = id.epoch > latestEpoch || id.offset > log.logEndOffset
  if (isAhead) await log.truncateFullyAndStartAt(id.offset)
  return isAhead
}

function votersOfSnapshot(snapshot: LoadedQuorum<unknown>['snapshot']): VoterEntry | null {
  const voters = snapshot?.content.voters ?? null
  if (snapshot === null || voters === null) return null
  return { offset: snapshot.id.offset - 1, voters, kraftVersion: snapshot.content.kraftVersion ?? 0 }
}

/** The voters that the log names from `startOffset` on. Only control batches are decoded. */
async function votersOfLog(log: RaftLog, startOffset: number, before: VoterEntry | null): Promise<readonly VoterEntry[]> {
  const found: VoterEntry[] = []
  let offset = startOffset
  while (offset < log.logEndOffset) {
    const options = { maxBytes: READ_SLICE_BYTES, minOneBatch: true, upTo: 'log-end' } as const
    const read = log.read(offset, options) ?? (await log.readAsync(offset, options))
    const readFrom = offset
    if (read.kind === 'read') {
      for (const batch of batches(read.records)) {
        if (batch.isControl) found.push(...votersNamed(batch.baseOffset, controlRecords(batch), found.at(-1) ?? before))
        offset = batch.nextOffset
      }
    }
    if (offset === readFrom) throw new OdradekError('METADATA_LOG', `the metadata log in ${log.directory} holds no batch at offset ${offset}`)
  }
  return found
}

async function readElectionState(
  directory: string,
  disk: Ports['disk'],
): Promise<{ readonly election: ElectionState; readonly formerVoters: readonly number[] | null } | null> {
  const path = `${directory}/${QUORUM_STATE_FILE}`
  const content = await disk.readFile(path)
  if (content === null) return null
  try {
    return { election: decodeElectionState(content), formerVoters: formerVoters(content) }
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    throw new OdradekError('METADATA_QUORUM', `${path} is damaged: ${cause.message}`, { cause, fields: { path } })
  }
}

/**
 * Refuses what could never work: nobody to ask who leads, a controller that the settings leave out, and the only voter of a
 * quorum when it has lost its disk.
 */
function checkedVoters(found: VoterSet | null, kraftVersion: number, options: LoadQuorumOptions<unknown>): VoterSet {
  const { nodeId, directoryId, isController, hasBootstrapServers, log } = options
  const voters = found ?? []
  if (voters.length === 0 && !hasBootstrapServers) {
    throw quorumError(
      `${log.directory} names no voters: set controller.quorum.bootstrap.servers to addresses of controllers, or controller.quorum.voters, or format the directory as a standalone quorum`,
      { nodeId },
    )
  }
  if (isVoter(voters, nodeId, directoryId)) return voters
  const names = voters.map((voter) => `${voter.id} (directory ${voter.directoryId})`).join(', ')
  if (kraftVersion === 0 && isController && voters.length > 0) {
    throw quorumError(
      `node ${nodeId} is a controller and not one of the quorum's voters ${names}: name it in controller.quorum.voters, or take the role away`,
      {
        nodeId,
      },
    )
  }
  if (voters.length === 1 && voters[0]?.id === nodeId) {
    throw quorumError(
      `node ${nodeId} with directory ${directoryId} is not one of the quorum's voters ${names}, and nobody else could lead: restore the directory that was lost`,
      { nodeId, directoryId },
    )
  }
  return voters
}

function quorumError(message: string, fields: Readonly<Record<string, unknown>>): OdradekError {
  return new OdradekError('METADATA_QUORUM', message, { fields })
}
