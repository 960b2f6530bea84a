import { OdradekError } from '../../../base/errors.ts'
import { formatNode } from '../../../node/directories/format-node.ts'
import { nodePorts } from '../../../platform/node-ports.ts'
import type { ExitCode, Output } from '../../command.ts'
import { beginQuorum } from '../../format/begin-quorum.ts'
import type { Arguments } from '../../parse-arguments.ts'
import { UsageError } from '../../usage-error.ts'
import { defaultLevels, RELEASE, refuseFeatures, refuseRelease } from './default-levels.ts'
import { readConfig } from './read-config.ts'

const QUORUM_FLAGS = ['standalone', 'initial-controllers', 'no-initial-controllers']

export interface FormatWhat {
  readonly config: string
  readonly clusterId: string
}

/** Formats what is not formatted yet, and says so in the words of Kafka's tool. */
export async function formatStorage(args: Arguments, { config, clusterId }: FormatWhat, output: Output): Promise<ExitCode> {
  if (args.list('add-scram').length > 0) throw new UsageError('SCRAM credentials are not here yet: --add-scram cannot be used')
  refuseRelease(args.value('release-version'))
  refuseFeatures(args.list('feature'))
  const { identity } = readConfig(config)
  const saysWhoVotes = QUORUM_FLAGS.some((flag) => args.has(flag)) || identity.quorumVoters.length > 0
  if (identity.isController && !saysWhoVotes)
    throw new OdradekError(
      'FORMAT',
      'Because controller.quorum.voters is not set on this controller, you must specify one of the following: --standalone, --initial-controllers, or --no-initial-controllers.',
    )
  const { disk, clock, random } = nodePorts()
  const quorum = beginQuorum(args, identity)
  const { formatted } = await formatNode({
    identity,
    clusterId,
    quorum,
    ignoreFormatted: args.has('ignore-formatted'),
    ports: { disk, clock, random },
  })
  if (formatted.length === 0) {
    output.out('All of the log directories are already formatted.\n')
    return 0
  }
  const hasVoters = identity.isController && identity.quorumVoters.length === 0 && quorum !== 'elsewhere'
  const metadataKind = hasVoters ? 'dynamic metadata voter' : 'metadata'
  output.out(`Bootstrap metadata: ${bootstrapText()}\n`)
  for (const path of formatted)
    output.out(`Formatting ${path === identity.metadataLogDir ? metadataKind : 'data'} directory ${path} with metadata.version ${RELEASE}.\n`)
  return 0
}

/** As Java prints the records. */
function bootstrapText(): string {
  const levels = defaultLevels()
  const records = levels.map(({ name, level }) => `ApiMessageAndVersion(FeatureLevelRecord(name='${name}', featureLevel=${level}) at version 0)`)
  return `BootstrapMetadata(records=[${records.join(', ')}], metadataVersionLevel=${levels[0]?.level ?? 0}, source=format command)`
}
