import { DiskError } from '../../base/errors.ts'
import type { Ports, Timers } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import type { MetadataLoader } from '../../metadata/loader.ts'
import { ReplicaManager } from '../../replication/replica-manager.ts'
import { LogManager } from '../../storage/log-manager.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Traffic } from '../../telemetry/traffic.ts'
import type { OpenDirectories } from '../directories/open-directories.ts'
import type { NodeFailure } from '../lifetime/node-failure.ts'
import type { Teardown } from '../lifetime/teardown.ts'
import { BrokerConfigs } from '../settings/broker-configs.ts'
import { replicationSettings } from '../settings/replication-settings.ts'
import { logManagerSettings } from '../settings/storage-settings.ts'
import { TopicConfigs } from '../settings/topic-configs.ts'

export interface OpenPartitionsOptions {
  readonly config: NodeConfig
  readonly identity: NodeIdentity
  readonly directories: OpenDirectories
  readonly loader: MetadataLoader
  readonly ports: Ports
  /** For fetches that wait. */
  readonly pollTimers: Timers
  readonly logger: Logger
  readonly failure: NodeFailure
  readonly teardown: Teardown
  readonly traffic: Traffic
  /** Takes what closes files when the process has too many open. */
  readonly onShortage: (close: () => number) => void
  /** The epoch of this broker when it stops; stands in the marker of a clean shutdown (KIP-966). */
  readonly brokerEpoch: () => number
}

/** The logs and partitions of this node. `replicas` has yet to be added to the followers of the metadata. */
export interface OpenPartitions {
  readonly logs: LogManager
  readonly replicas: ReplicaManager
  readonly topicConfigs: TopicConfigs
}

/** Settings first, then logs: each needs the ones before in place. Errors: NO_LOG_DIRECTORY, DUPLICATE_LOG, `DiskError`. */
export async function openPartitions(options: OpenPartitionsOptions): Promise<OpenPartitions> {
  const { config, identity, loader, ports, logger, failure, teardown } = options
  const topicConfigs = new TopicConfigs(config)
  const brokerConfigs = new BrokerConfigs(identity.nodeId, config, logger.child('config'))
  await Promise.all([loader.addPublisher(brokerConfigs), loader.addPublisher(topicConfigs)])
  const logs = await openLogs(options, topicConfigs, (directory) => replicas.directoryWentOffline(directory))
  const replicas = new ReplicaManager({
    nodeId: identity.nodeId,
    ports,
    pollTimers: options.pollTimers,
    logger: logger.child('replication'),
    logs,
    metadata: loader,
    settings: replicationSettings(config),
    traffic: options.traffic,
    minInsyncReplicas: (topic) => topicConfigs.minInsyncReplicas(topic),
    brokerEpoch: options.brokerEpoch,
    throttledReplicas: {
      leader: (topic) => topicConfigs.of(topic).get('leader.replication.throttled.replicas'),
      follower: (topic) => topicConfigs.of(topic).get('follower.replication.throttled.replicas'),
    },
    interBrokerListenerName: identity.interBrokerListenerName,
    onFailure: failure.report,
  })
  teardown.add('replication', () => replicas.stop())
  followSettings(config, topicConfigs, logs)
  config.onChange((names) => {
    if (names.has('cordoned.log.dirs')) replicas.directories.cordonedChanged()
    if (names.has('num.replica.fetchers')) replicas.fetchers.resized().catch(failure.report)
  })
  return { logs, replicas, topicConfigs }
}

async function openLogs(
  { identity, config, directories, ports, logger, failure, teardown, onShortage, brokerEpoch }: OpenPartitionsOptions,
  topicConfigs: TopicConfigs,
  onOffline: (directory: LogManager['liveDirectories'][number]) => void,
): Promise<LogManager> {
  const logs = await LogManager.open({
    ports,
    logger: logger.child('storage'),
    settings: logManagerSettings(config, identity),
    directoryIds: directories.directoryIds,
    onShortage,
    configOf: (topic) => topicConfigs.logConfig(topic),
    onDirectoryOffline(directory, error) {
      onOffline(directory)
      if (logs.liveDirectories.length === 0) failure.report(new DiskError(error.reason, error.path, 'All log directories are offline', error))
    },
  })
  // Of a node that failed nobody knows what its memory is worth: the next start looks at what is on disk.
  teardown.add('the logs', () => (failure.error === null ? logs.shutdown(brokerEpoch()) : logs.abandon()))
  return logs
}

function followSettings(config: NodeConfig, topicConfigs: TopicConfigs, logs: LogManager): void {
  topicConfigs.onLogConfigChange((configs) => logs.updateConfigs(configs))
  config.onChange((names) => topicConfigs.nodeConfigChanged(names, new Set([...logs.logs].map(({ topic }) => topic))))
}
