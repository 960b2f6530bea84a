import { configFlags, loadConfigFromFlags } from '../config-flags.ts'
import type { Arguments, Flags } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'

/** By which a command is told whose data it is about. */
export const directoryFlags: Flags = {
  ...configFlags,
  node: { value: 'N', does: 'The node that `odradek start N` or `odradek start --nodes` runs; 1 where nothing is said.' },
  data: { value: 'DIRECTORY', multiple: true, does: 'A log directory, whatever settings say; all of the node, in their order.' },
}

/** Where a node keeps its data. */
export interface NodeDirectories {
  readonly paths: readonly string[]
  /** null where directories alone were named. */
  readonly nodeId: number | null
  readonly metadataPath: string | null
}

const HIGHEST_NODE_ID = 2_147_483_647

/** Errors: `UsageError`, and those of the configuration. */
export function nodeDirectories(args: Arguments): NodeDirectories {
  const data = args.list('data')
  const node = args.value('node')
  if (data.length > 0 && node !== undefined)
    throw new UsageError('`--data` names directories, and `--node` a node whose directories are known: say one of them.')
  if (data.length > 0) return { paths: data, nodeId: null, metadataPath: null }
  const { identity } = loadConfigFromFlags(
    args,
    node === undefined ? {} : { startedAs: { nodeNumber: nodeNumberOf(node), clientPort: null, isOneOfMany: true } },
  )
  const { nodeId, logDirs, metadataLogDir } = identity
  return { paths: [...new Set([...logDirs, metadataLogDir])], nodeId, metadataPath: metadataLogDir }
}

function nodeNumberOf(text: string): number {
  const nodeNumber = Number(text)
  if (/^\d{1,10}$/.test(text) && nodeNumber <= HIGHEST_NODE_ID) return nodeNumber
  throw new UsageError(`\`--node\` is the number of a node, not \`${text}\`.`)
}
