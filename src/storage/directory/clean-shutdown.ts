import type { Disk } from '../../base/ports.ts'

/**
 * The marker of a clean shutdown in a log directory. It holds the epoch that the broker had, by which the controller knows
 * that nothing was lost. Source: `CleanShutdownFileHandler` of Kafka 4.3.1; KIP-966.
 */
export const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown'
const VERSION = 0

/** brokerEpoch -1 when the marker does not say (an older Kafka wrote it). */
export interface CleanShutdown {
  readonly brokerEpoch: number
}

export async function writeCleanShutdown(disk: Disk, directory: string, brokerEpoch: number): Promise<void> {
  await disk.writeFileAtomic(`${directory}/${CLEAN_SHUTDOWN_FILE}`, Buffer.from(JSON.stringify({ version: VERSION, brokerEpoch })))
}

/** Reads the marker and takes it away, for good: from here on a crash is a crash. null when there is none. */
export async function takeCleanShutdown(disk: Disk, directory: string): Promise<CleanShutdown | null> {
  const path = `${directory}/${CLEAN_SHUTDOWN_FILE}`
  const content = await disk.readFile(path)
  if (content === null) return null
  await disk.removeFile(path)
  await disk.flushDirectory(directory)
  return { brokerEpoch: brokerEpochIn(content) }
}

function brokerEpochIn(content: Buffer): number {
  const match = /"brokerEpoch"\s*:\s*(\d{1,15})\b/.exec(content.toString('latin1'))
  return match === null ? -1 : Number(match[1])
}
