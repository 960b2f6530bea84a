import { OdradekError } from '../../base/errors.ts'
import type { Disk } from '../../base/ports.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { METADATA_LOG_DIRECTORY } from '../../raft/format/format-directories.ts'
import type { LogDirectory } from '../../raft/format/log-directories.ts'
import type { FormatAs } from './format-node.ts'

const REMEDY = 'Put the directory that held it first in log.dirs again, or name it in metadata.log.dir'

/**
 * A metadata log that began anew beside the data of an older one would make strays of all topics. It would where
 * `log.dirs` has another first directory than before, `metadata.log.dir` another value, or the volume of either is not mounted.
 * @param directories all of the node, before those that are new are formatted
 * Errors: FORMAT that says where the metadata log is expected, where one is, and what to set.
 * Source: Apache Kafka refuses a metadata directory that is not formatted (META_PROPERTIES, REQUIRE_METADATA_LOG_DIR).
 */
export async function checkMetadataDirectory(directories: readonly LogDirectory[], identity: NodeIdentity, disk: Pick<Disk, 'info'>): Promise<void> {
  const { metadataLogDir, quorumVoters, isOneOfMany } = identity
  const holdsLog = async (path: string) => (await disk.info(`${path}/${METADATA_LOG_DIRECTORY}`)) !== null
  if (await holdsLog(metadataLogDir)) return
  const formatted = directories.filter(({ properties }) => properties !== null).map(({ path }) => path)
  for (const path of formatted) if (await holdsLog(path)) throw refused(metadataLogDir, `which is in ${path}. ${REMEDY}.`)
  if (formatted.length === 0 || (formatted.includes(metadataLogDir) && (quorumVoters.length > 0 || isOneOfMany))) return
  const found = formatted.join(' and ')
  throw refused(metadataLogDir, `which is not there, although the data of a node are in ${found}. ${REMEDY}. To begin without topics, move ${found} away.`)
}

/**
 * A node whose settings name a dynamic quorum of others, and that is not formatted yet, must be told whether it joins them: by
 * itself it would begin a cluster of its own.
 * Errors: FORMAT that says how to tell it.
 */
export function checkQuorumIsSaid(directories: readonly LogDirectory[], identity: NodeIdentity, formatAs: FormatAs | undefined): void {
  const isFormatted = directories.some(({ properties }) => properties !== null)
  const isSaid = formatAs?.clusterId !== undefined || formatAs?.quorum !== undefined || identity.quorumVoters.length > 0
  if (isFormatted || isSaid || !identity.isOneOfMany) return
  const { metadataLogDir: path } = identity
  const message =
    `cannot use the log directory ${path}: it is not formatted, and controller.quorum.bootstrap.servers names other nodes, whose cluster this one would not join by itself. ` +
    'Format it with their cluster id: odradek format --cluster-id ID --no-initial-controllers. The first controller of a new cluster is formatted with --standalone.'
  throw new OdradekError('FORMAT', message, { fields: { path } })
}

function refused(path: string, why: string): OdradekError {
  return new OdradekError('FORMAT', `cannot use the log directory ${path}: it is to hold the metadata log, ${why}`, { fields: { path } })
}
