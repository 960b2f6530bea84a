import { OdradekError } from '../base/errors.ts'
import type { Disk } from '../base/ports.ts'
import type { NodeIdentity } from '../config/node-identity.ts'
import { type LogDirectory, METADATA_LOG_DIRECTORY } from '../raft/format/format-directories.ts'

const REMEDY = 'Put the directory that held it first in log.dirs again, or name it in metadata.log.dir'

/**
 * A metadata log that began anew beside the data of an older one would make strays of all topics. It would where
 * `log.dirs` has another first directory than before, `metadata.log.dir` another value, or the volume of either is not mounted.
 * @param directories all of the node, before those that are new are formatted
 * Errors: FORMAT that says where the metadata log is expected, where one is, and what to set.
 * Source: Apache Kafka refuses a metadata directory that is not formatted (META_PROPERTIES, REQUIRE_METADATA_LOG_DIR).
 */
export async function checkMetadataDirectory(directories: readonly LogDirectory[], identity: NodeIdentity, disk: Pick<Disk, 'info'>): Promise<void> {
  const { metadataLogDir } = identity
  const holdsLog = async (path: string) => (await disk.info(`${path}/${METADATA_LOG_DIRECTORY}`)) !== null
  if (await holdsLog(metadataLogDir)) return
  const formatted = directories.filter(({ properties }) => properties !== null).map(({ path }) => path)
  for (const path of formatted) if (await holdsLog(path)) throw refused(metadataLogDir, `which is in ${path}. ${REMEDY}.`)
  if (formatted.length === 0 || (formatted.includes(metadataLogDir) && hasOthers(identity))) return
  const found = formatted.join(' and ')
  throw refused(metadataLogDir, `which is not there, although the data of a node are in ${found}. ${REMEDY}. To begin without topics, move ${found} away.`)
}

/** Other nodes hold the metadata log, too: a directory that was formatted for such a quorum begins without one. */
function hasOthers({ quorumVoters, quorumBootstrapServers, advertisedControllerListeners }: NodeIdentity): boolean {
  const isOwn = (server: { readonly host: string; readonly port: number }) =>
    advertisedControllerListeners.some(({ host, port }) => host === server.host && port === server.port)
  return quorumVoters.length > 0 || quorumBootstrapServers.some((server) => !isOwn(server))
}

function refused(path: string, why: string): OdradekError {
  return new OdradekError('FORMAT', `cannot use the log directory ${path}: it is to hold the metadata log, ${why}`, { fields: { path } })
}
