import type { NodeIdentity } from '../../config/node-identity.ts'
import type { BeginQuorum } from '../../node/directories/format-node.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import { parseInitialControllers } from './initial-controllers.ts'
import { quorumFlags } from './quorum-flags.ts'

/**
 * What the command line says of the quorum.
 * Errors: `UsageError` where flags contradict each other, or the configuration; in the words of `kafka-storage`.
 */
export function beginQuorum(args: Arguments, identity: NodeIdentity): BeginQuorum {
  const said = Object.keys(quorumFlags).filter((flag) => args.has(flag))
  const [flag, second] = said
  if (flag !== undefined && second !== undefined) throw new UsageError(`argument ${flagText(second)}: not allowed with argument ${flagText(flag)}`)
  const beginsHere = flag === 'standalone' || flag === 'initial-controllers'
  if (beginsHere && identity.quorumVoters.length > 0) throw new UsageError(CONTRADICTS_VOTERS)
  switch (flag) {
    case 'no-initial-controllers':
      return 'elsewhere'
    case 'initial-controllers':
      return parseInitialControllers(args.value('initial-controllers') ?? '', identity.controllerListenerNames[0] ?? '')
    case 'standalone':
      if (!identity.isController) throw new UsageError('You can only use --standalone on a controller.')
      return 'standalone'
    default:
      return identity.isController ? 'standalone' : 'elsewhere'
  }
}

function flagText(flag: string): string {
  return `--${flag}/-${quorumFlags[flag]?.short}`
}

const CONTRADICTS_VOTERS =
  'You cannot specify controller.quorum.voters and format the node with --initial-controllers or --standalone. If you want to use dynamic quorum, please remove controller.quorum.voters and specify controller.quorum.bootstrap.servers instead.'
