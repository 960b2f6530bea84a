/** What has come and gone on one listener since it opened. Numbers that only grow, but for `open`. */
export interface ListenerStats {
  readonly name: string
  /** Connections that are served now. */
  open: number
  /** Connections that were taken on. */
  opened: number
  bytesIn: number
  bytesOut: number
}

export function listenerStats(name: string): ListenerStats {
  return { name, open: 0, opened: 0, bytesIn: 0, bytesOut: 0 }
}
