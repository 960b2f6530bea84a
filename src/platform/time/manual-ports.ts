import { OdradekError } from '../../base/errors.ts'
import type { Ports } from '../../base/ports.ts'
import { countedDisk } from '../disk/counted-disk.ts'
import { ManualTime } from './manual-time.ts'

/** Turns of the event loop in which nothing happened, after which nothing more follows from what came due. */
const QUIET_TURNS = 3
/** Where work never ends (clients that keep the disk busy), it is not waited for longer than this. */
const LONGEST_SETTLING_MS = 5_000
/** In the year 255,479. Beyond 8.64e15 there are no dates, and beyond 2^53 no times on the wire. */
const LATEST_MS = 8e15

/** The ports of a node whose time stands still. */
export interface ManualPorts {
  readonly ports: Ports
  /**
   * Lets time pass; resolves when what came due is done: what it began on disk has ended, too.
   * Errors: ADVANCE_INVALID beyond the last date that there is; nothing has passed then.
   */
  advance(ms: number): Promise<void>
}

/** As `real`, with a clock and timers that begin at the present and move by `advance` alone. */
export function manualPorts(real: Ports): ManualPorts {
  const time = new ManualTime(real.clock.nowMs())
  const { disk, isBusy } = countedDisk(real.disk)
  const settle = () => settled(() => time.isBusy || isBusy())
  return {
    ports: { ...real, clock: time, timers: time, disk },
    async advance(ms) {
      await settle()
      if (time.nowMs() + ms > LATEST_MS)
        throw new OdradekError('ADVANCE_INVALID', `There are no dates ${ms} ms after ${new Date(time.nowMs()).toISOString()}: move the clock by less.`)
      time.pass(ms)
      await settle()
    },
  }
}

async function settled(isBusy: () => boolean): Promise<void> {
  const latestMs = performance.now() + LONGEST_SETTLING_MS
  for (let quietTurns = 0; quietTurns < QUIET_TURNS && performance.now() < latestMs; ) {
    await new Promise((resolve) => setImmediate(resolve))
    quietTurns = isBusy() ? 0 : quietTurns + 1
  }
}
