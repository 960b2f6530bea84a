import { nodePorts } from '../platform/node-ports.ts'
import { jsonFlag } from './admin/cluster-flags.ts'
import { printDone } from './admin/print.ts'
import { ArchiveFile } from './backup/archive-file.ts'
import { findNode } from './backup/backed-up-node.ts'
import { copyNode } from './backup/copy-node.ts'
import { directoryFlags, nodeDirectories } from './backup/node-directories.ts'
import type { Command } from './command.ts'
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
    const { disk, clock, timers } = nodePorts()
    const { paths, nodeId } = nodeDirectories(args)
    const node = await findNode(disk, paths, nodeId)
    const archive = await ArchiveFile.create(file)
    using signals = watchStopSignals((signal) => {
      archive.abandon()
      return exitCodeOf(signal)
    })
    try {
      using progress = new Progress('backup')
      const write = async (bytes: Buffer) => {
        await archive.write(bytes)
        progress.add(bytes.length)
      }
      const copying = copyNode({ node, disk, clock, timers, programVersion: version(), write, onEstimate: progress.expect })
      const copied = await Promise.race([copying, signals.first])
      if (typeof copied === 'string') {
        archive.abandon()
        output.err(`The backup was interrupted (${copied}): nothing is left of it.\n`)
        return exitCodeOf(copied)
      }
      const archiveBytes = await archive.end()
      const { nodeId, clusterId } = node
      const { partitions, files, bytes } = copied
      const what = `${partitions} partitions in ${files} files, ${shownBytes(bytes)} as ${shownBytes(archiveBytes)}`
      const facts = { file, nodeId, clusterId, partitions, files, bytes, archiveBytes }
      return printDone(args, output, `${file}: node ${nodeId} of cluster ${clusterId}, ${what}.`, facts)
    } catch (error) {
      archive.abandon()
      throw error
    }
  },
}
