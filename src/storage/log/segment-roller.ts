import { DiskError } from '../../base/errors.ts'
import type { LogConfig } from './log-config.ts'
import type { LogContext } from './log-context.ts'
import type { LogDurability } from './log-durability.ts'
import type { LogHistory } from './log-history.ts'
import type { LogState } from './log-state.ts'
import { Segment } from './segment.ts'

/** What those share who change a log. */
export interface LogParts {
  readonly state: LogState
  readonly history: LogHistory
  readonly durability: LogDurability
}

/** Ends the active segment of a log and begins the next. */
export class SegmentRoller {
  readonly #state: LogState
  readonly #history: LogHistory
  readonly #durability: LogDurability

  constructor({ state, history, durability }: LogParts) {
    this.#state = state
    this.#history = history
    this.#durability = durability
  }

  /** The next segment begins at `offset`, unless the active one is empty and does. What it ends is flushed in the background. Throws `DiskError`. */
  rollAt(offset: number): void {
    const state = this.#state
    state.verifyEnd()
    const { active } = state.segments
    if (active.sizeBytes === 0 && active.baseOffset === offset) return
    active.finish()
    this.#history.takeSnapshot(offset)
    state.segments.append(this.newSegment(offset))
    this.#durability.noteRoll(offset)
    state.hasChanged = true
    this.#durability.flush().catch((error: unknown) => {
      if (!(error instanceof DiskError)) throw error
      state.context.onDiskError(error)
    })
  }

  /** Makes the files of a segment; the caller puts it into the list. */
  newSegment(baseOffset: number): Segment {
    const { context, config, directory } = this.#state
    this.#durability.noteNewFile()
    return Segment.create({ context, directory, baseOffset, createdMs: context.clock.nowMs(), rollJitterMs: rollJitterMs(context, config) })
  }
}

export function rollJitterMs(context: LogContext, config: LogConfig): number {
  const most = Math.min(config.segmentJitterMs, config.segmentMs)
  return most <= 0 ? 0 : context.random.below(Math.min(most, 2 ** 48))
}
