import { DecodeError } from '../../../protocol/errors.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Disk } from '../../base/ports.ts'
import { decodeMetaProperties, META_PROPERTIES_FILE, type MetaProperties } from './meta-properties.ts'

export interface LogDirectory {
  readonly path: string
  /** null while the directory is not formatted. */
  readonly properties: MetaProperties | null
}

const OTHERS = 'give this node a directory of its own (another log.dirs, an empty volume), or start it as the node whose data these are'

/**
 * Whose the directories are.
 * Errors: FORMAT for a `meta.properties` that cannot be read, of another node or another cluster than `expected`, or two
 * directories with the same id.
 */
export async function readLogDirectories(
  logDirs: readonly string[],
  disk: Disk,
  expected: { readonly nodeId: number; readonly clusterId?: string | undefined },
): Promise<LogDirectory[]> {
  const directories: LogDirectory[] = []
  for (const path of logDirs) directories.push({ path, properties: await readProperties(path, disk) })
  let clusterId = expected.clusterId
  const ids = new Map<Uuid, string>()
  for (const { path, properties } of directories) {
    if (properties === null) continue
    clusterId ??= properties.clusterId
    if (properties.clusterId !== clusterId) throw formatError(path, `it belongs to cluster ${properties.clusterId}, expected is ${clusterId}: ${OTHERS}`)
    if (properties.nodeId !== expected.nodeId) throw formatError(path, `it belongs to node ${properties.nodeId}, this is node ${expected.nodeId}: ${OTHERS}`)
    const other = ids.get(properties.directoryId)
    if (other !== undefined) throw formatError(path, `it has the directory id ${properties.directoryId}, which ${other} has too`)
    ids.set(properties.directoryId, path)
  }
  return directories
}

async function readProperties(path: string, disk: Disk): Promise<MetaProperties | null> {
  const content = await disk.readFile(`${path}/${META_PROPERTIES_FILE}`)
  if (content === null) return null
  try {
    return decodeMetaProperties(content)
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    throw formatError(path, `its ${META_PROPERTIES_FILE} is damaged: ${cause.message}`)
  }
}

function formatError(path: string, why: string): OdradekError {
  return new OdradekError('FORMAT', `cannot use the log directory ${path}: ${why}`, { fields: { path } })
}
