import { METADATA_TOPIC } from '../../../protocol/internal-topics.ts'
import { METADATA_TOPIC_ID, randomUuid } from '../../../protocol/uuid.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Ports } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { controllerRules } from '../../controller/controller-rules.ts'
import { metadataListener } from '../../controller/metadata-listener.ts'
import { QuorumController } from '../../controller/quorum-controller.ts'
import { bootstrapRecords } from '../../metadata/bootstrap-records.ts'
import { knownFeatures } from '../../metadata/features.ts'
import type { ControllerRegistration, EndpointImage, MetadataImage } from '../../metadata/image.ts'
import { imageRecords } from '../../metadata/image-records.ts'
import { MetadataLoader } from '../../metadata/loader.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import { metadataRecordSerde } from '../../metadata/record-serde.ts'
import { SnapshotGenerator } from '../../metadata/snapshot-generator.ts'
import { readBootstrapFile } from '../../raft/format/bootstrap-file.ts'
import { METADATA_LOG_DIRECTORY } from '../../raft/format/format-directories.ts'
import type { QuorumState, QuorumView } from '../../raft/quorum-description.ts'
import { RaftNode } from '../../raft/raft-node.ts'
import type { RaftServer } from '../../raft/raft-server.ts'
import type { RaftPeers } from '../../raft/shell/raft-peers.ts'
import { WirePeers } from '../../raft/shell/wire-peers.ts'
import { openLog } from '../../storage/open-log.ts'
import { Histogram, SECONDS_BOUNDS } from '../../telemetry/histogram.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { OpenDirectories } from '../directories/open-directories.ts'
import { awaitFirstStart, type FirstStartOptions } from '../join/first-start.ts'
import type { NodeFailure } from '../lifetime/node-failure.ts'
import type { Teardown } from '../lifetime/teardown.ts'
import type { AdvertisedListener } from '../node-listeners.ts'
import { controllerIntervals, metadataLogConfig, raftTimings, snapshotRetention, staticVoters } from '../settings/metadata-settings.ts'

const PLAINTEXT = 0
/** It is a decision about one directory that was lost. */
const NOT_NEEDED = '--replace-voter is not needed, as this directory is not empty: leave it out, or the next one that is lost is replaced without a question'

export interface OpenMetadataOptions {
  readonly config: NodeConfig
  readonly identity: NodeIdentity
  readonly directories: OpenDirectories
  /** This node's controller as others reach it. */
  readonly controllers: readonly AdvertisedListener[]
  readonly ports: Ports
  readonly logger: Logger
  readonly failure: NodeFailure
  readonly teardown: Teardown
  /** A voter of a static quorum takes part without what it knew, whatever may come of it. */
  readonly replaceVoter: boolean
}

/** The cluster's state on this node, and the controller that changes it. */
export interface OpenMetadata {
  readonly loader: MetadataLoader
  readonly controller: QuorumController
  /** The controller as it is known to others. */
  readonly registration: ControllerRegistration
  /** The level of `kraft.version`. */
  kraftVersion(): number
  readonly quorum: QuorumView & { state(): QuorumState }
  /** What other nodes of the quorum ask of this one. */
  readonly raft: RaftServer
  /** How long flushes of the metadata log took, in seconds. */
  readonly flushTimes: Histogram
  /** Nobody else votes: this node leads without being asked for anything. */
  readonly isAlone: boolean
  /**
   * Takes part in the quorum. The controller's listener serves by then, where others may be needed to elect a leader.
   * Resolves when this node has applied all that was committed when it first heard of a leader; and where it is the only
   * voter, when its controller is active.
   */
  start(): Promise<void>
}

/** Resolves when the state of the last run is loaded. */
export async function openMetadata(options: OpenMetadataOptions): Promise<OpenMetadata> {
  const { config, identity, directories, ports, failure, teardown } = options
  const logger = options.logger.child('metadata')
  const loader = new MetadataLoader(failure.report)
  const peers = openPeers(options, logger.child('raft'))
  const flushTimes = new Histogram(SECONDS_BOUNDS)
  const raft = await openRaft({ ...options, peers, flushTimes }, logger, () => controller, loader)
  const registration = registrationOf(options)
  const controller = new QuorumController({
    clusterId: directories.clusterId,
    registration,
    rules: controllerRules(config, ports.random),
    log: raft,
    metadata: loader,
    bootstrapRecords: (await readBootstrapFile(identity.metadataLogDir, ports.disk, metadataRecordSerde)) ?? bootstrapRecords(),
    ...controllerIntervals(config),
    clock: ports.clock,
    timers: ports.timers,
    logger: logger.child('controller'),
    onFailure: failure.report,
  })
  const snapshots = snapshotGenerator(options, logger, raft)
  loader.onPublished((image, bytes) => snapshots.published(image, bytes))
  teardown.add('the metadata log', async () => {
    await snapshots.idle()
    await raft[Symbol.asyncDispose]()
  })
  const isAlone = raft.voters.length === 1 && raft.voters[0]?.id === identity.nodeId
  const stopping = new AbortController()
  teardown.add('the start of the metadata log', () =>
    stopping.abort(new OdradekError('METADATA_LOG_CLOSED', 'the node stops before it took part in the quorum')),
  )
  const startAll = async () => {
    if (!raft.wasBlank && options.replaceVoter) logger.warn(NOT_NEEDED)
    if (isStaticVoter(options, raft) && raft.wasBlank && !options.replaceVoter) await awaitFirstStart(firstStart(options, peers, logger, stopping.signal))
    await start(raft, loader)
    if (isAlone) await controller.active()
  }
  return { loader, controller, registration, kraftVersion: () => raft.kraftVersion, quorum: raft, raft, flushTimes, isAlone, start: startAll }
}

