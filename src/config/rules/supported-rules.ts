import type { NodeConfig } from '../node-config.ts'
import { refuse } from './refuse.ts'

const AUTHORIZERS: readonly string[] = ['', 'org.apache.kafka.metadata.authorizer.StandardAuthorizer']
const REPLICA_SELECTORS: readonly (string | null)[] = [
  null,
  '',
  'org.apache.kafka.common.replica.LeaderSelector',
  'org.apache.kafka.common.replica.RackAwareReplicaSelector',
]

/**
 * What Apache Kafka would do with a plug-in of its user's, and no other program can: ignoring it would leave a node open
 * that was to be closed, or take a placeholder for a password. So it is refused.
 */
export function checkSupported(config: NodeConfig): void {
  const authorizer = config.get('authorizer.class.name')
  if (!AUTHORIZERS.includes(authorizer)) refuseClass(config, 'authorizer.class.name', authorizer, AUTHORIZERS)
  const selector = config.get('replica.selector.class')
  if (!REPLICA_SELECTORS.includes(selector)) refuseClass(config, 'replica.selector.class', selector, REPLICA_SELECTORS)
  if (config.get('remote.log.storage.system.enable')) {
    refuse(`${written(config, 'remote.log.storage.system.enable')}: tiered storage needs a plug-in in Java, which cannot be loaded here; leave it off`)
  }
  if (config.get('config.providers').length > 0) {
    refuse(
      `${written(config, 'config.providers')}: config providers are classes in Java, which cannot be loaded here; write values themselves, or give secrets as KAFKA_ variables`,
    )
  }
}

function refuseClass(config: NodeConfig, name: string, value: string | null, allowed: readonly (string | null)[]): never {
  const names = allowed.filter((className) => className !== null && className !== '')
  return refuse(`${written(config, name)}: Class ${value} could not be found. Classes of this name that are known here: ${names.join(', ')}; or leave it out`)
}

function written(config: NodeConfig, name: string): string {
  const { text, origin } = config.inForce(name)
  return `${origin}: ${name}=${text ?? ''}`
}
