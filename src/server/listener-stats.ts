/** Why a connection was turned away: no descriptor for it, its address has as many as it may, or the node or listener has and too many wait. */
export type RefusalReason = 'open-files' | 'max.connections.per.ip' | 'max.connections'

/** What has come and gone on one listener since it opened. Numbers that only grow, but for `open` and `waiting`. */
export interface ListenerStats {
  readonly name: string
  /** Connections that are served now. */
  open: number
  /** Connections that wait until another closes: the node, or the listener, has as many as it may. */
  waiting: number
  /** Connections that were taken on. */
  opened: number
  /** Connections that were turned away. */
  readonly refused: Record<RefusalReason, number>
  bytesIn: number
  bytesOut: number
}

export function listenerStats(name: string): ListenerStats {
  return { name, open: 0, waiting: 0, opened: 0, refused: { 'open-files': 0, 'max.connections.per.ip': 0, 'max.connections': 0 }, bytesIn: 0, bytesOut: 0 }
}
