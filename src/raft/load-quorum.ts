import { DecodeError } from '../../protocol/errors.ts'
import { batches } from '../../protocol/records/batch.ts'
import type { Uuid } from '../../protocol/uuid.ts'
import { OdradekError } from '../base/errors.ts'
import type { Ports } from '../base/ports.ts'
import { decodeElectionState, type ElectionState, QUORUM_STATE_FILE } from './election-state.ts'
import { controlRecords } from './log-batches.ts'
import type { RaftLog } from './raft-log.ts'
import type { RecordSerde } from './record-serde.ts'
import type { SnapshotContent } from './snapshot-file.ts'
import type { SnapshotId } from './snapshot-name.ts'
import { SnapshotStore } from './snapshot-store.ts'
import { isVoter, type VoterSet } from './voter-set.ts'

/** What a node finds of its quorum when it starts. */
export interface LoadedQuorum<T> {
  readonly election: ElectionState
  readonly kraftVersion: number
  readonly voters: VoterSet
  /** False while the voters stand in the bootstrap snapshot alone. */
  readonly votersInLog: boolean
  readonly snapshots: SnapshotStore<T>
  readonly snapshot: { readonly id: SnapshotId; readonly content: SnapshotContent<T> } | null
}

export interface LoadQuorumOptions<T> {
  readonly nodeId: number
  readonly directoryId: Uuid
  readonly log: RaftLog
  readonly staticVoters: VoterSet | null
  readonly serde: RecordSerde<T>
  readonly ports: Pick<Ports, 'disk' | 'timers' | 'random'>
}

interface Voters {
  readonly kraftVersion: number
  readonly voters: VoterSet | null
}

const READ_SLICE_BYTES = 1024 * 1024
const BOOTSTRAP_OFFSET = 0

export async function loadQuorum<T>(options: LoadQuorumOptions<T>): Promise<LoadedQuorum<T>> {
  const { log, ports, serde } = options
  const snapshots = await SnapshotStore.open({ directory: log.directory, ...ports, serde }, log.logStartOffset)
  const snapshot = await latestSnapshot(snapshots)
  if (snapshot !== null) await skipLogBelow(snapshot.id, log)
  const inLog = await votersOfLog(log, snapshot?.id.offset ?? log.logStartOffset)
  const inSnapshot = { kraftVersion: snapshot?.content.kraftVersion ?? 0, voters: snapshot?.content.voters ?? null }
  const { kraftVersion, voters } = inLog ?? inSnapshot
  const votersInLog = inLog !== null || (snapshot !== null && snapshot.id.offset > BOOTSTRAP_OFFSET)
  const election = await readElectionState(log.directory, ports.disk)
  return {
    election: election ?? { epoch: Math.max(log.latestEpoch ?? 0, snapshot?.id.epoch ?? 0), leaderId: null, voted: null },
    kraftVersion,
    voters: checkedVoters(kraftVersion > 0 ? voters : (options.staticVoters ?? voters), options),
    votersInLog,
    snapshots,
    snapshot,
  }
}

async function latestSnapshot<T>(snapshots: SnapshotStore<T>): Promise<LoadedQuorum<T>['snapshot']> {
  const id = snapshots.latest
  return id === null ? null : { id, content: await snapshots.read(id) }
}

/** A snapshot that was fetched from a leader may be ahead of the log: then the log begins behind it. */
async function skipLogBelow(id: SnapshotId, log: RaftLog): Promise<void> {
  const latestEpoch = log.latestEpoch ?? 0
  const isAhead = id.epoch > latestEpoch || (id.epoch === latestEpoch && id.offset > log.logEndOffset)
  if (isAhead) await log.truncateFullyAndStartAt(id.offset)
}

/** The last voters that the log names from `startOffset` on, or null. Only control batches are decoded. */
async function votersOfLog(log: RaftLog, startOffset: number): Promise<Voters | null> {
  let found: Voters | null = null
  let offset = startOffset
  while (offset < log.logEndOffset) {
    const options = { maxBytes: READ_SLICE_BYTES, minOneBatch: true, upTo: 'log-end' } as const
    const read = log.read(offset, options) ?? (await log.readAsync(offset, options))
    const before = offset
    if (read.kind === 'read') {
      for (const batch of batches(read.records)) {
        if (batch.isControl) found = laterVoters(found, controlRecords(batch))
        offset = batch.nextOffset
      }
    }
    if (offset === before) throw new OdradekError('METADATA_LOG', `the metadata log in ${log.directory} holds no batch at offset ${offset}`)
  }
  return found
}

function laterVoters(before: Voters | null, control: ReturnType<typeof controlRecords>): Voters | null {
  let { kraftVersion, voters } = before ?? { kraftVersion: 0, voters: null }
  let found = before !== null
  for (const record of control) {
    if (record.type === 'kraft-version') kraftVersion = record.kraftVersion
    else if (record.type === 'voters') voters = record.voters
    else continue
    found = true
  }
  return found ? { kraftVersion, voters } : null
}

async function readElectionState(directory: string, disk: Ports['disk']): Promise<ElectionState | null> {
  const path = `${directory}/${QUORUM_STATE_FILE}`
  const content = await disk.readFile(path)
  if (content === null) return null
  try {
    return decodeElectionState(content)
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    throw new OdradekError('METADATA_QUORUM', `${path} is damaged: ${cause.message}`, { cause, fields: { path } })
  }
}

function checkedVoters(voters: VoterSet | null, options: { readonly nodeId: number; readonly directoryId: Uuid; readonly log: RaftLog }): VoterSet {
  const { nodeId, directoryId, log } = options
  if (voters === null || voters.length === 0) {
    throw quorumError(`${log.directory} names no voters: set controller.quorum.voters, or format the directory as a standalone quorum`, { nodeId })
  }
  if (!isVoter(voters, nodeId, directoryId)) {
    const names = voters.map((voter) => `${voter.id} (directory ${voter.directoryId})`).join(', ')
    throw quorumError(`node ${nodeId} with directory ${directoryId} is not one of the quorum's voters ${names}`, { nodeId, directoryId })
  }
  if (voters.length > 1) throw quorumError(`the quorum has ${voters.length} voters; this version runs a quorum of one`, { nodeId })
  return voters
}

function quorumError(message: string, fields: Readonly<Record<string, unknown>>): OdradekError {
  return new OdradekError('METADATA_QUORUM', message, { fields })
}
