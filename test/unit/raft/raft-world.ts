import { METADATA_TOPIC_ID } from '../../../protocol/uuid.ts'
import type { Ports } from '../../../src/base/ports.ts'
import { formatDirectories, METADATA_LOG_DIRECTORY } from '../../../src/raft/format/format-directories.ts'
import { readLogDirectories } from '../../../src/raft/format/log-directories.ts'
import type { LogBatch } from '../../../src/raft/log-batches.ts'
import type { RaftListener } from '../../../src/raft/raft-listener.ts'
import { RaftNode } from '../../../src/raft/raft-node.ts'
import type { RaftPeers } from '../../../src/raft/shell/raft-peers.ts'
import type { VoterSet } from '../../../src/raft/voter-set.ts'
import { DEFAULT_LOG_CONFIG } from '../../../src/storage/log/log-config.ts'
import { openLog } from '../../../src/storage/open-log.ts'
import { type Logger, silentLogger } from '../../../src/telemetry/logger.ts'
import { noPeers } from '../../support/raft/no-peers.ts'

export const text = { encode: (record: string) => Buffer.from(record), decode: (value: Buffer) => value.toString() }

/** A state machine that remembers what it was told. */
export class Recorder implements RaftListener<string> {
  readonly batches: LogBatch<string>[] = []
  readonly leading: number[] = []
  readonly stepDowns: number[] = []
  readonly failures: Error[] = []
  snapshot: readonly string[] = []
  /** What a test does when a batch is committed. */
  onCommit: (batch: LogBatch<string>) => void = () => undefined

  /** All records, of the snapshot and of the log, in order. */
  get records(): readonly string[] {
    return [...this.snapshot, ...this.batches.flatMap((batch) => batch.records)]
  }

  handleSnapshot(_id: unknown, _appendedMs: number, records: readonly string[]): void {
    this.snapshot = records
  }
  handleCommit(batch: LogBatch<string>): void {
    this.batches.push(batch)
    this.onCommit(batch)
  }
  handleLeading(epoch: number): void {
    this.leading.push(epoch)
  }
  handleGone(): void {}

  handleStepDown(epoch: number): void {
    this.stepDowns.push(epoch)
  }
  handleFailure(error: Error): void {
    this.failures.push(error)
  }
}

export interface StartedRaft {
  readonly raft: RaftNode<string>
  readonly machine: Recorder
}

export const LOG_DIR = '/data'

export interface StartOptions {
  readonly staticVoters?: VoterSet
  readonly retentionBytes?: number
  readonly segmentBytes?: number
  readonly maxPendingAppends?: number
  /** With these it is one of several; none where not given. */
  readonly peers?: RaftPeers
  readonly isController?: boolean
  readonly logger?: Logger
}

/** Formats the directory where it is not, opens the log and takes part. */
export async function startRaft(ports: Ports, options: StartOptions = {}): Promise<StartedRaft> {
  const directoryId = await directoryOf(ports, options)
  const log = await openLog({
    ports,
    logger: silentLogger,
    directory: `${LOG_DIR}/${METADATA_LOG_DIRECTORY}`,
    topic: '__cluster_metadata',
    partition: 0,
    topicId: METADATA_TOPIC_ID,
    config: { ...DEFAULT_LOG_CONFIG, retentionMs: -1, retentionBytes: -1, segmentBytes: options.segmentBytes ?? 1024 * 1024, fileDeleteDelayMs: 0 },
    onDiskError: () => undefined,
  })
  const machine = new Recorder()
  const raft = await RaftNode.open({
    nodeId: 1,
    directoryId,
    log,
    isController: options.isController ?? true,
    joins: false,
    endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }],
    peers: options.peers ?? noPeers,
    staticVoters: options.staticVoters ?? null,
    serde: text,
    listener: machine,
    ports,
    logger: options.logger ?? silentLogger,
    retention: { maxBytes: options.retentionBytes ?? -1, maxMs: -1 },
    timings: { electionTimeoutMs: 1000, electionBackoffMaxMs: 1000, fetchTimeoutMs: 2000, requestTimeoutMs: 2000, retryBackoffMs: 20, connectionGraceMs: -1 },
    ...(options.maxPendingAppends === undefined ? {} : { maxPendingAppends: options.maxPendingAppends }),
  })
  await raft.start()
  return { raft, machine }
}

async function directoryOf(ports: Ports, options: StartOptions) {
  const [formatted] = await formatDirectories({
    clusterId: 'cluster',
    nodeId: 1,
    logDirs: [LOG_DIR],
    metadataLogDir: LOG_DIR,
    standaloneVoter: options.staticVoters === undefined ? { name: 'CONTROLLER', host: 'localhost', port: 9093 } : null,
    bootstrapRecords: ['first'],
    serde: text,
    ports,
  })
  const [read] = await readLogDirectories([LOG_DIR], ports.disk, { nodeId: 1 })
  if (formatted === undefined || read?.properties?.directoryId !== formatted.properties.directoryId) throw new Error('formatting must be read back')
  return formatted.properties.directoryId
}
