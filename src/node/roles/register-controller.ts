import type { Timers } from '../../base/ports.ts'
import type { ActiveController } from '../../broker/active-controller.ts'
import { ControllerRegistrar } from '../../controller/cluster/controller-registrar.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Teardown } from '../lifetime/teardown.ts'
import type { OpenMetadata } from '../parts/open-metadata.ts'

export interface RegisterControllerOptions {
  readonly metadata: OpenMetadata
  readonly active: ActiveController
  readonly ports: { readonly timers: Timers }
  readonly logger: Logger
  readonly teardown: Teardown
}

/** Has the active controller know of this node's, from now until the node stops. */
export async function registerController({ metadata, active, ports, logger, teardown }: RegisterControllerOptions): Promise<void> {
  const registrar = new ControllerRegistrar({
    registration: metadata.registration,
    registry: active,
    isLeader: () => active.isHere,
    timers: ports.timers,
    logger: logger.child('controller'),
  })
  teardown.add('the registration of the controller', () => registrar[Symbol.dispose]())
  await metadata.loader.addPublisher(registrar)
}
