import { join } from 'node:path'
import { crc32c } from '../../protocol/crc32c.ts'
import type { Scenario } from './scenario.ts'
import { alterConfigScenarios, alterConfigSettings } from './scenarios/alter-configs.ts'
import { clusterScenarios } from './scenarios/cluster.ts'
import { configScenarios, configSettings } from './scenarios/configs.ts'
import { controllerScenarios } from './scenarios/controller.ts'
import { dataScenarios } from './scenarios/data.ts'
import { discoveryScenarios } from './scenarios/discovery.ts'
import { everySettingScenarios } from './scenarios/every-setting.ts'
import { featureScenarios } from './scenarios/features.ts'
import { groupScenarios } from './scenarios/groups.ts'
import { halfAppliedScenarios } from './scenarios/half-applied.ts'
import { logDirScenarios } from './scenarios/log-dirs.ts'
import { nameScenarios } from './scenarios/names.ts'
import { envelopeScenarios } from './scenarios/nodes/envelope.ts'
import { heartbeatScenarios } from './scenarios/nodes/heartbeats.ts'
import { leaderScenarios } from './scenarios/nodes/leaders.ts'
import { partitionChangeScenarios } from './scenarios/nodes/partition-changes.ts'
import { placementScenarios } from './scenarios/nodes/placement.ts'
import { registrationScenarios } from './scenarios/nodes/registration.ts'
import { offsetScenarios } from './scenarios/offsets.ts'
import { producerScenarios } from './scenarios/producers.ts'
import { electionScenarios } from './scenarios/quorum/elections.ts'
import { metadataFetchScenarios } from './scenarios/quorum/fetches.ts'
import { snapshotScenarios, snapshotSettings } from './scenarios/quorum/snapshots.ts'
import { voterChangeScenarios, voterChangeSettings } from './scenarios/quorum/voter-changes.ts'
import { voterScenarios } from './scenarios/quorum/voters.ts'
import { securityScenarios } from './scenarios/security.ts'
import { telemetryScenarios, telemetrySettings } from './scenarios/telemetry.ts'
import { topicScenarios } from './scenarios/topics.ts'

export type Properties = Readonly<Record<string, string | number | boolean>>

/** Settings of both brokers, or what makes settings of each of a directory of its own. */
export type Settings = Properties | ((directory: string) => Properties)

/** How the two brokers of a pair are set up. */
export interface Setup {
  readonly settings?: Settings
  /** How the quorum knows its one voter: by its number in the settings when not given, or by number and directory, as formatting wrote it (KIP-853). */
  readonly quorum?: 'static' | 'dynamic'
}

/** Scenarios that run one after another on one pair of brokers. */
export interface Area extends Setup {
  readonly scenarios: readonly Scenario[]
}

const threeDirectories = (directory: string) => ({ 'log.dirs': ['one', 'two', 'three'].map((name) => join(directory, name)).join() })

/** A broker that is silent is fenced while a scenario waits; the one that runs is heard often. */
const quickSessions = { 'broker.session.timeout.ms': 4000, 'broker.heartbeat.interval.ms': 500 }

const quickElections = { 'leader.imbalance.check.interval.seconds': 1, 'unclean.leader.election.interval.ms': 500 }

/** Everything that is compared scenario by scenario; each area is run by the test file of its name. */
export const areas = {
  'alter-configs': { scenarios: alterConfigScenarios, settings: alterConfigSettings },
  'bad-input': { scenarios: [...nameScenarios, ...halfAppliedScenarios], settings: { ...alterConfigSettings, 'auto.create.topics.enable': false } },
  cluster: { scenarios: clusterScenarios },
  configs: { scenarios: configScenarios, settings: configSettings },
  controller: { scenarios: controllerScenarios, settings: configSettings },
  data: { scenarios: dataScenarios(crc32c) },
  discovery: { scenarios: discoveryScenarios },
  'every-setting': { scenarios: everySettingScenarios, settings: alterConfigSettings },
  features: { scenarios: featureScenarios },
  groups: { scenarios: [...groupScenarios, ...offsetScenarios] },
  leaders: { scenarios: leaderScenarios, settings: quickElections },
  'log-dirs': { scenarios: logDirScenarios, settings: threeDirectories },
  nodes: {
    scenarios: [...registrationScenarios, ...envelopeScenarios, ...heartbeatScenarios, ...partitionChangeScenarios, ...placementScenarios],
    settings: quickSessions,
  },
  producers: { scenarios: producerScenarios },
  quorum: { scenarios: [...metadataFetchScenarios, ...voterScenarios, ...electionScenarios] },
  security: { scenarios: securityScenarios },
  snapshots: { scenarios: snapshotScenarios, settings: snapshotSettings },
  telemetry: { scenarios: telemetryScenarios, settings: telemetrySettings },
  topics: { scenarios: topicScenarios },
  voters: { scenarios: voterChangeScenarios, settings: voterChangeSettings, quorum: 'dynamic' },
} satisfies Readonly<Record<string, Area>>

export type AreaName = keyof typeof areas
