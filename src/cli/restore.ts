import { statSync } from 'node:fs'
import { DecodeError } from '../../protocol/errors.ts'
import { OdradekError } from '../base/errors.ts'
import { nodePorts } from '../platform/node-ports.ts'
import { jsonFlag } from './admin/cluster-flags.ts'
import { printDone } from './admin/print.ts'
import { archiveSize, readArchiveFile } from './backup/archive-file.ts'
import { checkArchive } from './backup/check-archive.ts'
import { directoryFlags, nodeDirectories } from './backup/node-directories.ts'
import type { ReadArchive } from './backup/read-archive.ts'
import { restoreNode } from './backup/restored-node.ts'
import type { Command, ExitCode, Output } from './command.ts'
import type { Arguments } from './parse-arguments.ts'
import { Progress } from './progress.ts'
import { shownBytes } from './shown-bytes.ts'
import { exitCodeOf, watchStopSignals } from './stop-signals.ts'

/** Puts back what `odradek backup` copied, after all of it was checked. */
export const restoreCommand: Command = {
  name: 'restore',
  summary: "Put a node's data back from an archive, after checking all of it.",
  arguments: [{ name: 'FILE', does: 'An archive that `odradek backup` made.' }],
  flags: {
    ...directoryFlags,
    'cluster-id': { value: 'ID', does: 'Refuse an archive of another cluster.' },
    replace: { does: 'Let data of the same node that are there give way.' },
    check: { does: 'Read and check all of the archive, and restore nothing.' },
    ...jsonFlag,
  },
  examples: ['odradek restore node-1.tar.gz --check', 'odradek restore node-1.tar.gz --replace'],
  async run(args, output) {
    const file = args.positional[0] as string
    using signals = watchStopSignals(exitCodeOf)
    const stopping = new AbortController()
    let exit: ExitCode = 0
    void signals.first.then((signal) => {
      exit = exitCodeOf(signal)
      stopping.abort(new OdradekError('INTERRUPTED', `The ${workOf(args)} was interrupted (${signal}): all is as it was before.`))
    })
    try {
      return tellRead(args, output, file, await read(args, file, stopping.signal))
    } catch (error) {
      if (error === stopping.signal.reason) {
        output.err(`${stopping.signal.reason.message}\n`)
        return exit
      }
      if (!(error instanceof DecodeError)) throw error
      throw new OdradekError('ARCHIVE_BAD', `${file} is no whole backup, and nothing was restored: ${error.message}.`, { cause: error })
    }
  },
}

function workOf(args: Arguments): 'check' | 'restore' {
  return args.has('check') ? 'check' : 'restore'
}

/** Errors: those of `restoreNode`; the signal's reason, unless files get their places already. */
async function read(args: Arguments, file: string, signal: AbortSignal): Promise<ReadArchive> {
  const totalBytes = await archiveSize(file)
  using progress = new Progress(workOf(args))
  progress.expect(totalBytes)
  const chunks = readArchiveFile(file, progress.add)
  if (args.has('check')) return await checkArchive(unlessAborted(chunks, signal))
  const { paths, nodeId, metadataPath } = nodeDirectories(args)
  const expected = { nodeId, clusterId: args.value('cluster-id') ?? null, metadataTarget: metadataPath }
  const { disk } = nodePorts()
  return await restoreNode({ disk, chunks, targets: paths, expected, replace: args.has('replace'), signal, volumeOf })
}

async function* unlessAborted(chunks: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    signal.throwIfAborted()
    yield chunk
  }
}

function tellRead(args: Arguments, output: Output, file: string, { header, files, bytes }: ReadArchive): ExitCode {
  const { nodeId, clusterId, startedAt, directories } = header
  const were = args.has('check') ? directories.map(({ path }, index) => `\ndata-${index} was ${path}`).join('') : ''
  const facts = { file, isRestored: !args.has('check'), nodeId, clusterId, startedAt, files, bytes, directories }
  return printDone(args, output, `${file}: node ${nodeId} of cluster ${clusterId} as of ${startedAt}, ${files} files, ${shownBytes(bytes)}.${were}`, facts)
}

function volumeOf(path: string): string {
  return String(statSync(path).dev)
}
