import { parsePairs } from '../../config/listeners.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import { DEFAULT_SERVER_SETTINGS, type ServerSettings } from '../../server/settings.ts'

/** For listeners, locks and files that are open for a moment only. */
const RESERVED_DESCRIPTORS = 64
const LEAST_SOCKETS = 16

/**
 * The server's view of the node's configuration; read at each use, so changes made while the node runs act at once.
 * @param descriptorLimit how many the process may have
 */
export function serverSettings(config: NodeConfig, descriptorLimit: number): ServerSettings {
  return {
    get maxRequestBytes() {
      return config.get('socket.request.max.bytes')
    },
    get requestMemoryBytes() {
      const bytes = config.get('queued.max.request.bytes')
      return bytes <= 0 ? DEFAULT_SERVER_SETTINGS.requestMemoryBytes : bytes
    },
    get maxConnections() {
      return config.get('max.connections')
    },
    maxConnectionsOn: (listenerName) => config.getForListener(listenerName, 'max.connections'),
    get maxConnectionsPerIp() {
      return config.get('max.connections.per.ip')
    },
    get maxConnectionsPerIpOverrides() {
      const name = 'max.connections.per.ip.overrides'
      return new Map(parsePairs(name, config.get(name)).map(([address, count]) => [address, Number(count)]))
    },
    // Log files take no more than half, see the log manager. Without this bound, the system closes connections without a word.
    get maxSockets() {
      const files = Math.min(config.get('odradek.open.files.max'), descriptorLimit / 2)
      return Math.max(LEAST_SOCKETS, Math.floor(descriptorLimit - files) - RESERVED_DESCRIPTORS)
    },
    get maxIdleMs() {
      return config.get('connections.max.idle.ms')
    },
    get backlog() {
      return config.get('socket.listen.backlog.size')
    },
  }
}
