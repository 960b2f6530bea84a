import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { wholeBatches } from '../../../protocol/records/batch.ts'
import { records } from '../../../protocol/records/record.ts'

/** What a replica has on its disk, wherever its segments begin. */
export interface PartitionLog {
  /** Each batch as it is stored, all its bytes, by base offset. */
  readonly batches: ReadonlyMap<number, Buffer>
  /** Of records that are no control records, in the order of their offsets. */
  readonly values: readonly string[]
  /** The offset behind the last record. */
  readonly endOffset: number
}

/** Reads the segment files of a partition. Throws when one holds anything but whole batches, each behind the one before. */
export async function readPartitionLog(dataDirectory: string, topic: string, partition = 0): Promise<PartitionLog> {
  const directory = join(dataDirectory, `${topic}-${partition}`)
  const segments = (await readdir(directory)).filter((name) => name.endsWith('.log')).sort()
  const found = new Map<number, Buffer>()
  const values: string[] = []
  let endOffset = 0
  for (const segment of segments) {
    for (const batch of wholeBatches(await readFile(join(directory, segment)))) {
      if (batch.baseOffset < endOffset) throw new Error(`${join(directory, segment)}: a batch at ${batch.baseOffset} stands behind ${endOffset - 1}`)
      found.set(batch.baseOffset, batch.bytes)
      endOffset = batch.lastOffset + 1
      if (!batch.isControl) for (const { value } of records(batch)) values.push(String(value))
    }
  }
  return { batches: found, values, endOffset }
}
