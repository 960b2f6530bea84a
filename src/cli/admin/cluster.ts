import type { Command, CommandGroup } from '../command.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags, jsonFlag } from './cluster-flags.ts'
import { addControllerAction, removeControllerAction } from './controllers.ts'
import { downgradeAction, upgradeAction } from './features.ts'
import { logDirsAction } from './log-dirs.ts'
import { printDone, printTable } from './print.ts'

const flags = { ...clusterFlags, ...jsonFlag }

const brokers: Command = {
  name: 'cluster brokers',
  summary: 'List the brokers of the cluster, with its id.',
  flags,
  examples: ['odradek cluster brokers'],
  async run(args, output) {
    const { describeCluster } = await import('../operations/cluster/describe-cluster.ts')
    await using client = await clientFromFlags(args)
    const cluster = await describeCluster(client)
    if (!args.has('json')) output.out(`Cluster ${cluster.clusterId}\n\n`)
    const rows = cluster.brokers.map(({ id, host, port, rack, isFenced }) => [id, `${host}:${port}`, rack ?? '-', isFenced ? 'fenced' : 'serves'])
    return printTable(args, output, { json: cluster, head: ['ID', 'ADDRESS', 'RACK', 'STATE'], rows })
  },
}

const id: Command = {
  name: 'cluster id',
  summary: 'Print the id of the cluster.',
  flags,
  examples: ['odradek cluster id'],
  async run(args, output) {
    const { describeCluster } = await import('../operations/cluster/describe-cluster.ts')
    await using client = await clientFromFlags(args)
    const { clusterId } = await describeCluster(client)
    return printDone(args, output, clusterId, { clusterId })
  },
}

const features: Command = {
  name: 'cluster features',
  summary: 'List the levels of features: what the cluster does, and what the broker could do.',
  flags,
  examples: ['odradek cluster features'],
  async run(args, output) {
    const { describeFeatures } = await import('../operations/cluster/describe-cluster.ts')
    await using client = await clientFromFlags(args)
    const found = await describeFeatures(client)
    const rows = found.map(({ name, level, min, max }) => [name, level, min, max])
    return printTable(args, output, { json: found, head: ['FEATURE', 'LEVEL', 'LOWEST', 'HIGHEST'], rows })
  },
}

const unregister: Command = {
  name: 'cluster unregister',
  summary: 'Forget a broker that will not come back.',
  arguments: [{ name: 'BROKER', does: 'Its id.' }],
  flags,
  examples: ['odradek cluster unregister 4'],
  async run(args, output) {
    const { unregisterBroker } = await import('../operations/cluster/describe-cluster.ts')
    const [text = ''] = args.positional
    if (!/^[0-9]{1,9}$/.test(text)) throw new UsageError(`\`${text}\` is no broker's id.`)
    await using client = await clientFromFlags(args)
    await unregisterBroker(client, Number(text))
    return printDone(args, output, `Broker ${text} is forgotten.`, { unregistered: Number(text) })
  },
}

export const clusterCommands: CommandGroup = {
  name: 'cluster',
  summary: 'Show what a cluster is made of, and change it.',
  commands: [brokers, id, logDirsAction, features, upgradeAction, downgradeAction, addControllerAction, removeControllerAction, unregister],
}
