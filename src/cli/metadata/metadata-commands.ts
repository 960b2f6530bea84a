import { OdradekError } from '../../base/errors.ts'
import { clientFromFlags, clusterFlags, jsonFlag, wholeNumber } from '../admin/cluster-flags.ts'
import { printDone, printTable } from '../admin/print.ts'
import type { Command, CommandGroup } from '../command.ts'
import { refuseExisting, writeNewFile } from '../new-file.ts'
import type { Arguments } from '../parse-arguments.ts'
import { Progress } from '../progress.ts'
import { readText } from '../read-file.ts'
import { UsageError } from '../usage-error.ts'
import type { ImportKind, ImportOptions, ImportStep } from './import-step.ts'

const exportMetadata: Command = {
  name: 'metadata export',
  summary: 'Write topics, settings, groups and offsets of a cluster as JSON.',
  arguments: [{ name: 'FILE', optional: true, does: 'Where to, nothing of that name may be there; to the output where not given.' }],
  flags: { ...clusterFlags, json: { does: 'Print what was written to FILE as JSON.' } },
  examples: ['odradek metadata export cluster.json', 'odradek metadata export --bootstrap-server kafka-1:9092 | jq .topics'],
  async run(args, output) {
    const { exportMetadata: readCluster } = await import('./export-metadata.ts')
    const { encodeDocument } = await import('./metadata-document.ts')
    const [path] = args.positional
    if (path !== undefined) refuseExisting(path)
    await using client = await clientFromFlags(args)
    const { document, secrets, throttles, notExported } = await withProgress('export', (progress) => readCluster(client, progress))
    for (const secret of secrets) output.err(`left out, as the cluster does not tell it: ${secret}\n`)
    if (throttles.length > 0) output.err(`left out, as they bound the moving of replicas there: ${throttles.length} settings (replication.throttled)\n`)
    if (notExported.length > 0) output.err(`left out, as it has no place in such a file: ${notExported.join(', ')}\n`)
    if (path === undefined) {
      output.out(encodeDocument(document))
      return 0
    }
    writeNewFile(path, encodeDocument(document))
    const counts = { topics: document.topics.length, groups: document.groups.length }
    const facts = { file: path, clusterId: document.clusterId, ...counts, leftOut: [...secrets, ...throttles], notExported }
    return printDone(args, output, `${path}: ${counts.topics} topics, ${counts.groups} groups.`, facts)
  },
}

const importMetadata: Command = {
  name: 'metadata import',
  summary: 'Make topics, settings and offsets of such a file in a cluster; what is there is left as it is.',
  arguments: [{ name: 'FILE', does: 'As `odradek metadata export` writes it.' }],
  flags: {
    ...clusterFlags,
    ...jsonFlag,
    'dry-run': { does: 'Say what would be done, have the cluster check it, and do nothing.' },
    update: { does: 'Change what is there otherwise: add partitions, set settings, set offsets of groups without members.' },
    'replication-factor': { value: 'COUNT', short: 'r', does: 'Of topics that are made, in place of what they had.' },
    skip: { value: 'topics|configs|offsets', multiple: true, does: 'Leave these out.' },
  },
  examples: ['odradek metadata import cluster.json --dry-run', 'odradek metadata import cluster.json --replication-factor 1 --skip offsets'],
  async run(args, output) {
    const { planImport } = await import('./plan-import.ts')
    const { decodeDocument } = await import('./metadata-document.ts')
    const path = args.positional[0] as string
    const options = await optionsOf(args)
    const document = decodeDocument(readText(path), path)
    await using client = await clientFromFlags(args)
    const steps = await planImport(client, document, options)
    await withProgress('check', (progress) => checkAll(steps, path, progress))
    if (!args.has('dry-run')) await withProgress('import', (progress) => runAll(steps, progress))
    return printTable(args, output, {
      json: steps.map(({ outcome, subject, detail }) => ({ outcome, subject, detail })),
      head: [args.has('dry-run') ? 'WOULD' : 'OUTCOME', 'SUBJECT', 'DETAIL'],
      rows: steps.map(({ outcome, subject, detail }) => [outcome, subject, detail]),
    })
  },
}

export const metadataCommands: CommandGroup = {
  name: 'metadata',
  summary: 'Write topics, settings, groups and offsets of a cluster as JSON, or make them in another.',
  commands: [exportMetadata, importMetadata],
}

async function optionsOf(args: Arguments): Promise<ImportOptions> {
  const { IMPORT_KINDS } = await import('./import-step.ts')
  const kinds: readonly string[] = IMPORT_KINDS
  const skip = args.list('skip')
  const unknown = skip.find((kind) => !kinds.includes(kind))
  if (unknown !== undefined) throw new UsageError(`\`--skip\` takes ${kinds.join(', ')}, not \`${unknown}\`.`)
  return { update: args.has('update'), replicationFactor: wholeNumber(args, 'replication-factor') ?? null, skip: new Set(skip as ImportKind[]) }
}

/** Errors: METADATA_IMPORT with all that the cluster refuses; nothing was changed then. */
async function checkAll(steps: readonly ImportStep[], path: string, progress: Progress): Promise<void> {
  const refusals: string[] = []
  progress.expect(steps.length)
  for (const { subject, check } of steps) {
    try {
      await check?.()
    } catch (error) {
      if (!(error instanceof OdradekError)) throw error
      refusals.push(`${subject}: ${error.message}`)
    }
    progress.add(1)
  }
  if (refusals.length > 0) throw new OdradekError('METADATA_IMPORT', `Nothing of ${path} is imported, as the cluster refuses:\n${refusals.join('\n')}`)
}

/** Errors: METADATA_IMPORT that says how far it came. */
async function runAll(steps: readonly ImportStep[], progress: Progress): Promise<void> {
  progress.expect(steps.length)
  for (const [index, { subject, run }] of steps.entries()) {
    try {
      await run?.()
    } catch (cause) {
      if (!(cause instanceof OdradekError)) throw cause
      const done = `${index} of ${steps.length} steps are done. Run it again when that is mended: what is done is passed over.`
      throw new OdradekError('METADATA_IMPORT', `Importing ${subject} failed: ${cause.message}\n${done}`, { cause })
    }
    progress.add(1)
  }
}

async function withProgress<T>(label: string, work: (progress: Progress) => Promise<T>): Promise<T> {
  using progress = new Progress(label, { shown: String })
  return await work(progress)
}
