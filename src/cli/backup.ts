import { nodePorts } from '../platform/node-ports.ts'
import { jsonFlag } from './admin/cluster-flags.ts'
import { printDone } from './admin/print.ts'
import { ArchiveFile } from './backup/archive-file.ts'
import { type BackedUpNode, findNode } from './backup/backed-up-node.ts'
import { type CopiedNode, copyNode } from './backup/copy-node.ts'
import { directoryFlags, nodeDirectories } from './backup/node-directories.ts'
import type { Command, ExitCode, Output } from './command.ts'
import type { Arguments } from './parse-arguments.ts'
import { Progress } from './progress.ts'
import { shownBytes } from './shown-bytes.ts'
import { exitCodeOf, watchStopSignals } from './stop-signals.ts'
import { version } from './version.ts'

/** Copies what a node has on disk, whether it runs or not; docs/decisions/backup.md says why that can be. */
export const backupCommand: Command = {
  name: 'backup',
  summary: "Copy a node's data into an archive, while it runs.",
  arguments: [{ name: 'FILE', does: 'The archive to make, such as node-1.tar.gz; nothing of that name may be there.' }],
  flags: { ...directoryFlags, ...jsonFlag },
  examples: ['odradek backup node-1.tar.gz', 'odradek backup node-2.tar.gz --node 2 --json'],
  async run(args, output) {
    const file = args.positional[0] as string
    const { paths, nodeId } = nodeDirectories(args)
    const node = await findNode(nodePorts().disk, paths, nodeId)
    const archive = await ArchiveFile.create(file)
    using signals = watchStopSignals((signal) => {
      archive.abandon()
      return exitCodeOf(signal)
    })
    try {
      const copied = await Promise.race([copyTo(archive, node, signals.first), signals.first])
      if (typeof copied === 'string') {
        archive.abandon()
        output.err(`The backup was interrupted (${copied}): nothing is left of it.\n`)
        return exitCodeOf(copied)
      }
      return tellCopied(args, output, node, { ...copied, file, archiveBytes: await archive.end() })
    } catch (error) {
      archive.abandon()
      throw error
    }
  },
}

/** How far it is stands on the terminal until it is done, or interrupted. */
async function copyTo(archive: ArchiveFile, node: BackedUpNode, interrupted: Promise<unknown>): Promise<CopiedNode> {
  const { disk, clock, timers } = nodePorts()
  using progress = new Progress('backup')
  void interrupted.then(() => progress[Symbol.dispose]())
  const write = async (bytes: Buffer) => {
    await archive.write(bytes)
    progress.add(bytes.length)
  }
  return await copyNode({ node, disk, clock, timers, programVersion: version(), write, onEstimate: progress.expect })
}

interface MadeArchive extends CopiedNode {
  readonly file: string
  readonly archiveBytes: number
}

function tellCopied(args: Arguments, output: Output, { nodeId, clusterId }: BackedUpNode, made: MadeArchive): ExitCode {
  const { file, partitions, files, bytes, archiveBytes } = made
  const what = `${partitions} partitions in ${files} files, ${shownBytes(bytes)} as ${shownBytes(archiveBytes)}`
  const facts = { file, nodeId, clusterId, partitions, files, bytes, archiveBytes }
  return printDone(args, output, `${file}: node ${nodeId} of cluster ${clusterId}, ${what}.`, facts)
}
