import type { Command, ExitCode, Output } from '../command.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import type { Feature } from '../operations/cluster/describe-cluster.ts'
import type { FeatureLevel, FeatureUpdate } from '../operations/cluster/update-features.ts'
import type { Arguments, Flags } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags, jsonFlag } from './cluster-flags.ts'
import { printDone } from './print.ts'

const HIGHEST_LEVEL = 0x7fff

const changeFlags: Flags = {
  ...clusterFlags,
  ...jsonFlag,
  'dry-run': { does: 'Ask whether it could be done, and change nothing.' },
}

export const upgradeAction: Command = {
  name: 'cluster upgrade',
  summary: 'Raise levels of features, all or none. There may be no way back.',
  flags: {
    ...changeFlags,
    feature: { value: 'NAME=LEVEL', multiple: true, does: 'The level of a feature; where none is given the highest of each, without kraft.version.' },
  },
  examples: ['odradek cluster upgrade --dry-run', 'odradek cluster upgrade', 'odradek cluster upgrade --feature group.version=1'],
  async run(args, output) {
    const { describeFeatures } = await import('../operations/cluster/describe-cluster.ts')
    const given = levelsFrom(args)
    await using client = await clientFromFlags(args)
    const levels = given.length > 0 ? given : highest(await describeFeatures(client))
    if (levels.length === 0) return printDone(args, output, 'Every feature is at its highest level.', { changed: [], dryRun: args.has('dry-run') })
    return await change(args, output, client, { type: 'upgrade', levels })
  },
}

export const downgradeAction: Command = {
  name: 'cluster downgrade',
  summary: 'Lower levels of features, all or none; level 0 takes a feature away.',
  flags: {
    ...changeFlags,
    feature: { value: 'NAME=LEVEL', multiple: true, does: 'The level of a feature.' },
    unsafe: { does: 'Even if metadata are lost by it.' },
  },
  examples: ['odradek cluster downgrade --feature streams.version=0 --dry-run', 'odradek cluster downgrade --feature streams.version=0'],
  async run(args, output) {
    const levels = levelsFrom(args)
    if (levels.length === 0) throw new UsageError('`odradek cluster downgrade` needs `--feature NAME=LEVEL`.')
    await using client = await clientFromFlags(args)
    return await change(args, output, client, { type: args.has('unsafe') ? 'unsafe-downgrade' : 'safe-downgrade', levels })
  },
}

/** Errors: `UsageError`. */
function levelsFrom(args: Arguments): readonly FeatureLevel[] {
  const levels = args.list('feature').map((text) => {
    const [, name, digits] = /^([^=]+)=([0-9]{1,5})$/.exec(text) ?? []
    if (name === undefined || Number(digits) > HIGHEST_LEVEL)
      throw new UsageError(`\`--feature\` takes NAME=LEVEL with a level from 0 to ${HIGHEST_LEVEL}, such as group.version=1, and not \`${text}\`.`)
    return { name, level: Number(digits) }
  })
  const twice = levels.find(({ name }, index) => levels.findIndex((one) => one.name === name) < index)
  if (twice !== undefined) throw new UsageError(`\`--feature\` names ${twice.name} twice.`)
  return levels
}

/** Makes the voters of `controller.quorum.voters` ones that come and go, for good: it is raised by name only. */
const KRAFT_VERSION = 'kraft.version'

/** What the broker that was asked could do, and the cluster does not. */
function highest(features: readonly Feature[]): readonly FeatureLevel[] {
  return features.filter(({ name, level, max }) => level < max && name !== KRAFT_VERSION).map(({ name, max }) => ({ name, level: max }))
}

async function change(args: Arguments, output: Output, client: ClusterClient, update: FeatureUpdate): Promise<ExitCode> {
  const { updateFeatures } = await import('../operations/cluster/update-features.ts')
  const dryRun = args.has('dry-run')
  await updateFeatures(client, update, { validateOnly: dryRun })
  const lines = update.levels.map(({ name, level }) => `${name} ${dryRun ? 'can have' : 'has'} level ${level}.`)
  return printDone(args, output, lines.join('\n'), { changed: update.levels, dryRun })
}
