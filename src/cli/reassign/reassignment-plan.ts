import { type Fields, readDocument } from '../read-document.ts'
import type { PlacedPartition } from './balance-replicas.ts'

const VERSION = 1
const HIGHEST = 2_147_483_647
const ANY_DIRECTORY = 'any'

/** As `kafka-reassign-partitions` reads it. */
export function encodePlan(partitions: readonly PlacedPartition[]): string {
  const lines = partitions.map(({ topic, partition, replicas }) => `  ${JSON.stringify({ topic, partition, replicas })}`)
  return `{"version": ${VERSION}, "partitions": [\n${lines.join(',\n')}\n]}\n`
}

/** Errors: DOCUMENT that names what is wrong. */
export function decodePlan(text: string, path: string): readonly PlacedPartition[] {
  return readDocument(text, path, (root) => {
    if (root.integer('version', 0, HIGHEST) !== VERSION) throw root.wrong('version', String(VERSION))
    const partitions = root.list('partitions', partitionIn)
    root.nothingElse()
    const seen = new Set<string>()
    for (const { topic, partition } of partitions) {
      if (seen.has(`${topic}-${partition}`)) throw root.wrong('partitions', `without ${topic}-${partition} twice`)
      seen.add(`${topic}-${partition}`)
    }
    return partitions
  })
}

function partitionIn(fields: Fields): PlacedPartition {
  const topic = fields.text('topic')
  const partition = fields.integer('partition', 0, HIGHEST)
  const replicas = fields.values('replicas', isBroker, 'a list of brokers')
  if (replicas.length === 0 || new Set(replicas).size < replicas.length) throw fields.wrong('replicas', 'a list of one broker or more, none of them twice')
  // Which directory of a broker is for Kafka's own tool.
  if (fields.has('log_dirs')) fields.values('log_dirs', isAnyDirectory, `left out, or "${ANY_DIRECTORY}" for each replica`)
  fields.nothingElse()
  return { topic, partition, replicas }
}

function isBroker(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= HIGHEST
}

function isAnyDirectory(value: unknown): value is string {
  return value === ANY_DIRECTORY
}
