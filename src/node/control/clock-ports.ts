import type { Ports } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import { manualPorts } from '../../platform/time/manual-ports.ts'
import type { SteeredClock } from './open-control.ts'

/** The ports of a node with the clock that its settings ask for. */
export function clockPorts(config: NodeConfig, real: Ports): { readonly ports: Ports; readonly steeredClock?: SteeredClock } {
  if (config.get('odradek.control.clock') !== 'manual') return { ports: real }
  const { ports, advance } = manualPorts(real)
  return { ports, steeredClock: { advance, wireTimers: real.timers } }
}
