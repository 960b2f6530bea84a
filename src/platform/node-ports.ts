import type { Ports } from '../base/ports.ts'
import { NodeDisk } from './disk/node-disk.ts'
import { NodeNetwork } from './network/node-network.ts'
import { nodeRandom } from './node-random.ts'
import { nodeClock } from './time/node-clock.ts'
import { NodeTimers } from './time/node-timers.ts'

/** The ports made of Node. One for each node of the process, so that nodes share no timer. */
export function nodePorts(): Ports {
  return { clock: nodeClock, timers: new NodeTimers(), random: nodeRandom, disk: new NodeDisk(nodeClock), network: new NodeNetwork() }
}
