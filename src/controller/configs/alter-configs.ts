/**
 * Decides on settings of topics, brokers, groups and subscriptions to metrics, each resource by itself: all of its changes
 * are written or none. Whether a running broker can take a change it has said before (`config/broker-change.ts`).
 *
 * Source: ConfigurationControlManager; KIP-339, KIP-966 (settings on which eligible leaders rest).
 */
import { ErrorCode } from '../../../protocol/error-codes.ts'
import type { ConfigChange } from '../../config/changes/config-operation.ts'
import { withoutItems } from '../../config/changes/list-edit.ts'
import { formatDefault } from '../../config/values/format-value.ts'
import { splitAsJava } from '../../config/values/java-split.ts'
import { ELR_VERSION } from '../../metadata/features.ts'
import { ConfigResourceType, configOverrides, type MetadataImage } from '../../metadata/image.ts'
import { configRecord } from '../../metadata/image-records.ts'
import type { MetadataRecord } from '../../metadata/metadata-record.ts'
import type { AlterConfigsCommand, ConfigEdit, ControllerError } from '../controller.ts'
import { failure, MAX_RECORDS_PER_REQUEST, NO_ERROR, TOO_LARGE_BATCH } from '../controller-error.ts'
import type { ControllerRules } from '../controller-rules.ts'
import type { ControllerState } from '../controller-state.ts'
import type { Decision } from '../decision.ts'
import { configValueRefusal, resourceRefusal, settingsOf } from './config-rules.ts'

/** One setting as it will be; null removes it. */
interface Update {
  readonly name: string
  readonly value: string | null
}

/** The answers are in the order of the request, in which no resource stands twice and no setting of a resource does. */
export function alterConfigs(state: ControllerState, command: AlterConfigsCommand, rules: ControllerRules): Decision<readonly ControllerError[]> {
  const records: MetadataRecord[] = []
  const reply = command.edits.map((edit): ControllerError => {
    const updates = decide(state.image, edit, rules)
    if ('errorCode' in updates) return updates
    for (const update of updates) records.push(configRecord({ resourceType: edit.type, resourceName: edit.name, ...update }))
    return NO_ERROR
  })
  for (const record of clearedElrs(state.image, records)) records.push(record)
  if (records.length > MAX_RECORDS_PER_REQUEST) return { records: [], reply: reply.map(() => TOO_LARGE_BATCH) }
  return { records: command.validateOnly ? [] : records, reply }
}

function decide(image: MetadataImage, edit: ConfigEdit, rules: ControllerRules): readonly Update[] | ControllerError {
  const before = configOverrides(image, edit.type, edit.name)
  const updates = edit.kind === 'replace' ? replacement(edit.type, before, edit.values) : changed(edit.type, before, edit.changes)
  if ('errorCode' in updates) return updates
  const after = new Map(before)
  for (const { name, value } of updates) {
    const refusal = configValueRefusal(image, edit, name, value)
    if (refusal !== null) return refusal
    if (value === null) after.delete(name)
    else after.set(name, value)
  }
  return resourceRefusal(image, edit, after, rules) ?? updates
}

/** What is written for a broker is written again though it is the same: the broker reads files anew that a setting names. */
function isUpdate(type: number, before: string | undefined, after: string | null): boolean {
  return type === ConfigResourceType.BROKER || (before ?? null) !== after
}

function replacement(type: number, before: ReadonlyMap<string, string>, values: ReadonlyMap<string, string>): readonly Update[] {
  const written = [...values].filter(([name, value]) => isUpdate(type, before.get(name), value)).map(([name, value]) => ({ name, value }))
  const removed = [...before.keys()].filter((name) => !values.has(name)).map((name) => ({ name, value: null }))
  return [...written, ...removed]
}

function changed(type: number, before: ReadonlyMap<string, string>, changes: readonly ConfigChange[]): readonly Update[] | ControllerError {
  const updates: Update[] = []
  for (const change of changes) {
    const value = valueAfter(type, before.get(change.name), change)
    if (typeof value === 'object' && value !== null) return value
    if (isUpdate(type, before.get(change.name), value)) updates.push({ name: change.name, value })
  }
  return updates
}

function valueAfter(type: number, before: string | undefined, { name, operation, value }: ConfigChange): string | null | ControllerError {
  if (operation === 'set') return value
  if (operation === 'delete') return null
  const setting = settingsOf(type)[name]
  if (setting?.type !== 'list') return failure(ErrorCode.INVALID_CONFIG, `Can't ${operation.toUpperCase()} to key ${name} because its type is not LIST.`)
  const items = listItems(before ?? formatDefault(setting) ?? '')
  const given = splitAsJava(value ?? '', ',')
  return (operation === 'append' ? [...new Set([...items, ...given])] : withoutItems(items, given)).join()
}

function listItems(text: string): readonly string[] {
  return splitAsJava(text, ',').filter((item) => item !== '')
}

/** Which replicas are eligible leaders was noted under another `min.insync.replicas` (KIP-966). */
function clearedElrs(image: MetadataImage, records: readonly MetadataRecord[]): readonly MetadataRecord[] {
  if ((image.features.levels.get(ELR_VERSION) ?? 0) === 0) return []
  return records.flatMap((record): MetadataRecord[] => {
    if (record.type !== 'ConfigRecord' || record.data.name !== 'min.insync.replicas') return []
    const topicName = record.data.resourceType === ConfigResourceType.TOPIC ? record.data.resourceName : ''
    return [{ type: 'ClearElrRecord', version: 0, data: { topicName } }]
  })
}
