import type { Command } from '../command.ts'
import { GatheredOutput } from '../gathered-output.ts'

export const logCommand: Command = {
  name: 'log',
  summary: "Show what is in files of a partition's directory: segments, indexes, snapshots.",
  arguments: [{ name: 'FILE', multiple: true, does: 'Files that end in .log, .checkpoint, .index, .timeindex, .txnindex or .snapshot.' }],
  flags: {
    records: { short: 'r', does: 'With the records of each batch.' },
    json: { does: 'A line of JSON for each batch or entry.' },
  },
  examples: ['odradek log odradek-data/node-1/orders-0/00000000000000000000.log --records'],
  async run(args, output) {
    const { dumpFile } = await import('../operations/segment/dump-file.ts')
    const { unreadable } = await import('../read-file.ts')
    const { DecodeError } = await import('../../../protocol/errors.ts')
    using gathered = new GatheredOutput(output)
    for (const path of args.positional) {
      const isMetadata = path.includes('__cluster_metadata')
      if (!args.has('json')) gathered.write(Buffer.from(`${path}\n`))
      try {
        for (const entry of dumpFile(path, { withRecords: args.has('records'), isMetadata })) {
          gathered.write(Buffer.from(args.has('json') ? `${JSON.stringify(entry, replacer)}\n` : lines(entry)))
        }
      } catch (error) {
        if (!(error instanceof Error && (error instanceof DecodeError || 'code' in error))) throw error
        gathered.flush()
        output.err(`${error instanceof DecodeError ? error.message : unreadable(path, error).message}\n`)
        return 1
      }
    }
    return 0
  },
}

/** Of large numbers and bytes, which JSON does not have. */
function replacer(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value
}

function lines({ records, ...entry }: Readonly<Record<string, unknown>>): string {
  const inside = Array.isArray(records) ? records.map((record) => `  ${line(record as Readonly<Record<string, unknown>>)}\n`) : []
  return `${line(entry)}\n${inside.join('')}`
}

function line(entry: Readonly<Record<string, unknown>>): string {
  return Object.entries(entry)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value, replacer)}`)
    .join(' ')
}
