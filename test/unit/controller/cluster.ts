import type { Uuid } from '../../../protocol/uuid.ts'
import type { ControllerRules } from '../../../src/controller/controller-rules.ts'
import { type ControllerState, replayed, stateOf } from '../../../src/controller/controller-state.ts'
import { EMPTY_IMAGE } from '../../../src/metadata/image.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { SeededRandom } from '../../support/world/seeded-random.ts'
import { feature } from '../metadata/records.ts'

/** A cluster of Kafka 4.3's feature levels after `records`. */
export function cluster(...records: readonly MetadataRecord[]): ControllerState {
  return stateAfter(stateOf(EMPTY_IMAGE), [feature('metadata.version', 30), feature('eligible.leader.replicas.version', 1), ...records])
}

export function stateAfter(state: ControllerState, records: readonly MetadataRecord[]): ControllerState {
  return replayed(state, records, { lastOffset: state.image.provenance.offset + records.length, epoch: 1, nowMs: 0 })
}

/** Defaults: 1 partition, 1 replica, min.insync.replicas 1. Settings are taken unless they are called `bad`. */
export function rules(change: Partial<ControllerRules> = {}): ControllerRules {
  let ids = 0
  return {
    defaultPartitionCount: 1,
    defaultReplicationFactor: () => 1,
    topicConfigRefusal: (overrides) => (overrides.has('bad') ? 'Unknown topic config name: bad' : null),
    groupConfigRefusal: (overrides) => (overrides.has('bad') ? 'Unknown group config name: bad' : null),
    topicConfigEntries: (overrides) => [...overrides].map(([name, value]) => ({ name, value, readOnly: false, source: 1, isSensitive: false })),
    minInsyncReplicas: (overrides) => Number(overrides.get('min.insync.replicas') ?? 1),
    uncleanElectionEnabled: (overrides) => overrides.get('unclean.leader.election.enable') === 'true',
    givenMinInsyncReplicas: 1,
    newUuid: () => `new${String(++ids).padStart(3, '0')}AAAAAAAAAAAAAAAA` as Uuid,
    random: new SeededRandom(1),
    ...change,
  }
}

/** What stands out of records: their types with what a reader wants to see. */
export function summary(records: readonly MetadataRecord[]): string[] {
  return records.map((record) => {
    const set = Object.entries(record.data).filter(([name, value]) => !isUnset(name, value))
    return `${record.type} ${set.map(([name, value]) => `${name}=${Array.isArray(value) ? `[${value}]` : value}`).join(' ')}`
  })
}

const HIDDEN: ReadonlySet<string> = new Set(['topicId', 'brokerEpoch', 'incarnationId', 'endPoints', 'features', 'directories', 'logDirs'])

function isUnset(name: string, value: unknown): boolean {
  if (HIDDEN.has(name) || value === null) return true
  if (name === 'leader') return value === -2
  if (name === 'leaderRecoveryState') return value === -1
  return (name === 'fenced' || name === 'inControlledShutdown') && value === 0
}
