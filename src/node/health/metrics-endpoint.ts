import type { Endpoint } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { listenerSpecs } from '../node-listeners.ts'

/** Where the settings want metrics and health served; a host of '' is every address. null: nowhere. */
export function metricsEndpoint({ config, identity }: { readonly config: NodeConfig; readonly identity: NodeIdentity }): Endpoint | null {
  const port = config.get('metrics.port')
  return port === 0 ? null : { host: config.get('metrics.host') ?? listenerSpecs(identity)[0]?.at.host ?? '', port }
}
