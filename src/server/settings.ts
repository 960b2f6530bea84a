/**
 * The settings that the server obeys, under Kafka's names in their comments. Read at each use: most may change while
 * the node runs, so whoever builds the server may pass getters.
 */
export interface ServerSettings {
  /** `socket.request.max.bytes` */
  readonly maxRequestBytes: number
  /** `queued.max.request.bytes`, or a bound of our own where that is not set: what all requests together may hold. */
  readonly requestMemoryBytes: number
  /** `max.connections`: more wait until others close, as many as the backlog allows. */
  readonly maxConnections: number
  /** `listener.name.<listener>.max.connections`, or `max.connections` where a listener has none of its own. */
  maxConnectionsOn(listenerName: string): number
  /** `max.connections.per.ip`; 0 allows only the addresses in the overrides. */
  readonly maxConnectionsPerIp: number
  /** `max.connections.per.ip.overrides`, by address. */
  readonly maxConnectionsPerIpOverrides: ReadonlyMap<string, number>
  /** For how many connections, served or waiting, the process has descriptors; further ones are closed at once. */
  readonly maxSockets: number
  /** `connections.max.idle.ms`; -1 for never. */
  readonly maxIdleMs: number
  /** `socket.listen.backlog.size` */
  readonly backlog: number
}

/** Kafka's defaults; the request memory, unbounded there, is bounded here. */
export const DEFAULT_SERVER_SETTINGS: ServerSettings = {
  maxRequestBytes: 104_857_600,
  requestMemoryBytes: 268_435_456,
  maxConnections: 2_147_483_647,
  maxConnectionsOn: () => 2_147_483_647,
  maxConnectionsPerIp: 2_147_483_647,
  maxConnectionsPerIpOverrides: new Map(),
  maxSockets: Number.POSITIVE_INFINITY,
  maxIdleMs: 600_000,
  backlog: 50,
}
