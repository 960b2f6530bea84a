import type { Disk } from '../../base/ports.ts'
import { CLEANED_SUFFIX, DELETED_CHECKPOINT_SUFFIX, DELETED_SUFFIX, LOG_SUFFIX, offsetOfFileName, SEGMENT_SUFFIXES, SWAP_SUFFIX } from '../files/file-names.ts'
import { scan } from './batch-scan.ts'

/**
 * Brings a partition's directory out of the middle of a compaction or a removal: what was still being written goes, what
 * was written in full (`.swap`) takes the place of the segments that it was made from.
 *
 * @returns the names of the files then there
 * Source: `LogLoader` of Kafka, first to third pass.
 */
export async function finishSwaps(disk: Disk, directory: string): Promise<string[]> {
  const names = (await disk.list(directory)).filter((entry) => entry.kind === 'file').map((entry) => entry.name)
  const unfinished = lowestOffset(names, CLEANED_SUFFIX)
  const isToGo = (name: string) => isLeftover(name) || (name.endsWith(SWAP_SUFFIX) && (segmentOffset(name, SWAP_SUFFIX) ?? -1) >= unfinished)
  for (const name of names.filter(isToGo)) await disk.removeFile(`${directory}/${name}`)
  const left = names.filter((name) => !isToGo(name))
  const swaps = left.filter((name) => name.endsWith(SWAP_SUFFIX))
  return swaps.length === 0 ? left : swapIn(disk, directory, left, swaps)
}

function isLeftover(name: string): boolean {
  return name.endsWith(CLEANED_SUFFIX) || (name.endsWith(DELETED_SUFFIX) && !name.endsWith(DELETED_CHECKPOINT_SUFFIX))
}

async function swapIn(disk: Disk, directory: string, names: readonly string[], swaps: readonly string[]): Promise<string[]> {
  const from = lowestOffset(swaps, SWAP_SUFFIX)
  const to = Math.max(...swaps.map((name) => endOfSwap(disk, directory, name)))
  const isReplaced = (name: string) => {
    const offset = segmentOffset(name, '')
    return offset !== null && offset >= from && offset < to
  }
  for (const name of names.filter(isReplaced)) await disk.removeFile(`${directory}/${name}`)
  for (const name of swaps) await disk.rename(`${directory}/${name}`, `${directory}/${name.slice(0, -SWAP_SUFFIX.length)}`)
  const kept = names.filter((name) => !isReplaced(name) && !name.endsWith(SWAP_SUFFIX))
  return [...kept, ...swaps.map((name) => name.slice(0, -SWAP_SUFFIX.length))]
}

/** The offset behind the last batch of a log file that waits to be swapped in; -1 for other files. */
function endOfSwap(disk: Disk, directory: string, name: string): number {
  if (offsetOfFileName(name, LOG_SUFFIX + SWAP_SUFFIX) === null) return -1
  const file = disk.openSync(`${directory}/${name}`, 'read')
  let next = segmentOffset(name, SWAP_SUFFIX) ?? -1
  try {
    scan({ file, position: 0, end: file.sizeBytes() }, (place) => {
      next = place.lastOffset + 1
      return false
    })
  } finally {
    file.close()
  }
  return next
}

/** The offset in the name of a segment's file, with `suffix` behind it. */
function segmentOffset(name: string, suffix: string): number | null {
  for (const kind of SEGMENT_SUFFIXES) {
    const offset = offsetOfFileName(name, kind + suffix)
    if (offset !== null) return offset
  }
  return null
}

function lowestOffset(names: readonly string[], suffix: string): number {
  return Math.min(...names.map((name) => segmentOffset(name, suffix) ?? Number.POSITIVE_INFINITY))
}
