import { statSync } from 'node:fs'
import { DecodeError } from '../../protocol/errors.ts'
import { OdradekError } from '../base/errors.ts'
import { nodePorts } from '../platform/node-ports.ts'
import { archiveSize, readArchiveFile } from './backup/archive-file.ts'
import { checkArchive } from './backup/check-archive.ts'
import { directoryFlags, nodeDirectories } from './backup/node-directories.ts'
import type { ReadArchive } from './backup/read-archive.ts'
import { restoreNode } from './backup/restored-node.ts'
import type { Command } from './command.ts'
import type { Arguments } from './parse-arguments.ts'
import { Progress } from './progress.ts'
import { shownBytes } from './shown-bytes.ts'
import { watchStopSignals } from './stop-signals.ts'

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
  },
  async run(args, output) {
    const file = args.positional[0] as string
    const totalBytes = await archiveSize(file)
    using progress = new Progress(args.has('check') ? 'check' : 'restore')
    progress.expect(totalBytes)
    const chunks = readArchiveFile(file, progress.add)
    try {
      const { header, files, bytes } = await (args.has('check') ? checkArchive(chunks) : restoreTo(args, chunks))
      const { nodeId, clusterId, startedAt, directories } = header
      output.out(`${file}: node ${nodeId} of cluster ${clusterId} as of ${startedAt}, ${files} files, ${shownBytes(bytes)}.\n`)
      if (args.has('check')) for (const [index, { path }] of directories.entries()) output.out(`data-${index} was ${path}\n`)
      return 0
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      throw new OdradekError('ARCHIVE_BAD', `${file} is no whole backup, and nothing was restored: ${error.message}.`, { cause: error })
    }
  },
}

/** Errors: those of `restoreNode`; INTERRUPTED by a signal, which has no effect when the files get their places already. */
async function restoreTo(args: Arguments, chunks: AsyncIterable<Buffer>): Promise<ReadArchive> {
  const { paths, nodeId, metadataPath } = nodeDirectories(args)
  const expected = { nodeId, clusterId: args.value('cluster-id') ?? null, metadataTarget: metadataPath }
  const stopping = new AbortController()
  using signals = watchStopSignals(() => {})
  void signals.first.then((name) => stopping.abort(new OdradekError('INTERRUPTED', `The restore was interrupted (${name}): all is as it was before.`)))
  const { disk } = nodePorts()
  return await restoreNode({ disk, chunks, targets: paths, expected, replace: args.has('replace'), signal: stopping.signal, volumeOf })
}

function volumeOf(path: string): string {
  return String(statSync(path).dev)
}
