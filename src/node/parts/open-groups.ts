import { OFFSETS_TOPIC } from '../../../protocol/internal-topics.ts'
import type { Ports } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import { GroupService } from '../../group/group-service.ts'
import type { MetadataLoader } from '../../metadata/loader.ts'
import type { Logger } from '../../telemetry/logger.ts'
import { groupSettings } from '../settings/group-settings.ts'
import { openCoordinatorLogs } from './coordinator-log.ts'
import { GroupElections } from './group-elections.ts'
import { partitionCountOf, topicDirectory } from './metadata-views.ts'
import type { OpenPartitions } from './open-partitions.ts'

export interface OpenGroupsOptions {
  readonly nodeId: number
  readonly config: NodeConfig
  readonly loader: MetadataLoader
  readonly partitions: OpenPartitions
  readonly ports: Ports
  readonly logger: Logger
}

export interface OpenGroups {
  readonly groups: GroupService
  /** To be added to the followers of the metadata, behind replication. */
  readonly elections: GroupElections
  /** Resolves when every group whose partition this node leads is loaded, or could not be. */
  allServing(): Promise<void>
}

/** The group coordinator, over the partitions of `__consumer_offsets` that this node leads. */
export function openGroups({ nodeId, config, loader, partitions, ports, logger }: OpenGroupsOptions): OpenGroups {
  const { replicas, topicConfigs } = partitions
  const groups = new GroupService({
    settings: groupSettings(config, () => partitionCountOf(loader, OFFSETS_TOPIC)),
    openLog: openCoordinatorLogs({ replicas, clock: ports.clock, maxBatchBytes: (topic) => topicConfigs.of(topic).get('max.message.bytes') }),
    topics: topicDirectory(loader),
    ...ports,
    logger,
  })
  const elections = new GroupElections(nodeId, groups)
  return { groups, elections, allServing: () => whenAllServe(groups, elections, ports, logger) }
}

/** As long as loading may hold back the start of the node; groups that load longer answer COORDINATOR_LOAD_IN_PROGRESS, as in Kafka. */
const LOADING_MS = 30_000

async function whenAllServe(groups: GroupService, { led }: GroupElections, { timers }: Ports, logger: Logger): Promise<void> {
  const tooLong = new AbortController()
  const timer = timers.schedule(LOADING_MS, () => tooLong.abort())
  const loaded = await Promise.allSettled([...led].map((partition) => groups.whenServing(partition, tooLong.signal)))
  timer.cancel()
  const missing = loaded.filter(({ status }) => status === 'rejected').length
  if (missing > 0) logger.warn('the node opens while groups are still loading', { partitions: missing })
}
