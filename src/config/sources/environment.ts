import type { ConfigEntry } from './config-entry.ts'

/** Variables of the image and of its scripts that are not settings: versions, options of the JVM, log levels, health checks. */
const NOT_SETTINGS: ReadonlySet<string> = new Set([
  'KAFKA_VERSION',
  'KAFKA_HOME',
  'KAFKA_OPTS',
  'KAFKA_HEAP_OPTS',
  'KAFKA_JVM_PERFORMANCE_OPTS',
  'KAFKA_GC_LOG_OPTS',
  'KAFKA_JMX_OPTS',
  'KAFKA_JMX_PORT',
  'KAFKA_JMX_HOSTNAME',
  'KAFKA_DEBUG',
  'KAFKA_MODE',
  'KAFKA_USER',
  'KAFKA_TOOLS_LOG4J_LOGLEVEL',
])

/** What Kubernetes and Docker links put into every container beside a service whose name begins with `kafka`. */
const SERVICE_VARIABLE = /^KAFKA_(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/

/** What such a variable holds that ends in `_PORT`. */
const SERVICE_ADDRESS = /^(?:tcp|udp|sctp):\/\//

/**
 * Settings of `KAFKA_*` variables by the rule of the `apache/kafka` image: lower case, `_` is `.`, `__` is `_`, `___` is `-`.
 * Variables that mean nothing here or were put there by Kubernetes are left out, unless a setting goes by that name.
 *
 * @param isSetting tells whether a name is one of a setting
 */
export function parseEnvironment(variables: Readonly<Record<string, string | undefined>>, isSetting: (name: string) => boolean): ConfigEntry[] {
  const entries: ConfigEntry[] = []
  for (const [variable, text] of Object.entries(variables)) {
    if (!variable.startsWith('KAFKA_') || text === undefined) continue
    const name = settingOfVariable(variable)
    if (isSetting(name) ? !isServiceAddress(variable, text) : !isForeign(variable)) entries.push({ name, text, origin: variable })
  }
  return entries
}

function settingOfVariable(variable: string): string {
  const separators: Readonly<Record<string, string>> = { _: '.', __: '_', ___: '-' }
  const name = variable.slice('KAFKA_'.length).toLowerCase()
  return name.replaceAll(/_+/g, (underscores) => separators[underscores] ?? underscores)
}

/** As of `KAFKA_METRICS_PORT` beside a service named `kafka-metrics`: no setting is written like that. */
function isServiceAddress(variable: string, text: string): boolean {
  return SERVICE_VARIABLE.test(variable) && SERVICE_ADDRESS.test(text)
}

function isForeign(variable: string): boolean {
  return NOT_SETTINGS.has(variable) || variable.startsWith('KAFKA_LOG4J_') || SERVICE_VARIABLE.test(variable)
}
