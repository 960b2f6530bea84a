import type { Command } from '../command.ts'
import { clientFromFlags, clusterFlags, jsonFlag } from './cluster-flags.ts'
import { printTable } from './print.ts'

export const quorumCommand: Command = {
  name: 'quorum',
  summary: 'Show who keeps the metadata log, who leads, and how far the others are.',
  flags: { ...clusterFlags, ...jsonFlag },
  examples: ['odradek quorum'],
  async run(args, output) {
    const { describeQuorum } = await import('../operations/cluster/describe-cluster.ts')
    await using client = await clientFromFlags(args)
    const quorum = await describeQuorum(client)
    const end = Math.max(0, ...quorum.replicas.map(({ logEndOffset }) => logEndOffset))
    if (!args.has('json')) output.out(`Leader ${quorum.leaderId}, epoch ${quorum.leaderEpoch}, high watermark ${quorum.highWatermark}\n\n`)
    const rows = quorum.replicas.map((one) => [
      one.id,
      one.id === quorum.leaderId ? 'leader' : one.isVoter ? 'voter' : 'observer',
      one.logEndOffset,
      end - one.logEndOffset,
      one.lastCaughtUpMs === null ? '-' : new Date(one.lastCaughtUpMs).toISOString(),
      one.directoryId ?? '-',
      one.listeners.join(' ') || '-',
    ])
    return printTable(args, output, { json: quorum, head: ['NODE', 'ROLE', 'END', 'BEHIND', 'CAUGHT UP', 'DIRECTORY', 'LISTENERS'], rows })
  },
}
