import { randomUuid, type Uuid } from '../../protocol/uuid.ts'
import type { Random } from '../base/ports.ts'
import type { ConfigSource, NodeConfig } from '../config/node-config.ts'
import { groupConfigRefusal } from '../config/rules/group-rules.ts'
import { topicConfigRefusal } from '../config/rules/topic-rules.ts'
import { replicationOfSetting } from '../config/settings-replication.ts'
import { TopicConfig } from '../config/topic-config.ts'
import type { TopicConfigEntry } from './controller.ts'

/** What decisions ask of the node's configuration and of chance. `overrides` are a topic's own settings. */
export interface ControllerRules {
  readonly defaultPartitionCount: number
  /** @param brokerCount brokers that are registered */
  defaultReplicationFactor(brokerCount: number): number
  /** Why these are no settings of a topic; null when they are. */
  topicConfigRefusal(overrides: ReadonlyMap<string, string>): string | null
  /** Why these are no settings of a group; null when they are. */
  groupConfigRefusal(overrides: ReadonlyMap<string, string>): string | null
  /** All settings in force, sorted by name. */
  topicConfigEntries(overrides: ReadonlyMap<string, string>): readonly TopicConfigEntry[]
  minInsyncReplicas(overrides: ReadonlyMap<string, string>): number
  uncleanElectionEnabled(overrides: ReadonlyMap<string, string>): boolean
  /** `min.insync.replicas` as the node was given it: what a new cluster with ELR begins with (KIP-966). */
  readonly givenMinInsyncReplicas: number
  newUuid(): Uuid
  readonly random: Random
}

/** Kafka's DescribeConfigsResponse.ConfigSource. */
const sourceCodes: Readonly<Record<ConfigSource, number>> = {
  'dynamic-topic': 1,
  'dynamic-broker': 2,
  'dynamic-default-broker': 3,
  'static-broker': 4,
  default: 5,
}

/** Rules that read the configuration each time they are asked, so that changes take effect. */
export function controllerRules(config: NodeConfig, random: Random): ControllerRules {
  const topicConfig = (overrides: ReadonlyMap<string, string>) => new TopicConfig(config, overrides)
  return {
    get defaultPartitionCount() {
      return config.get('num.partitions')
    },
    defaultReplicationFactor: (brokerCount) => replicationOfSetting(config, config.get('default.replication.factor'), brokerCount),
    topicConfigRefusal: (overrides) => topicConfigRefusal(config, overrides),
    groupConfigRefusal: (overrides) => groupConfigRefusal(config, overrides),
    topicConfigEntries: (overrides) =>
      topicConfig(overrides)
        .entries()
        .map(({ name, text, source }) => ({ name, value: text, readOnly: false, source: sourceCodes[source], isSensitive: false })),
    minInsyncReplicas: (overrides) => topicConfig(overrides).get('min.insync.replicas'),
    uncleanElectionEnabled: (overrides) => topicConfig(overrides).get('unclean.leader.election.enable'),
    get givenMinInsyncReplicas() {
      return config.get('min.insync.replicas')
    },
    newUuid: () => randomUuid((count) => random.bytes(count)),
    random,
  }
}
