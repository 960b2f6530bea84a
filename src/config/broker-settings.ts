import type { Settings, ValueOf } from './setting.ts'
import { cleanerSettings } from './settings/cleaner.ts'
import { consumerGroupsSettings } from './settings/consumer-groups.ts'
import { groupsSettings } from './settings/groups.ts'
import { logSettings } from './settings/log.ts'
import { metricsSettings } from './settings/metrics.ts'
import { networkSettings } from './settings/network.ts'
import { nodeSettings } from './settings/node.ts'
import { odradekSettings } from './settings/odradek.ts'
import { quorumSettings } from './settings/quorum.ts'
import { quotasSettings, throttleSettings } from './settings/quotas.ts'
import { remoteStorageSettings } from './settings/remote-storage.ts'
import { replicationSettings } from './settings/replication.ts'
import { saslSettings } from './settings/sasl.ts'
import { securitySettings } from './settings/security.ts'
import { shareGroupsSettings } from './settings/share-groups.ts'
import { streamsGroupsSettings } from './settings/streams-groups.ts'
import { tlsSettings } from './settings/tls.ts'
import { topicsSettings } from './settings/topics.ts'
import { transactionsSettings } from './settings/transactions.ts'

/** Every setting of a node by name: Apache Kafka's and our own. Its type gives the type of each value. */
export const brokerSettings = {
  ...nodeSettings,
  ...networkSettings,
  ...topicsSettings,
  ...logSettings,
  ...cleanerSettings,
  ...replicationSettings,
  ...quorumSettings,
  ...groupsSettings,
  ...consumerGroupsSettings,
  ...shareGroupsSettings,
  ...streamsGroupsSettings,
  ...transactionsSettings,
  ...quotasSettings,
  ...throttleSettings,
  ...tlsSettings,
  ...saslSettings,
  ...securitySettings,
  ...metricsSettings,
  ...remoteStorageSettings,
  ...odradekSettings,
}

export type BrokerSettingName = keyof typeof brokerSettings

export type BrokerValue<Name extends BrokerSettingName> = ValueOf<(typeof brokerSettings)[Name]>

export function isBrokerSetting(name: string): name is BrokerSettingName {
  return Object.hasOwn(brokerSettings, name)
}

/** True for what only tools set, while the node runs. */
export function isDynamicOnly(name: string): boolean {
  return Object.hasOwn(throttleSettings, name)
}

export interface SettingDomain {
  readonly title: string
  /** One sentence, or two. */
  readonly about: string
  readonly settings: Settings
}

/** The same by domain, in the order of the documentation. */
export const settingDomains: readonly SettingDomain[] = [
  { title: 'Node', about: 'The node itself: its identity and roles, its session with the controller, and how it starts and stops.', settings: nodeSettings },
  { title: 'Network', about: 'Listeners, connections, and what requests may cost.', settings: networkSettings },
  { title: 'Topics', about: 'How topics come into being and go.', settings: topicsSettings },
  {
    title: 'Log',
    about: 'Where records are kept, in which files, and for how long. Most are the values of topics that do not set their own.',
    settings: logSettings,
  },
  { title: 'Log cleaner', about: 'Compaction of topics whose `cleanup.policy` holds `compact`.', settings: cleanerSettings },
  { title: 'Replication', about: 'Copies of partitions: followers, the in-sync set, elections.', settings: replicationSettings },
  {
    title: 'Controller and metadata quorum',
    about: "The metadata log, the controllers that agree on it, and the controller's own work.",
    settings: quorumSettings,
  },
  { title: 'Groups and offsets', about: 'Group membership by the classic protocol, and committed offsets.', settings: groupsSettings },
  { title: 'Consumer groups', about: 'Groups of the protocol of KIP-848.', settings: consumerGroupsSettings },
  { title: 'Share groups', about: 'Queues over topics: share groups (KIP-932) and the coordinator of their state.', settings: shareGroupsSettings },
  { title: 'Streams groups', about: 'Groups of Kafka Streams applications (KIP-1071).', settings: streamsGroupsSettings },
  { title: 'Transactions', about: 'The transaction coordinator.', settings: transactionsSettings },
  { title: 'Quotas', about: "Windows over which rates are measured. The limits themselves are set by clients' tools, not here.", settings: quotasSettings },
  {
    title: 'Throttles',
    about: 'Limits that tools set on brokers while they run, and no file.',
    settings: throttleSettings,
  },
  {
    title: 'TLS',
    about: 'Certificates, keys and what TLS connections must offer. Each may be set for one listener: `listener.name.<name>.ssl.…`.',
    settings: tlsSettings,
  },
  { title: 'SASL', about: 'How clients and other nodes say who they are.', settings: saslSettings },
  { title: 'Security', about: 'Who may do what, and delegation tokens.', settings: securitySettings },
  { title: 'Metrics', about: 'What is measured and told.', settings: metricsSettings },
  { title: 'Remote storage', about: 'Tiered storage (KIP-405) is a plug-in of Java classes.', settings: remoteStorageSettings },
  { title: 'Odradek', about: 'Settings that Apache Kafka does not know.', settings: odradekSettings },
]
