import type { Ports } from '../base/ports.ts'
import { nodeClock } from './node-clock.ts'
import { NodeDisk } from './node-disk.ts'
import { NodeNetwork } from './node-network.ts'
import { nodeRandom } from './node-random.ts'
import { NodeTimers } from './node-timers.ts'

/** The ports made of Node. One for each node of the process, so that nodes share no timer. */
export function nodePorts(): Ports {
  return { clock: nodeClock, timers: new NodeTimers(), random: nodeRandom, disk: new NodeDisk(nodeClock), network: new NodeNetwork() }
}