/** Of several, whose directories nobody knows. */
function isStaticVoter({ identity }: OpenMetadataOptions, { voters, kraftVersion }: RaftNode<MetadataRecord>): boolean {
  return kraftVersion === 0 && voters.length > 1 && voters.some(({ id }) => id === identity.nodeId)
}

function firstStart({ identity, directories, config, ports }: OpenMetadataOptions, peers: RaftPeers, logger: Logger, signal: AbortSignal): FirstStartOptions {
  return {
    self: { id: identity.nodeId, directoryId: directories.metadataDirectoryId },
    voterIds: identity.quorumVoters.map(({ id }) => id),
    peers,
    ...ports,
    requestTimeoutMs: config.get('controller.quorum.request.timeout.ms'),
    retryBackoffMs: config.get('controller.quorum.retry.backoff.ms'),
    logger: logger.child('raft'),
    signal,
  }
}

async function start(raft: RaftNode<MetadataRecord>, loader: MetadataLoader): Promise<void> {
  await raft.start()
  await loader.applied((await raft.caughtUp()) - 1)
}

async function openRaft(
  {
    config,
    identity,
    directories,
    controllers,
    ports,
    failure,
    peers,
    flushTimes,
  }: OpenMetadataOptions & { readonly peers: RaftPeers; readonly flushTimes: Histogram },
  logger: Logger,
  controller: () => QuorumController,
  loader: MetadataLoader,
): Promise<RaftNode<MetadataRecord>> {
  const log = await openLog({
    ports,
    logger,
    directory: `${identity.metadataLogDir}/${METADATA_LOG_DIRECTORY}`,
    topic: METADATA_TOPIC,
    partition: 0,
    topicId: METADATA_TOPIC_ID,
    config: metadataLogConfig(config),
    flushTimes,
    onDiskError: failure.report,
  })
  return RaftNode.open({
    nodeId: identity.nodeId,
    directoryId: directories.metadataDirectoryId,
    isController: identity.isController,
    joins: config.get('controller.quorum.auto.join.enable'),
    endpoints: controllers.map(({ name, host, port }) => ({ name, host, port })),
    log,
    staticVoters: staticVoters(identity),
    peers,
    serde: metadataRecordSerde,
    listener: metadataListener(loader, controller, failure.report),
    ports,
    logger: logger.child('raft'),
    retention: snapshotRetention(config),
    timings: raftTimings(config),
  })
}

function openPeers(
  { config, identity, directories, controllers, ports }: Pick<OpenMetadataOptions, 'config' | 'identity' | 'directories' | 'controllers' | 'ports'>,
  logger: Logger,
): WirePeers {
  return new WirePeers({
    nodeId: identity.nodeId,
    sender: {
      clusterId: directories.clusterId,
      endpoints: controllers.map(({ name, host, port }) => ({ name, host, port })),
      fetchMaxBytes: config.get('controller.quorum.fetch.max.bytes'),
      snapshotMaxBytes: config.get('controller.quorum.fetch.snapshot.max.bytes'),
    },
    listenerNames: identity.controllerListenerNames,
    bootstrapServers: identity.quorumBootstrapServers,
    requestTimeoutMs: config.get('controller.quorum.request.timeout.ms'),
    ...ports,
    logger,
  })
}

function registrationOf({ identity, controllers, ports }: OpenMetadataOptions): ControllerRegistration {
  return {
    id: identity.nodeId,
    incarnationId: randomUuid((count) => ports.random.bytes(count)),
    zkMigrationReady: false,
    endpoints: controllers.map(toEndpoint),
    features: knownFeatures,
  }
}

export function toEndpoint({ name, host, port }: AdvertisedListener): EndpointImage {
  return { name, host, port, securityProtocol: PLAINTEXT }
}

function snapshotGenerator({ config, ports }: OpenMetadataOptions, logger: Logger, raft: RaftNode<MetadataRecord>): SnapshotGenerator {
  return new SnapshotGenerator({
    clock: ports.clock,
    maxBytes: config.get('metadata.log.max.record.bytes.between.snapshots'),
    maxIntervalMs: config.get('metadata.log.max.snapshot.interval.ms'),
    write: ({ provenance, ...image }: MetadataImage) =>
      raft.writeSnapshot({ offset: provenance.offset + 1, epoch: provenance.epoch }, provenance.appendedMs, imageRecords({ provenance, ...image })),
    onFailure: (error) => logger.error('a snapshot of the metadata could not be written', { error }),
  })
}
