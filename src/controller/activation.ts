import { levelOf, metadataVersionOf } from '../metadata/bootstrap-records.ts'
import { ELR_VERSION, recordLevels } from '../metadata/features.ts'
import { ConfigResourceType } from '../metadata/image.ts'
import { configRecord } from '../metadata/image-records.ts'
import type { MetadataRecord } from '../metadata/metadata-record.ts'
import type { ControllerRules } from './controller-rules.ts'
import type { ControllerState } from './controller-state.ts'

export interface ActivationOptions {
  readonly bootstrapRecords: readonly MetadataRecord[]
  /** A transaction that the last leader began is not ended. */
  readonly hasOpenTransaction: boolean
}

/**
 * The first records of a new leader: into an empty log the bootstrap records, as one transaction where the level allows
 * it; into another one what ends a transaction that was left open.
 *
 * Source: ActivationRecordsGenerator; KIP-868.
 */
export function activationRecords(state: ControllerState, options: ActivationOptions, rules: ControllerRules): readonly MetadataRecord[] {
  const abort: readonly MetadataRecord[] = options.hasOpenTransaction
    ? [{ type: 'AbortTransactionRecord', version: 0, data: { reason: 'Controller failover' } }]
    : []
  if (state.image.features.metadataVersion > 0) return abort
  const records = [...options.bootstrapRecords, ...clusterMinIsr(options.bootstrapRecords, rules)]
  if (!recordLevels(metadataVersionOf(options.bootstrapRecords)).transactions) return records
  const begin: MetadataRecord = { type: 'BeginTransactionRecord', version: 0, data: { name: 'Bootstrap records' } }
  const end: MetadataRecord = { type: 'EndTransactionRecord', version: 0, data: {} }
  return [...abort, begin, ...records, end]
}

/** With eligible leader replicas, all brokers must agree on the cluster's `min.insync.replicas`: it is written down (KIP-966). */
function clusterMinIsr(bootstrapRecords: readonly MetadataRecord[], rules: ControllerRules): readonly MetadataRecord[] {
  if (levelOf(bootstrapRecords, ELR_VERSION) === 0) return []
  const value = String(rules.givenMinInsyncReplicas)
  return [configRecord({ resourceType: ConfigResourceType.BROKER, resourceName: '', name: 'min.insync.replicas', value })]
}
