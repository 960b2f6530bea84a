import { DecodeError } from '../../../protocol/errors.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Ports } from '../../base/ports.ts'
import type { RecordSerde } from '../record-serde.ts'
import { decodeSnapshot } from '../snapshot-file.ts'

export const BOOTSTRAP_FILE = 'bootstrap.checkpoint'

/**
 * The records of `bootstrap.checkpoint` in a log directory; null when there is none (a directory of an older Kafka).
 * Errors: FORMAT for a damaged file.
 */
export async function readBootstrapFile<T>(logDir: string, disk: Ports['disk'], serde: RecordSerde<T>): Promise<readonly T[] | null> {
  const path = `${logDir}/${BOOTSTRAP_FILE}`
  const bytes = await disk.readFile(path)
  if (bytes === null) return null
  try {
    return decodeSnapshot(bytes, serde).records
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    throw new OdradekError('FORMAT', `${path} is damaged: ${cause.message}`, { cause, fields: { path } })
  }
}
