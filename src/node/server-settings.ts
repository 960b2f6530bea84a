import type { NodeConfig } from '../config/node-config.ts'
import { DEFAULT_SERVER_SETTINGS, type ServerSettings } from '../server/settings.ts'

/** The server's view of the node's configuration; read at each use, so changes made while the node runs act at once. */
export function serverSettings(config: NodeConfig): ServerSettings {
  return {
    get maxRequestBytes() {
      return config.get('socket.request.max.bytes')
    },
    get requestMemoryBytes() {
      const bytes = config.get('queued.max.request.bytes')
      return bytes < 0 ? DEFAULT_SERVER_SETTINGS.requestMemoryBytes : bytes
    },
    get maxConnections() {
      return config.get('max.connections')
    },
    get maxConnectionsPerIp() {
      return config.get('max.connections.per.ip')
    },
    get maxConnectionsPerIpOverrides() {
      return parseOverrides(config.get('max.connections.per.ip.overrides'))
    },
    get maxIdleMs() {
      return config.get('connections.max.idle.ms')
    },
    get backlog() {
      return config.get('socket.listen.backlog.size')
    },
  }
}

/** `127.0.0.1:10,::1:5` as Kafka reads it: the count stands behind the last colon. The form is checked where it is set. */
export function parseOverrides(text: string): ReadonlyMap<string, number> {
  const entries = text.split(',').filter((entry) => entry.trim() !== '')
  return new Map(
    entries.map((entry) => {
      const colon = entry.lastIndexOf(':')
      return [entry.slice(0, colon).trim(), Number(entry.slice(colon + 1))]
    }),
  )
}
