import type { Ports } from '../../base/ports.ts'
import { ActiveController, type LocalController } from '../../broker/active-controller.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { QuorumView } from '../../raft/quorum-description.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Teardown } from '../lifetime/teardown.ts'
import { NODE_PRINCIPAL } from '../node-principal.ts'

export interface AskControllerOptions {
  readonly config: NodeConfig
  readonly quorum: QuorumView
  /** null without the controller role. */
  readonly local: LocalController | null
  readonly ports: Ports
  readonly logger: Logger
  readonly teardown: Teardown
}

/** The active controller as this node asks it, until it stops. */
export function askController({ config, quorum, local, ports, logger, teardown }: AskControllerOptions): ActiveController {
  const controller = new ActiveController({
    nodeId: config.get('node.id'),
    quorum,
    local,
    principal: NODE_PRINCIPAL,
    requestTimeoutMs: config.get('controller.socket.timeout.ms'),
    sessionTimeoutMs: config.get('broker.session.timeout.ms'),
    ...ports,
    logger: logger.child('controller-channel'),
  })
  teardown.add('calls to the controller', () => controller[Symbol.asyncDispose]())
  return controller
}
