/**
 * From what the command line, files and variables say to what is in force. Later sources win: profile, files in their order,
 * `KAFKA_*` variables, `--set`. Reads nothing itself: texts come in, a configuration or an `OdradekError` goes out.
 */
import { OdradekError } from '../base/errors.ts'
import { brokerSettings, isDynamicOnly } from './broker-settings.ts'
import { type GivenValue, NodeConfig } from './node-config.ts'
import type { NodeIdentity } from './node-identity.ts'
import { devProfile, type ProfileName, parseProfile } from './profiles.ts'
import { checkNodeRules } from './rules/node-rules.ts'
import { checkSupported } from './rules/supported-rules.ts'
import { findSetting } from './setting-names.ts'
import { parseAssignment } from './sources/assignments.ts'
import { clusterIdOf } from './sources/cluster-id.ts'
import type { ConfigEntry } from './sources/config-entry.ts'
import { parseEnvironment } from './sources/environment.ts'
import { isForeignName } from './sources/foreign-names.ts'
import { nearestName } from './sources/nearest-name.ts'
import { placesOf, readPlaces } from './sources/places.ts'
import { parseProperties } from './sources/properties-file.ts'
import { joinTopicSpecs, parseTopicSpec, parseTopicSpecs, type TopicInput, type TopicSpec, topicSpec } from './sources/topic-specs.ts'
import { parseYaml } from './sources/yaml-file.ts'
import { ALONE, checkStartedAs, type StartedAs } from './started-as.ts'
import { type TopicSettingName, topicSynonyms } from './topic-settings.ts'

export interface ConfigFile {
  readonly path: string
  /** Of a `.properties` file decoded as ISO 8859-1, as Java does; of YAML as UTF-8. */
  readonly text: string
}

export interface ConfigInputs {
  /** `--profile`; `ODRADEK_PROFILE` and then the rule of `chooseProfile` where not given. */
  readonly profile?: string
  readonly files?: readonly ConfigFile[]
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** `name=value` of `--set`, or what a program that starts a node passes. */
  readonly assignments?: readonly string[]
  /** `--topic`, or what a program that starts a node passes. */
  readonly topics?: readonly (string | TopicInput)[]
  /** What whoever wrote them knows these two by; `--set` and `--topic` where not given. */
  readonly origins?: { readonly assignments: string; readonly topics: string }
  /** What the command line says of ports and directories; a node alone where not given. */
  readonly startedAs?: Partial<StartedAs>
  /** `--strict-config`: refuse names that nobody knows, wherever they stand. */
  readonly strict?: boolean
}

export interface LoadedConfig {
  readonly config: NodeConfig
  readonly identity: NodeIdentity
  readonly profile: ProfileName
  /** To be made when the node starts, where they are not there. */
  readonly topics: readonly TopicSpec[]
  /** Sentences for the log, in order. */
  readonly warnings: readonly string[]
  /** The same of what is in order, and may be news to whoever wrote it for another program. */
  readonly notices: readonly string[]
  /** The id of the cluster that variables name; null where they do not. */
  readonly clusterId: string | null
}

const COMMAND_LINE = { assignments: '--set', topics: '--topic' }

/** Throws an `OdradekError` CONFIG_SYNTAX, CONFIG_UNKNOWN or CONFIG_INVALID that says where, what and what is allowed. */
export function loadConfig(inputs: ConfigInputs): LoadedConfig {
  const warnings: string[] = []
  const profile = chooseProfile(inputs)
  const environment = parseEnvironment(inputs.environment ?? {}, (name) => findSetting(name) !== null)
  const sources = [...(inputs.files ?? []).map(readFile), { entries: environment.entries, warnings: [], isOurs: false }, readAssignments(inputs)]
  const values = new Map<string, GivenValue>()
  for (const source of sources) {
    warnings.push(...source.warnings)
    for (const entry of source.entries) if (isKept(entry, source.isOurs, inputs.strict ?? false, warnings)) values.set(entry.name, entry)
  }
  const places = readPlaces(inputs.environment ?? {})
  const startedAs = { ...ALONE, everywhere: places.everywhere, ...inputs.startedAs }
  checkStartedAs(values, startedAs, profile)
  for (const entry of placesOf(values, places, { hasClientPort: startedAs.clientPort !== null })) values.set(entry.name, entry)
  if (profile === 'dev') addProfile(values, startedAs)
  addNodeId(values)
  const config = new NodeConfig(values)
  const identity = checkRules(config)
  checkSupported(config)
  warnings.push(...valueWarnings(config, identity))
  const notices = noticesOf(environment.passedOver)
  return { config, identity, profile, topics: topicsOf(inputs, sources), warnings, notices, clusterId: clusterIdOf(inputs.environment ?? {}) }
}

interface Source {
  readonly entries: readonly ConfigEntry[]
  readonly warnings: readonly string[]
  /** A form of our own, where a name that nobody knows is a mistake and not somebody else's setting. */
  readonly isOurs: boolean
  readonly topics?: readonly TopicSpec[]
}

