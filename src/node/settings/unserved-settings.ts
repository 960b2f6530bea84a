import { OdradekError } from '../../base/errors.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { listenerSpecs } from '../node-listeners.ts'

/**
 * Refuses what is a good configuration and not served, before anything is formatted or opened: an authorizer or a secured
 * listener, which would leave a node open that was to be closed.
 *
 * Errors: CONFIG_UNSUPPORTED that says where it was written, why, and what to write instead.
 */
export function refuseUnserved(config: NodeConfig, identity: NodeIdentity): void {
  refuseAuthorizer(config)
  listenerSpecs(identity)
}

function refuseAuthorizer(config: NodeConfig): void {
  const name = 'authorizer.class.name'
  if (config.get(name) === '') return
  refuse(config, name, 'asks for ACLs, which are not served yet: the node would let everyone do everything. Leave it out to start without.')
}

function refuse(config: NodeConfig, name: string, why: string): never {
  const { origin, text } = config.inForce(name)
  throw new OdradekError('CONFIG_UNSUPPORTED', `${origin}: ${name}=${text} ${why}`, { fields: { name, value: text } })
}
