import { formatNode } from '../../node/directories/format-node.ts'
import { nodePorts } from '../../platform/node-ports.ts'
import { jsonFlag } from '../admin/cluster-flags.ts'
import { printText } from '../admin/print.ts'
import type { Command } from '../command.ts'
import { configFlags, loadConfigFromFlags } from '../config-flags.ts'
import { beginQuorum } from './begin-quorum.ts'
import { quorumFlags } from './quorum-flags.ts'

/** As `kafka-storage format`; `odradek start` does the same by itself for directories that are empty. */
export const formatCommand: Command = {
  name: 'format',
  summary: 'Prepare the data directories of a node.',
  flags: {
    ...configFlags,
    'cluster-id': { value: 'ID', short: 't', does: 'The id of the cluster, 22 characters; KAFKA_CLUSTER_ID or a new one where not given.' },
    'ignore-formatted': { short: 'g', does: 'Pass over directories that are formatted already.' },
    ...quorumFlags,
    ...jsonFlag,
  },
  examples: ['odradek format --config server.properties --cluster-id MkU3OEVBNTcwNTJENDM2Qg'],
  async run(args, output) {
    const { identity, warnings, clusterId: told } = loadConfigFromFlags(args)
    const { disk, clock, random } = nodePorts()
    const { clusterId, formatted } = await formatNode({
      identity,
      clusterId: args.value('cluster-id') ?? told ?? undefined,
      quorum: beginQuorum(args, identity),
      ignoreFormatted: args.has('ignore-formatted'),
      ports: { disk, clock, random },
    })
    for (const warning of warnings) output.err(`warning: ${warning}\n`)
    const { nodeId } = identity
    const sentences = () => formatted.map((path) => `Formatted ${path} for node ${nodeId} of cluster ${clusterId}.\n`).join('')
    return printText(args, output, sentences, { nodeId, clusterId, formatted })
  },
}
