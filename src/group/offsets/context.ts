import type { Clock } from '../../base/ports.ts'
import type { GroupSettings } from '../group-settings.ts'
import type { GroupTable } from '../group-table.ts'
import type { OffsetStore } from './offset-store.ts'

/** What the decisions on offsets work with. */
export interface OffsetContext {
  readonly groups: GroupTable
  readonly offsets: OffsetStore
  readonly settings: GroupSettings
  readonly clock: Clock
}
