import type { ConfigEntry } from './config-entry.ts'
import { isForeignName } from './foreign-names.ts'

/** Variables of images and of their scripts that are not settings: versions, options of the JVM, log levels, health checks. */
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
  'KAFKA_ENABLE_KRAFT',
  'KAFKA_EXTRA_FLAGS',
  'KAFKA_SKIP_KRAFT_STORAGE_INIT',
  'KAFKA_VOLUME_DIR',
])

/** Read elsewhere, by names that are none of settings. */
const READ_ELSEWHERE: ReadonlySet<string> = new Set(['KAFKA_CREATE_TOPICS', 'KAFKA_CLUSTER_ID', 'KAFKA_KRAFT_CLUSTER_ID'])

const PREFIX = 'KAFKA_'
/** Of the images of Bitnami. */
const CONFIG_PREFIX = 'KAFKA_CFG_'

/** What Kubernetes and Docker links put into every container beside a service whose name begins with `kafka`. */
const SERVICE_VARIABLE = /^KAFKA_(?:[A-Z0-9_]+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_[0-9]+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)$/

/** What such a variable holds that ends in `_PORT`. */
const SERVICE_ADDRESS = /^(?:tcp|udp|sctp):\/\//

/** As in the days of ZooKeeper, which then gave the number. */
const NUMBER_TO_BE_GIVEN = '-1'

export interface Environment {
  readonly entries: readonly ConfigEntry[]
  /** Names of variables that somebody wrote for a JVM, for ZooKeeper or for the scripts of another image, sorted. */
  readonly passedOver: readonly string[]
}

/**
 * Settings of `KAFKA_*` variables by the rule of the `apache/kafka` image: lower case, `_` is `.`, `__` is `_`, `___` is `-`; and of
 * `KAFKA_CFG_*`, as Bitnami writes them, which stand over the others. What Kubernetes put there is left out without a word,
 * unless a setting goes by that name.
 *
 * @param isSetting tells whether a name is one of a setting
 */
export function parseEnvironment(variables: Readonly<Record<string, string | undefined>>, isSetting: (name: string) => boolean): Environment {
  const entries: ConfigEntry[] = []
  const passedOver: string[] = []
  const written = Object.entries(variables).filter(([variable]) => variable.startsWith(PREFIX) && !READ_ELSEWHERE.has(variable))
  const plain = written.filter(([variable]) => !variable.startsWith(CONFIG_PREFIX))
  const configs = written.filter(([variable]) => variable.startsWith(CONFIG_PREFIX))
  for (const [variable, text] of [...plain, ...configs]) {
    if (text === undefined) continue
    const name = settingOfVariable(variable)
    if (isServiceAddress(variable, text)) continue
    if (isForeign(variable, name, text)) passedOver.push(variable)
    else if (isSetting(name) || !SERVICE_VARIABLE.test(variable)) entries.push({ name, text, origin: variable })
  }
  return { entries, passedOver: passedOver.sort() }
}

function settingOfVariable(variable: string): string {
  const separators: Readonly<Record<string, string>> = { _: '.', __: '_', ___: '-' }
  const prefix = variable.startsWith(CONFIG_PREFIX) ? CONFIG_PREFIX : PREFIX
  const name = variable.slice(prefix.length).toLowerCase()
  return name.replaceAll(/_+/g, (underscores) => separators[underscores] ?? underscores)
}

/** As of `KAFKA_METRICS_PORT` beside a service named `kafka-metrics`: no setting is written like that. */
function isServiceAddress(variable: string, text: string): boolean {
  return SERVICE_VARIABLE.test(variable) && SERVICE_ADDRESS.test(text)
}

function isForeign(variable: string, name: string, text: string): boolean {
  if (name === 'broker.id') return text.trim() === NUMBER_TO_BE_GIVEN
  return NOT_SETTINGS.has(variable) || variable.startsWith('KAFKA_LOG4J_') || isForeignName(name)
}
