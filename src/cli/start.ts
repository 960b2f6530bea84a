import { TOPIC_FORM } from '../config/sources/topic-specs.ts'
import type { Command } from './command.ts'
import { configFlags } from './config-flags.ts'
import { LOG_FORMATS } from './start/log-format.ts'
import { LOG_LEVELS } from './start/log-level.ts'
import { readStartArguments } from './start/start-arguments.ts'

/**
 * Runs a node, or a local cluster of several, until SIGTERM, SIGINT or SIGHUP, or until it fails. What runs several loads
 * nothing of what a node is made of: each is a process of its own.
 */
export const startCommand: Command = {
  name: 'start',
  summary: 'Run a node, or several, until told to stop.',
  arguments: [
    { name: 'NODE-ID', optional: true, does: 'The number of this node in a cluster; 1 where not given.' },
    { name: 'PORT', optional: true, does: 'Where clients connect; 9091 + NODE-ID where not given. The controller listens 10000 above.' },
  ],
  flags: {
    ...configFlags,
    nodes: { value: 'N', does: 'Run a cluster of N nodes here, a process each: ports 9092, 9093 and so on, data in node-1, node-2 and so on.' },
    port: { value: 'PORT', does: 'Where clients connect; with --nodes to the first, and to the others at the ports that follow.' },
    join: { value: 'HOST:PORT', does: 'Join the cluster of this node, whose address is needed only until this node has joined; several with commas.' },
    'replace-voter': { does: 'Let a voter of controller.quorum.voters begin with an empty directory in place of one that is lost. It may vote twice.' },
    topic: { value: TOPIC_FORM, multiple: true, does: 'Make a topic before the node serves, if it is not there.' },
    ephemeral: { does: 'Keep nothing: the data live in a temporary directory that goes with the node.' },
    'log-level': { value: LOG_LEVELS.join('|'), does: 'Which lines are logged; info where not given.' },
    'log-format': { value: LOG_FORMATS.join('|'), does: 'How: as JSON, or for a reader; where not given, for a reader on a terminal and as JSON elsewhere.' },
  },
  async run(args) {
    const plan = readStartArguments(args)
    if (plan.kind === 'node') return (await import('./start/run-node.ts')).runNode(args, plan)
    const { supervisedNode } = await import('./supervisor/supervised-node.ts')
    using supervised = supervisedNode()
    if (supervised === null) return await (await import('./supervisor/run-cluster.ts')).runCluster(args, plan)
    const startedAs = { nodeNumber: supervised.nodeNumber, nodeCount: plan.nodeCount, clientPort: plan.clientPort }
    return await (await import('./start/run-node.ts')).runNode(args, { startedAs, join: [] }, supervised)
  },
}
