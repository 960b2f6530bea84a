import { OdradekError } from '../../base/errors.ts'
import { nearestName } from '../../config/sources/nearest-name.ts'
import type { StartClusterOptions } from './cluster-api.ts'
import type { StartNodeOptions } from './node-api.ts'

const OPTIONS = ['config', 'topics', 'dataDirectory', 'storage', 'logger', 'logLevel']
const ALONE_ONLY = ['odradek.control.port', 'odradek.control.clock']
const MOST_NODES = 9
const TOPIC_FIELDS = ['name', 'partitions', 'replicationFactor', 'configs']
const LEVELS = ['off', 'error', 'warn', 'info', 'debug', 'trace']

/**
 * Looks at what types promise and a caller in JavaScript may break: an option that is misspelled would else be passed over,
 * and a test would pass or fail for another reason than the one that it is about.
 * Errors: `OdradekError` CONFIG_INVALID that names the option.
 */
export function checkStartOptions(input: unknown): asserts input is StartNodeOptions {
  const fields = fieldsOf(input, 'The argument of startNode', [...OPTIONS, 'clock'])
  checkCommon(fields)
  checkChoice('clock', fields.clock, ['real', 'manual'])
}

/** As `checkStartOptions`. */
export function checkClusterOptions(input: unknown): asserts input is StartClusterOptions {
  const fields = fieldsOf(input, 'The argument of startCluster', ['nodes', 'metrics', ...OPTIONS])
  const { nodes = 1, metrics = false } = fields
  if (!Number.isInteger(nodes) || (nodes as number) < 1 || (nodes as number) > MOST_NODES)
    throw invalid(`nodes is a number from 1 to ${MOST_NODES}, not ${written(nodes)}.`)
  if (typeof metrics !== 'boolean') throw invalid(`metrics is true or false, not ${written(metrics)}.`)
  checkCommon(fields)
  for (const name of Object.keys((fields.config ?? {}) as object)) {
    if (ALONE_ONLY.includes(name)) throw invalid(`${name} in config is for a node alone: the nodes of a cluster are steered by its methods.`)
  }
}

function checkCommon({ config, topics, dataDirectory, storage, logger, logLevel }: Readonly<Record<string, unknown>>): void {
  if (config !== undefined) checkSettings(config, 'config')
  if (topics !== undefined) checkTopics(topics)
  if (dataDirectory !== undefined) checkDirectory(dataDirectory)
  checkChoice('storage', storage, ['disk', 'memory'])
  checkChoice('logLevel', logLevel, LEVELS)
  if (logger !== undefined && typeof Object(logger).child !== 'function') throw invalid('logger is an object with the methods of a Logger, child among them.')
}

function checkTopics(topics: unknown): void {
  if (!Array.isArray(topics)) throw invalid(`topics is a list, such as ['orders:3'], not ${written(topics)}.`)
  for (const topic of topics) if (typeof topic !== 'string') checkTopic(topic)
}

function checkTopic(topic: unknown): void {
  const { name, configs } = fieldsOf(topic, 'A topic that is no text', TOPIC_FIELDS)
  if (typeof name !== 'string' || name === '') throw invalid(`A topic needs a name: ${written(topic)} has none.`)
  if (configs !== undefined) checkSettings(configs, `configs of topic ${name}`)
}

/** `log.dirs`, to which it goes, is a list. */
function checkDirectory(directory: unknown): void {
  if (typeof directory !== 'string' || directory === '') throw invalid(`dataDirectory is a path, not ${written(directory)}.`)
  if (directory.includes(',')) throw invalid(`dataDirectory is one path, without commas, not ${directory}; for several set log.dirs in config.`)
}

function checkSettings(settings: unknown, what: string): void {
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) throw invalid(`${what} is an object, such as { 'retention.ms': 1000 }.`)
  const wrong = Object.entries(settings).find(([, value]) => !['string', 'number', 'boolean'].includes(typeof value))
  if (wrong !== undefined) throw invalid(`${wrong[0]} in ${what} is a text, a number or a boolean, not ${written(wrong[1])}.`)
}

function checkChoice(name: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || allowed.includes(value as string)) return
  throw invalid(`${name} is one of ${allowed.join(', ')}, not ${written(value)}.`)
}

function fieldsOf(input: unknown, what: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    throw invalid(`${what} is an object with ${known.join(', ')}, not ${written(input)}.`)
  const unknown = Object.keys(input).find((name) => !known.includes(name))
  if (unknown === undefined) return input as Readonly<Record<string, unknown>>
  const near = nearestName(unknown, known)
  throw invalid(`${what}: there is no ${unknown}; there are ${known.join(', ')}.${near === null ? '' : ` Did you mean ${near}?`}`)
}

function written(value: unknown): string {
  return typeof value === 'object' || typeof value === 'string' ? (JSON.stringify(value) ?? String(value)) : String(value)
}

function invalid(message: string): OdradekError {
  return new OdradekError('CONFIG_INVALID', message)
}
