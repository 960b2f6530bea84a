import { METADATA_TOPIC_ID, type Uuid } from '../../../protocol/uuid.ts'
import type { Ports } from '../../../src/base/ports.ts'
import { ActiveController } from '../../../src/broker/active-controller.ts'
import { BrokerLifecycle } from '../../../src/broker/broker-lifecycle.ts'
import { metadataListener } from '../../../src/controller/metadata-listener.ts'
import { QuorumController } from '../../../src/controller/quorum-controller.ts'
import { bootstrapRecords } from '../../../src/metadata/bootstrap-records.ts'
import { knownFeatures } from '../../../src/metadata/features.ts'
import { MetadataLoader } from '../../../src/metadata/loader.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { metadataRecordSerde } from '../../../src/metadata/record-serde.ts'
import { formatDirectories, METADATA_LOG_DIRECTORY } from '../../../src/raft/format/format-directories.ts'
import { RaftNode } from '../../../src/raft/raft-node.ts'
import { DEFAULT_LOG_CONFIG } from '../../../src/storage/log/log-config.ts'
import { openLog } from '../../../src/storage/open-log.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { noPeers } from '../../support/raft/no-peers.ts'
import { rules } from './cluster.ts'

const LOG_DIR = '/data'

export interface StartedController {
  readonly raft: RaftNode<MetadataRecord>
  readonly loader: MetadataLoader
  readonly controller: QuorumController
  readonly failures: Error[]
  /** A lifecycle of broker 1, not registered yet; `moreLogDirs` are beside the one that is formatted. */
  broker(previousBrokerEpoch?: number, moreLogDirs?: readonly Uuid[]): BrokerLifecycle
  stop(): Promise<void>
}

/** A controller on the metadata log in `/data`, formatted where it is not. */
export async function startController(
  ports: Ports,
  options: { readonly maxIdleIntervalMs?: number; readonly bootstrapRecords?: readonly MetadataRecord[] } = {},
): Promise<StartedController> {
  const directoryId = await format(ports)
  const failures: Error[] = []
  const onFailure = (error: Error) => void failures.push(error)
  const loader = new MetadataLoader(onFailure)
  const raft = await RaftNode.open({
    nodeId: 1,
    directoryId,
    log: await openMetadataLog(ports),
    isController: true,
    joins: false,
    endpoints: [],
    peers: noPeers,
    staticVoters: null,
    serde: metadataRecordSerde,
    listener: metadataListener(loader, () => controller, onFailure),
    ports,
    logger: silentLogger,
    timings: { electionTimeoutMs: 1000, electionBackoffMaxMs: 1000, fetchTimeoutMs: 2000, requestTimeoutMs: 2000, retryBackoffMs: 20, connectionGraceMs: -1 },
    retention: { maxBytes: -1, maxMs: -1 },
  })
  const incarnationId = `incarnation${ports.random.below(1000).toString().padStart(3, '0')}AAAAAAAA` as Uuid
  const controller = new QuorumController({
    clusterId: 'cluster',
    registration: { id: 1, incarnationId, zkMigrationReady: false, endpoints: [], features: knownFeatures },
    rules: rules(),
    log: raft,
    metadata: loader,
    bootstrapRecords: options.bootstrapRecords ?? bootstrapRecords(),
    maxIdleIntervalMs: options.maxIdleIntervalMs ?? 0,
    sessionTimeoutMs: 9000,
    connectionGraceMs: -1,
    leaderBalanceIntervalMs: 300_000,
    uncleanElectionIntervalMs: 300_000,
    clock: ports.clock,
    timers: ports.timers,
    logger: silentLogger,
    onFailure,
  })
  await raft.start()
  await controller.active()
  const active = new ActiveController({
    nodeId: 1,
    quorum: raft,
    local: controller,
    principal: 'User:ANONYMOUS',
    requestTimeoutMs: 30_000,
    sessionTimeoutMs: 9000,
    ...ports,
    logger: silentLogger,
  })
  const broker = (previousBrokerEpoch = -1, moreLogDirs: readonly Uuid[] = []) =>
    new BrokerLifecycle({
      clusterId: 'cluster',
      brokerId: 1,
      incarnationId,
      endpoints: [{ name: 'PLAINTEXT', host: 'a', port: 9092, securityProtocol: 0 }],
      features: knownFeatures,
      rack: null,
      logDirs: [directoryId, ...moreLogDirs],
      cordonedLogDirs: () => [],
      previousBrokerEpoch,
      controller: active,
      metadata: loader,
      timings: { heartbeatIntervalMs: 2000, sessionTimeoutMs: 9000, registrationTimeoutMs: 60_000, directoryFailureTimeoutMs: 30_000 },
      handsOver: true,
      clock: ports.clock,
      timers: ports.timers,
      logger: silentLogger,
      onFailure,
    })
  return { raft, loader, controller, failures, broker, stop: () => raft[Symbol.asyncDispose]() }
}

async function format(ports: Ports): Promise<Uuid> {
  const [directory] = await formatDirectories({
    clusterId: 'cluster',
    nodeId: 1,
    logDirs: [LOG_DIR],
    metadataLogDir: LOG_DIR,
    standaloneVoter: { name: 'CONTROLLER', host: 'localhost', port: 9093 },
    bootstrapRecords: bootstrapRecords(),
    serde: metadataRecordSerde,
    ports,
  })
  if (directory === undefined) throw new Error('one directory is formatted')
  return directory.properties.directoryId
}

function openMetadataLog(ports: Ports) {
  return openLog({
    ports,
    logger: silentLogger,
    directory: `${LOG_DIR}/${METADATA_LOG_DIRECTORY}`,
    topic: '__cluster_metadata',
    partition: 0,
    topicId: METADATA_TOPIC_ID,
    config: { ...DEFAULT_LOG_CONFIG, retentionMs: -1, retentionBytes: -1 },
    onDiskError: () => undefined,
  })
}
