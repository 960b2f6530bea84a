import type { Command, ExitCode, Output } from '../command.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import type { RecordsDeleted, RecordsToDelete } from '../operations/topics/delete-records.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags, jsonFlag, wholeNumber } from './cluster-flags.ts'
import { PARTITIONS, partitionsOf } from './partition-arguments.ts'
import { errorFacts, printTable } from './print.ts'

const LATEST = 'latest'
const HIGHEST_PARTITION = 0x7fff_ffff

export const deleteRecordsAction: Command = {
  name: 'topics delete-records',
  summary: 'Delete the first records of partitions, for good.',
  arguments: [{ name: PARTITIONS, optional: true, multiple: true, does: 'Topics, or some of their partitions.' }],
  flags: {
    ...clusterFlags,
    ...jsonFlag,
    before: { value: 'OFFSET', does: `The first record that stays; \`${LATEST}\` for none of those that are there.` },
    file: { value: 'FILE', does: 'In place of both, JSON with an offset for each partition, as kafka-delete-records takes it; `-` for standard input.' },
  },
  examples: ['odradek topics delete-records orders:0 --before 1000', 'odradek topics delete-records orders --before latest'],
  async run(args, output) {
    const { deleteRecords } = await import('../operations/topics/delete-records.ts')
    const wantedOf = await wanted(args)
    await using client = await clientFromFlags(args)
    return report(args, output, await deleteRecords(client, await wantedOf(client)))
  },
}

/** What is to be deleted, read before anybody is asked. Errors: `UsageError`, DOCUMENT. */
async function wanted(args: Arguments): Promise<(client: ClusterClient) => Promise<readonly RecordsToDelete[]>> {
  const file = args.value('file')
  const before = args.value('before')
  if (file !== undefined) {
    if (before !== undefined || args.positional.length > 0) throw new UsageError('`--file` says all of it: leave out topics and `--before`.')
    const deletions = await fromFile(file)
    return async () => deletions
  }
  if (before === undefined || args.positional.length === 0)
    throw new UsageError('`odradek topics delete-records` takes topics and `--before OFFSET`, or `--file FILE`.')
  const { BEFORE_HIGH_WATERMARK } = await import('../operations/topics/delete-records.ts')
  const offset = before === LATEST ? BEFORE_HIGH_WATERMARK : (wholeNumber(args, 'before', 0) ?? 0)
  return async (client) => (await partitionsOf(client, args.positional)).map((one) => ({ ...one, offset }))
}

async function fromFile(path: string): Promise<readonly RecordsToDelete[]> {
  const { readDocument, refuseFile } = await import('../read-document.ts')
  const { readText } = await import('../read-file.ts')
  const { topicPartitionKey } = await import('../../base/topic-partition.ts')
  const deletions = readDocument(readText(path), refuseFile(path), (root) =>
    root.list('partitions', (one) => ({
      topic: one.text('topic'),
      partition: one.integer('partition', 0, HIGHEST_PARTITION),
      offset: one.integer('offset', -1, Number.MAX_SAFE_INTEGER),
    })),
  )
  const keys = deletions.map(({ topic, partition }) => topicPartitionKey(topic, partition))
  const twice = keys.find((key, index) => keys.indexOf(key) < index)
  if (twice !== undefined) throw new UsageError(`${path} names ${twice} twice.`)
  return deletions
}

function report(args: Arguments, output: Output, results: readonly RecordsDeleted[]): ExitCode {
  const isFailed = ({ lowWatermark }: RecordsDeleted) => typeof lowWatermark !== 'number'
  const json = results.map(({ topic, partition, lowWatermark: found }) =>
    typeof found === 'number' ? { topic, partition, first: found } : { topic, partition, error: errorFacts(found) },
  )
  const rows = results.map(({ topic, partition, lowWatermark: found }) => [topic, partition, typeof found === 'number' ? found : found.message])
  printTable(args, output, { json, head: ['TOPIC', 'PARTITION', 'FIRST'], rows })
  return results.some(isFailed) ? 1 : 0
}
