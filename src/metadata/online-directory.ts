import { type BrokerRegistration, DirectoryId } from './image.ts'

/**
 * Whether the replica of a broker that is assigned to `directory` can be served from there. A directory that was never told,
 * or not yet, counts as online; a lost one does not. Source: KIP-858, DirectoryId.isOnline.
 */
export function hasOnlineDirectory(broker: BrokerRegistration, directory: string | undefined): boolean {
  if (directory === DirectoryId.MIGRATING || directory === DirectoryId.UNASSIGNED) return true
  if (directory === DirectoryId.LOST) return false
  // Registered before brokers told their directories.
  return broker.logDirs.length === 0 || broker.logDirs.some((known) => known === directory)
}
