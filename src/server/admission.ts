import type { ServerSettings } from './settings.ts'

/** `wait`: the node, or the listener, has as many connections as it may; `refuse`: this address has. */
export type Verdict = 'admit' | 'wait' | 'refuse'

/** Where a connection comes from and where it arrives. */
export interface Arrival {
  readonly address: string
  readonly listenerName: string
}

/**
 * Counts connections, in all, by address and by listener. Source: `max.connections` (new ones wait for a free place), the same
 * for one listener (KIP-402), and `max.connections.per.ip` with its overrides (closed at once).
 */
export class Admission {
  readonly #settings: ServerSettings
  readonly #byAddress = new Map<string, number>()
  readonly #byListener = new Map<string, number>()
  #count = 0

  constructor(settings: ServerSettings) {
    this.#settings = settings
  }

  /** More than there may be, since the limit was lowered. */
  get excess(): number {
    return Math.max(0, this.#count - this.#settings.maxConnections)
  }

  judge({ address, listenerName }: Arrival): Verdict {
    const { maxConnections, maxConnectionsPerIp, maxConnectionsPerIpOverrides } = this.#settings
    const allowed = maxConnectionsPerIpOverrides.get(address) ?? maxConnectionsPerIp
    if (countOf(this.#byAddress, address) >= allowed) return 'refuse'
    const isFull = this.#count >= maxConnections || countOf(this.#byListener, listenerName) >= this.#settings.maxConnectionsOn(listenerName)
    return isFull ? 'wait' : 'admit'
  }

  enter({ address, listenerName }: Arrival): void {
    this.#count++
    add(this.#byAddress, address, 1)
    add(this.#byListener, listenerName, 1)
  }

  leave({ address, listenerName }: Arrival): void {
    this.#count--
    add(this.#byAddress, address, -1)
    add(this.#byListener, listenerName, -1)
  }
}

function countOf(counts: ReadonlyMap<string, number>, key: string): number {
  return counts.get(key) ?? 0
}

/** What has come to nothing is forgotten. */
function add(counts: Map<string, number>, key: string, change: number): void {
  const count = countOf(counts, key) + change
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}
