import type { Logger } from '../../telemetry/logger.ts'
import { LAST_EPOCH } from '../core/raft-state.ts'

/** So many elections before the last one it is said. */
const FEW = 1000

/**
 * Says that the epochs of the quorum come to their end. As each election takes one, that is due to a word from outside the
 * quorum, which whoever reaches the listener of a controller may send: nobody checks where an epoch comes from.
 */
export function warnOfLastEpochs(epoch: number, logger: Pick<Logger, 'error'>): void {
  const left = LAST_EPOCH - epoch
  if (left >= FEW) return
  const what = 'the epochs of the metadata quorum are used up, or nearly so: with none left no leader can be elected any more'
  logger.error(what, {
    epoch,
    left,
    advice:
      'no election leads here: look for what else reaches the listeners of the controllers; then stop all nodes, remove the file quorum-state from the metadata log of each, and start them: they go on in the epoch of their logs',
  })
}
