import { ZERO_UUID } from '../../../protocol/uuid.ts'
import type { CoordinatorCluster } from '../../group/coordinator-finder.ts'
import type { TopicDirectory } from '../../group/topic-directory.ts'
import { KRAFT_VERSION, knownFeatures, METADATA_VERSION } from '../../metadata/features.ts'
import { endpointOf, type FeaturesImage, NO_LEADER } from '../../metadata/image.ts'
import type { MetadataService } from '../../metadata/metadata-service.ts'
import type { ApiTable } from '../../server/api-table.ts'
import type { ApiVersionsSource } from '../../server/api-versions-source.ts'

/** The topics of the cluster as the group coordinator asks for them. */
export function topicDirectory(metadata: MetadataService): TopicDirectory {
  return {
    topicId: (name) => metadata.image().topics.byName.get(name)?.id ?? ZERO_UUID,
    topicName: (id) => metadata.image().topics.byId.get(id)?.name ?? null,
    hasTopic: (name) => metadata.image().topics.byName.get(name) !== undefined,
    hasPartition: (name, partition) => metadata.image().topics.byName.get(name)?.partitions[partition] !== undefined,
  }
}

/** How many partitions a topic has; null where there is no such topic. */
export function partitionCountOf(metadata: MetadataService, topic: string): number | null {
  return metadata.image().topics.byName.get(topic)?.partitions.length ?? null
}

/** Leaders and brokers of the cluster as those who look for a coordinator ask for them. */
export function coordinatorCluster(
  nodeId: number,
  metadata: MetadataService,
  ensureInternalTopic: CoordinatorCluster['ensureInternalTopic'],
): CoordinatorCluster {
  return {
    nodeId,
    ensureInternalTopic,
    leaderOf(topic, partition) {
      const leader = metadata.image().topics.byName.get(topic)?.partitions[partition]?.leader ?? NO_LEADER
      return leader === NO_LEADER ? null : leader
    },
    endpointOf(brokerId, listenerName) {
      const broker = metadata.image().cluster.brokers.get(brokerId)
      if (broker === undefined || broker.fenced) return null
      return endpointOf(broker, listenerName) ?? null
    },
  }
}

/** @param kraftVersion the level of `kraft.version`, which stands in the log's control records and not in the image */
export function apiVersionsSource(apis: Pick<ApiTable<never>, 'advertised'>, metadata: MetadataService, kraftVersion: () => number): ApiVersionsSource {
  return {
    advertised: (kind) => apis.advertised(kind),
    supportedFeatures: knownFeatures.map(({ name, minSupportedVersion, maxSupportedVersion }) => ({
      name,
      minVersion: minSupportedVersion,
      maxVersion: maxSupportedVersion,
    })),
    finalizedFeatures() {
      const { provenance, features } = metadata.image()
      return { epoch: provenance.offset, levels: finalizedLevels(features, kraftVersion()) }
    },
  }
}

function finalizedLevels({ metadataVersion, levels }: FeaturesImage, kraftVersion: number): ReadonlyMap<string, number> {
  return new Map([[METADATA_VERSION, metadataVersion], ...levels, [KRAFT_VERSION, kraftVersion]])
}
