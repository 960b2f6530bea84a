import { COMPRESSIONS } from '../../../protocol/compression/codecs.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { GroupSettings } from '../../group/group-settings.ts'

const MS_PER_MINUTE = 60_000

/**
 * The group coordinator's view of the node's configuration, read at each use.
 * @param existingPartitionCount of `__consumer_offsets`; null while it was not made
 */
export function groupSettings(config: NodeConfig, existingPartitionCount: () => number | null): GroupSettings {
  return {
    get writeTimeoutMs() {
      return config.get('offsets.commit.timeout.ms')
    },
    get appendLingerMs() {
      return config.get('group.coordinator.append.linger.ms')
    },
    get loadBufferBytes() {
      return config.get('offsets.load.buffer.size')
    },
    get compression() {
      return COMPRESSIONS[config.get('offsets.topic.compression.codec')] ?? 'none'
    },
    get offsetsTopicPartitionCount() {
      return existingPartitionCount() ?? config.get('offsets.topic.num.partitions')
    },
    get minSessionTimeoutMs() {
      return config.get('group.min.session.timeout.ms')
    },
    get maxSessionTimeoutMs() {
      return config.get('group.max.session.timeout.ms')
    },
    get initialRebalanceDelayMs() {
      return config.get('group.initial.rebalance.delay.ms')
    },
    get memberConnectionGraceMs() {
      return config.get('odradek.member.connection.grace.ms')
    },
    get maxGroupSize() {
      return config.get('group.max.size')
    },
    get offsetMetadataMaxLength() {
      return config.get('offset.metadata.max.bytes')
    },
    get offsetsRetentionMs() {
      return config.get('offsets.retention.minutes') * MS_PER_MINUTE
    },
    get offsetsRetentionCheckIntervalMs() {
      return config.get('offsets.retention.check.interval.ms')
    },
  }
}
