import { decodeLeaderEpochs, LEADER_EPOCH_CHECKPOINT } from '../checkpoint/leader-epoch-checkpoint.ts'
import { readWhole } from '../files/read-whole.ts'
import type { LogContext } from '../log/log-context.ts'
import { LeaderEpochCache } from './leader-epoch-cache.ts'

/** The epochs in a partition's directory, within the log's bounds. Of a malformed file, what stands before the fault. Throws `DiskError`. */
export function readLeaderEpochs(context: LogContext, directory: string, logStartOffset: number, logEndOffset: number): LeaderEpochCache {
  const path = `${directory}/${LEADER_EPOCH_CHECKPOINT}`
  const content = readWhole(context.disk, path)
  if (content === null) return new LeaderEpochCache()
  const { entries, problem } = decodeLeaderEpochs(content)
  if (problem !== null) context.logger.warn('Leader epochs are malformed; those before the fault are kept', { path, problem })
  const epochs = new LeaderEpochCache(entries)
  epochs.truncateFromEnd(logEndOffset)
  epochs.truncateFromStart(logStartOffset)
  epochs.savedEpoch = epochs.latestEpoch
  return epochs
}
