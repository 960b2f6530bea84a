import type { TopicPartition } from '../../../base/topic-partition.ts'
import { topicFilter } from '../../operations/topics/topic-names.ts'
import { OptionError } from '../options/option-error.ts'
import type { Options } from '../options/parse-options.ts'

/** Which topics, and which of their partitions. */
export interface PartitionFilter {
  topic(name: string, excludesInternal: boolean): boolean
  partition(one: TopicPartition): boolean
}

const TIMES: Readonly<Record<string, bigint>> = {
  latest: -1n,
  earliest: -2n,
  'max-timestamp': -3n,
  'earliest-local': -4n,
  'latest-tiered': -5n,
  'earliest-pending-upload': -6n,
}

/** What `--time` says, as on the wire. Errors: `OptionError`. */
export function offsetTimestamp(text: string): bigint {
  const known = Object.hasOwn(TIMES, text) ? TIMES[text] : undefined
  if (known !== undefined) return known
  if (/^[+-]?[0-9]{1,19}$/.test(text)) return BigInt(text.replace('+', ''))
  throw new OptionError(
    `Malformed time argument ${text}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp`,
  )
}

/** Errors: `OptionError` for options that do not go together, and for what is no partition. */
export function partitionFilter(options: Options): PartitionFilter {
  const rules = options.value('topic-partitions')
  if (rules === null) return topicAndPartitions(options.value('topic') ?? '.*', partitionSet(options.value('partitions')))
  if (options.has('topic') || options.has('partitions')) throw new OptionError('--topic-partitions cannot be used with --topic or --partitions')
  const filters = rules.split(',').map(ruleFilter)
  return {
    topic: (name, excludesInternal) => filters.some((filter) => filter.topic(name, excludesInternal)),
    partition: (one) => filters.some((filter) => filter.topic(one.topic, false) && filter.partition(one)),
  }
}

function topicAndPartitions(pattern: string, includes: (partition: number) => boolean): PartitionFilter {
  return { topic: topicFilter(pattern), partition: ({ partition }) => includes(partition) }
}

function partitionSet(text: string | null): (partition: number) => boolean {
  if (text === null || text === '') return () => true
  const partitions = text.split(',')
  if (partitions.some((partition) => !/^[+-]?[0-9]{1,10}$/.test(partition)))
    throw new OptionError(`--partitions expects a comma separated list of numeric partition ids, but received: ${text}`)
  const wanted = new Set(partitions.map(Number))
  return (partition) => wanted.has(partition)
}

const RULE = /^([^:,]*)(?::(?:([0-9]*)|(?:([0-9]*)-([0-9]*))))?$/

/** `TOPIC`, `TOPIC:3`, `TOPIC:1-4` without 4, `TOPIC:1-`, `TOPIC:-4`, and each without a topic for all of them. */
function ruleFilter(rule: string): PartitionFilter {
  const match = RULE.exec(rule)
  if (match === null) throw new OptionError(`Invalid rule specification: ${rule}`)
  const [, topic = '', one = '', from = '', until = ''] = match
  const [low, high] = [Number(from), until === '' ? Number.POSITIVE_INFINITY : Number(until)]
  const includes = one === '' ? (partition: number) => partition >= low && partition < high : (partition: number) => partition === Number(one)
  return topicAndPartitions(topic === '' ? '.*' : topic, includes)
}