/** Later sources win, as with settings. */
function topicsOf({ environment, topics = [], origins = COMMAND_LINE }: ConfigInputs, sources: readonly Source[]): TopicSpec[] {
  const variable = 'KAFKA_CREATE_TOPICS'
  const given = topics.map((topic) => (typeof topic === 'string' ? parseTopicSpec(topic, origins.topics) : topicSpec(topic, 'topics')))
  return joinTopicSpecs([...sources.map((source) => source.topics ?? []), parseTopicSpecs(environment?.[variable] ?? '', variable), given])
}

function isProperties(file: ConfigFile): boolean {
  return !/\.ya?ml$/i.test(file.path)
}

function readFile(file: ConfigFile): Source {
  if (isProperties(file)) return { entries: parseProperties(file.text, file.path), warnings: [], isOurs: false }
  return { ...parseYaml(file.text, file.path), isOurs: true }
}

function readAssignments({ assignments = [], origins = COMMAND_LINE }: ConfigInputs): Source {
  return { entries: assignments.map((assignment) => parseAssignment(assignment, origins.assignments)), warnings: [], isOurs: true }
}

/** Kafka's files and Kafka's way of naming roles ask for Kafka's defaults; whoever gives neither wants a node to try. */
function chooseProfile(inputs: ConfigInputs): ProfileName {
  if (inputs.profile !== undefined) return parseProfile(inputs.profile, '--profile')
  const variable = inputs.environment?.ODRADEK_PROFILE
  if (variable !== undefined && variable !== '') return parseProfile(variable, 'ODRADEK_PROFILE')
  const namesRoles = ['KAFKA_PROCESS_ROLES', 'KAFKA_CFG_PROCESS_ROLES'].some((name) => inputs.environment?.[name] !== undefined)
  return namesRoles || (inputs.files ?? []).some(isProperties) ? 'kafka' : 'dev'
}

/** Kafka goes on over names it does not know; in a form of our own, and where strictness was asked for, they are refused. */
function isKept(entry: ConfigEntry, isOurs: boolean, strict: boolean, warnings: string[]): boolean {
  if (findSetting(entry.name) !== null && !isDynamicOnly(entry.name)) return true
  if (isForeignName(entry.name) && !isOurs) return false
  const near = ofAllTopics(entry.name) ?? nearestName(entry.name, Object.keys(brokerSettings))
  const message = `${entry.origin}: there is no setting ${entry.name}${near === null ? '' : `; did you mean ${near}?`}`
  if (isOurs || strict) throw new OdradekError('CONFIG_UNKNOWN', message, { fields: { name: entry.name, origin: entry.origin } })
  warnings.push(message)
  return false
}

/** The broker's name of a setting of topics. */
function ofAllTopics(name: string): string | null {
  return Object.hasOwn(topicSynonyms, name) ? (topicSynonyms[name as TopicSettingName]?.[0]?.name ?? null) : null
}

function addProfile(values: Map<string, GivenValue>, startedAs: StartedAs): void {
  const texts = new Map([...values].map(([name, { text }]) => [name, text]))
  const numbered = texts.has('broker.id') && !texts.has('node.id')
  for (const entry of devProfile(texts, startedAs)) {
    if (numbered && entry.name === 'node.id') continue
    const written = values.get(entry.name)
    values.set(entry.name, written === undefined ? entry : { ...entry, origin: `${written.origin}, ${entry.origin}` })
  }
}

/** `broker.id` is the older name of `node.id`: each stands for the other where only one is set. */
function addNodeId(values: Map<string, GivenValue>): void {
  const nodeId = values.get('node.id')
  const brokerId = values.get('broker.id')
  if (nodeId !== undefined && brokerId === undefined && /^[0-9]+$/.test(nodeId.text)) values.set('broker.id', nodeId)
  if (brokerId !== undefined && nodeId === undefined) values.set('node.id', brokerId)
}

/** Kafka's messages about listeners do not say which setting they are about, nor where it was written. */
function checkRules(config: NodeConfig): NodeIdentity {
  try {
    return checkNodeRules(config)
  } catch (error) {
    const name = error instanceof OdradekError && typeof error.fields.name === 'string' ? error.fields.name : ''
    const given = config.given(name)
    if (!(error instanceof OdradekError) || given === undefined) throw error
    const message = `${given.origin}: ${name}=${given.text}: ${error.message}; listeners are written NAME://HOST:PORT, such as PLAINTEXT://localhost:9092`
    throw new OdradekError(error.code, message, { cause: error, fields: { name, origin: given.origin } })
  }
}

function noticesOf(passedOver: readonly string[]): string[] {
  if (passedOver.length === 0) return []
  const what = `passed over, as there is no JVM here: ${passedOver.join(', ')}`
  if (!passedOver.some((variable) => variable.includes('ZOOKEEPER'))) return [what]
  return [
    `passed over, as there is neither a JVM nor ZooKeeper here: ${passedOver.join(', ')}. The node keeps the metadata itself; several nodes are one cluster by KAFKA_PROCESS_ROLES, KAFKA_CONTROLLER_QUORUM_VOTERS and CLUSTER_ID`,
  ]
}

/** What may stand and should not. */
function valueWarnings(config: NodeConfig, identity: NodeIdentity): string[] {
  if (!identity.isBroker || config.get('broker.heartbeat.interval.ms') <= config.get('broker.session.timeout.ms') / 2) return []
  return ['broker.heartbeat.interval.ms should be at most half of broker.session.timeout.ms, or one lost heartbeat fences the broker']
}
