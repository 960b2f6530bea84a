import type { Uuid } from '../../protocol/uuid.ts'
import { assert } from '../base/assert.ts'
import type { Ports } from '../base/ports.ts'
import type { NodeIdentity } from '../config/node-identity.ts'
import { readLogDirectories } from '../raft/format/format-directories.ts'
import { lockDirectories } from '../storage/directory/lock-directories.ts'
import type { Logger } from '../telemetry/logger.ts'
import { formatNode } from './format-node.ts'
import type { AdvertisedListener } from './node-listeners.ts'
import type { Teardown } from './teardown.ts'

export interface OpenDirectoriesOptions {
  readonly identity: NodeIdentity
  /** This node's controller as others reach it. */
  readonly controller: AdvertisedListener | undefined
  readonly ports: Ports
  readonly logger: Logger
  readonly teardown: Teardown
}

/** The directories of a node: locked, formatted, known by their ids. */
export interface OpenDirectories {
  readonly clusterId: string
  /** By path; a directory whose disk fails is not here. */
  readonly directoryIds: ReadonlyMap<string, Uuid>
  /** Of the directory with the metadata log. */
  readonly metadataDirectoryId: Uuid
}

/**
 * Errors: `DiskError` with reason 'locked' that names who has a directory; FORMAT for one of another node or cluster;
 * NO_LOG_DIRECTORY when none can be used.
 */
export async function openDirectories({ identity, controller, ports, logger, teardown }: OpenDirectoriesOptions): Promise<OpenDirectories> {
  const { nodeId, logDirs, metadataLogDir } = identity
  const locks = await lockDirectories(ports.disk, [...new Set([...logDirs, metadataLogDir])], logger)
  teardown.add('the locks of the directories', async () => locks[Symbol.asyncDispose]())
  const usable = new Set(locks.paths)
  const usableIdentity = { ...identity, logDirs: logDirs.filter((path) => usable.has(path)) }
  const { clusterId, formatted } = await formatNode({ identity: usableIdentity, clusterId: undefined, controller, ignoreFormatted: true, ports })
  if (formatted.length > 0) logger.info('directories are formatted', { clusterId, nodeId, directories: formatted })
  const directories = await readLogDirectories([...usable], ports.disk, { nodeId, clusterId })
  const directoryIds = new Map(directories.flatMap(({ path, properties }) => (properties === null ? [] : [[path, properties.directoryId] as const])))
  const metadataDirectoryId = directoryIds.get(metadataLogDir)
  assert(metadataDirectoryId !== undefined, 'formatting includes the directory of the metadata log')
  return { clusterId, directoryIds, metadataDirectoryId }
}
