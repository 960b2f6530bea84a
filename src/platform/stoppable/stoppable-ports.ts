import type { Network, Ports } from '../../base/ports.ts'
import type { LogFields, Logger } from '../../telemetry/logger.ts'
import { Gate } from './gate.ts'
import type { Links } from './links.ts'
import { StoppableDisk } from './stoppable-disk.ts'
import { StoppableNetwork } from './stoppable-network.ts'
import { StoppableTimers } from './stoppable-timers.ts'

/** What a node of this process is made of, and the switch by which it stands still or is killed. */
export interface StoppablePorts {
  readonly ports: Ports
  readonly logger: Logger
  /** The node takes no turn until `resume`; time passes, and connections are held open. */
  pause(): void
  resume(): void
  /**
   * The node takes no turn any more. Its connections are closed and its files, as the system does when a process is gone:
   * nothing is flushed, and what was written stays.
   */
  kill(): Promise<void>
}

/** @param network with the ports of the cluster */
export function stoppablePorts(nodeId: number, real: Ports, network: Network, links: Links, logger: Logger): StoppablePorts {
  const gate = new Gate((callback) => real.timers.defer(callback))
  const disk = new StoppableDisk(real.disk, gate)
  const stoppableNetwork = new StoppableNetwork(nodeId, network, gate, links)
  return {
    ports: { ...real, timers: new StoppableTimers(real.timers, gate), disk, network: stoppableNetwork },
    logger: loggerBehind(gate, logger),
    pause: () => gate.shut(),
    resume: () => gate.open(),
    async kill() {
      gate.close()
      await stoppableNetwork.release()
      await disk.release()
    },
  }
}

/** A node that was killed says nothing of what it finds then. */
function loggerBehind(gate: Gate, logger: Logger): Logger {
  const behind = (write: (message: string, fields?: LogFields) => void) => (message: string, fields?: LogFields) => {
    if (!gate.isClosed) write(message, fields)
  }
  return {
    error: behind((message, fields) => logger.error(message, fields)),
    warn: behind((message, fields) => logger.warn(message, fields)),
    info: behind((message, fields) => logger.info(message, fields)),
    debug: behind((message, fields) => logger.debug(message, fields)),
    child: (component, fields) => loggerBehind(gate, logger.child(component, fields)),
  }
}
