import { DecodeError } from '../../../protocol/errors.ts'
import { OdradekError } from '../../base/errors.ts'
import type { Disk } from '../../base/ports.ts'
import { type LogDirectory, readLogDirectories } from '../../raft/format/log-directories.ts'
import { decodeMetaProperties, META_PROPERTIES_FILE } from '../../raft/format/meta-properties.ts'
import { METADATA_DIRECTORY } from './archive-layout.ts'
import type { BackupDirectory } from './manifest.ts'

/** The node whose directories these are. */
export interface BackedUpNode {
  readonly clusterId: string
  readonly nodeId: number
  readonly directories: readonly BackupDirectory[]
}

/**
 * @param paths all log directories of a node, that of its metadata log among them
 * @param nodeId null: as the directories say
 * Errors: BACKUP_SOURCE for directories that are none of a node, not all of one, or of several; FORMAT; `DiskError`.
 */
export async function findNode(disk: Disk, paths: readonly string[], nodeId: number | null): Promise<BackedUpNode> {
  const first = await ownerOf(disk, paths[0] as string)
  const found = await readLogDirectories(paths, disk, { nodeId: nodeId ?? first.nodeId, clusterId: first.clusterId })
  const directories: BackupDirectory[] = []
  for (const directory of found) directories.push(await describe(disk, directory))
  const withMetadata = directories.filter(({ holdsMetadata }) => holdsMetadata)
  if (withMetadata.length !== 1)
    throw refused(
      paths,
      `${withMetadata.length === 0 ? 'none' : 'more than one'} of them holds a metadata log (${METADATA_DIRECTORY}): name all directories of one node`,
    )
  return { clusterId: first.clusterId, nodeId: first.nodeId, directories }
}

async function describe(disk: Disk, { path, properties }: LogDirectory): Promise<BackupDirectory> {
  if (properties === null) throw refused([path], `it has no ${META_PROPERTIES_FILE}`)
  const holdsMetadata = (await disk.info(`${path}/${METADATA_DIRECTORY}`)) !== null
  return { path: disk.absolutePath(path), directoryId: properties.directoryId, holdsMetadata }
}

async function ownerOf(disk: Disk, path: string): Promise<{ readonly clusterId: string; readonly nodeId: number }> {
  const content = await disk.readFile(`${path}/${META_PROPERTIES_FILE}`)
  if (content === null)
    throw refused([path], `it has no ${META_PROPERTIES_FILE}. Say where the node keeps its data: --config FILE, --node N or --data DIRECTORY`)
  try {
    return decodeMetaProperties(content)
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    throw refused([path], `its ${META_PROPERTIES_FILE} is damaged: ${cause.message}`)
  }
}

function refused(paths: readonly string[], why: string): OdradekError {
  return new OdradekError('BACKUP_SOURCE', `${paths.join(' and ')} cannot be backed up as the data of a node: ${why}.`)
}
