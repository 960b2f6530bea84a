import type { Uuid } from '../../../protocol/uuid.ts'
import { assert } from '../../base/assert.ts'
import { DiskError, OdradekError } from '../../base/errors.ts'
import type { Disk, Ports } from '../../base/ports.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { readLogDirectories } from '../../raft/format/log-directories.ts'
import { lockDirectories } from '../../storage/directory/lock-directories.ts'
import type { LogManager } from '../../storage/log-manager.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Teardown } from '../lifetime/teardown.ts'
import type { AdvertisedListener } from '../node-listeners.ts'
import { type FormatAs, formatNode } from './format-node.ts'
import { checkMetadataDirectory, checkQuorumIsSaid } from './metadata-directory.ts'
import { refuseUnfinishedRestore } from './unfinished-restore.ts'

export interface OpenDirectoriesOptions {
  readonly identity: NodeIdentity
  /** This node's controller as others reach it. */
  readonly controller: AdvertisedListener | undefined
  /** Of directories that are not formatted yet; a cluster of this node alone where not given. */
  readonly formatAs?: FormatAs | undefined
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
 * One that cannot be read or formatted is left out, unless the metadata log is in it.
 * Errors: `DiskError` with reason 'locked' that names who has a directory; FORMAT for one of another node or cluster, and
 * for a new metadata log beside old data;
 * NO_LOG_DIRECTORY when none can be used, or not that of the metadata log.
 */
export async function openDirectories(options: OpenDirectoriesOptions): Promise<OpenDirectories> {
  const { identity, ports, logger, teardown } = options
  const { logDirs, metadataLogDir } = identity
  const locks = await lockDirectories(ports.disk, [...new Set([...logDirs, metadataLogDir])], logger)
  teardown.add('the locks of the directories', async () => locks[Symbol.asyncDispose]())
  const usable = new Set(locks.paths)
  while (usable.has(metadataLogDir)) {
    try {
      return await formatAndRead(options, usable)
    } catch (error) {
      const failed = error instanceof DiskError ? [...usable].find((path) => isWithin(error.path, path)) : undefined
      if (failed === undefined || failed === metadataLogDir) throw error
      logger.error('A log directory cannot be used', { path: failed, error })
      usable.delete(failed)
    }
  }
  const message = `The directory of the metadata log, ${metadataLogDir}, cannot be used. See the errors before.`
  throw new OdradekError('NO_LOG_DIRECTORY', message, { fields: { path: metadataLogDir } })
}

async function formatAndRead(options: OpenDirectoriesOptions, usable: ReadonlySet<string>): Promise<OpenDirectories> {
  const { identity, controller, ports, logger, formatAs = {} } = options
  const { nodeId, logDirs, metadataLogDir } = identity
  const usableIdentity = { ...identity, logDirs: logDirs.filter((path) => usable.has(path)) }
  await refuseUnfinishedRestore(usable, ports.disk)
  const found = await readLogDirectories([...usable], ports.disk, { nodeId })
  await checkMetadataDirectory(found, usableIdentity, ports.disk)
  checkQuorumIsSaid(found, identity, options.formatAs)
  const { clusterId, formatted } = await formatNode({ clusterId: undefined, ...formatAs, identity: usableIdentity, controller, ignoreFormatted: true, ports })
  if (formatted.length > 0) logger.info('directories are formatted', { clusterId, nodeId, directories: formatted })
  const directories = await readLogDirectories([...usable], ports.disk, { nodeId, clusterId })
  const directoryIds = new Map(directories.flatMap(({ path, properties }) => (properties === null ? [] : [[path, properties.directoryId] as const])))
  const metadataDirectoryId = directoryIds.get(metadataLogDir)
  assert(metadataDirectoryId !== undefined, 'formatting includes the directory of the metadata log')
  return { clusterId, directoryIds, metadataDirectoryId }
}

function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`)
}

/** The directories that work and take nothing new, by their ids. */
export function cordonedDirectories(logs: LogManager): readonly Uuid[] {
  return logs.liveDirectories.filter(({ path }) => logs.isCordoned(path)).map(({ directoryId }) => directoryId)
}

/** Clients are told of directories by paths that do not depend on where the node was started, as Kafka tells them. */
export function withAbsolutePaths(identity: NodeIdentity, disk: Disk): NodeIdentity {
  return { ...identity, logDirs: identity.logDirs.map((path) => disk.absolutePath(path)), metadataLogDir: disk.absolutePath(identity.metadataLogDir) }
}
