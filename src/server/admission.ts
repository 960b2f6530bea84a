import type { ServerSettings } from './settings.ts'

/** `wait`: the node has as many connections as it may; `refuse`: this address has. */
export type Verdict = 'admit' | 'wait' | 'refuse'

/**
 * Counts connections, in all and by address. Source: `max.connections` (new ones wait for a free place) and
 * `max.connections.per.ip` with its overrides (closed at once); KIP-402.
 */
export class Admission {
  readonly #settings: ServerSettings
  readonly #byAddress = new Map<string, number>()
  #count = 0

  constructor(settings: ServerSettings) {
    this.#settings = settings
  }

  get count(): number {
    return this.#count
  }

  judge(address: string): Verdict {
    const { maxConnections, maxConnectionsPerIp, maxConnectionsPerIpOverrides } = this.#settings
    const allowed = maxConnectionsPerIpOverrides.get(address) ?? maxConnectionsPerIp
    if ((this.#byAddress.get(address) ?? 0) >= allowed) return 'refuse'
    return this.#count >= maxConnections ? 'wait' : 'admit'
  }

  enter(address: string): void {
    this.#count++
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1)
  }

  leave(address: string): void {
    this.#count--
    const rest = (this.#byAddress.get(address) ?? 1) - 1
    if (rest === 0) this.#byAddress.delete(address)
    else this.#byAddress.set(address, rest)
  }
}
