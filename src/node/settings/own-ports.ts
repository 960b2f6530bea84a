import { OdradekError } from '../../base/errors.ts'
import type { Endpoint } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { NodeIdentity } from '../../config/node-identity.ts'
import { LOOPBACK } from '../control/open-control.ts'
import { listenerSpecs } from '../node-listeners.ts'

interface OwnPort {
  /** As in "… is also that of". */
  readonly what: string
  readonly at: Endpoint
}

const EVERYWHERE: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])

/**
 * Looks for a port that this node would open twice: opening it would fail as if another program had it. Listeners among
 * themselves are looked at with Kafka's rules when the configuration is read.
 *
 * Errors: CONFIG_INVALID that names the setting and what has the port.
 */
export function checkOwnPorts(config: NodeConfig, identity: NodeIdentity): void {
  const listeners = listenerSpecs(identity).map(({ name, at }) => ({ what: `listener ${name}`, at }))
  const metricsHost = config.get('metrics.host') ?? listeners[0]?.at.host ?? ''
  const metrics = { what: 'metrics.port', at: { host: metricsHost, port: config.get('metrics.port') } }
  const control = { what: 'odradek.control.port', at: { host: LOOPBACK, port: config.get('odradek.control.port') } }
  checkPort(metrics, listeners)
  checkPort(control, [...listeners, metrics])
}

function checkPort({ what, at }: OwnPort, others: readonly OwnPort[]): void {
  if (at.port <= 0) return
  const other = others.find((candidate) => candidate.at.port === at.port && overlap(candidate.at.host, at.host))
  if (other === undefined) return
  throw new OdradekError('CONFIG_INVALID', `${what}=${at.port} is also the port of ${other.what} of this node: choose another.`, {
    fields: { name: what },
  })
}

function overlap(one: string, other: string): boolean {
  return EVERYWHERE.has(one) || EVERYWHERE.has(other) || numeric(one) === numeric(other)
}

function numeric(host: string): string {
  return host === 'localhost' ? LOOPBACK : host
}
