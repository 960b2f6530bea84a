import { OdradekError } from '../base/errors.ts'
import type { NodeConfig } from '../config/node-config.ts'

/**
 * Refuses what would leave a node open that was to be closed: an authorizer, while none decides here who may do what.
 * (Listeners are refused by their protocol where they are opened.)
 * Errors: CONFIG_UNSUPPORTED.
 */
export function refuseUnserved(config: NodeConfig): void {
  const name = 'authorizer.class.name'
  const authorizer = config.get(name)
  if (authorizer === '') return
  const { origin } = config.inForce(name)
  throw new OdradekError(
    'CONFIG_UNSUPPORTED',
    `${origin}: ${name}=${authorizer} asks for ACLs, which are not served yet: the node would let everyone do everything. Leave it out to start without.`,
    { fields: { name, value: authorizer } },
  )
}
