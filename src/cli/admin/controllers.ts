import type { Uuid } from '../../../protocol/uuid.ts'
import type { Command } from '../command.ts'
import type { VoterListener } from '../operations/cluster/change-voters.ts'
import type { ClusterClient } from '../operations/cluster/cluster-client.ts'
import type { QuorumReplica } from '../operations/cluster/describe-cluster.ts'
import type { KafkaError } from '../operations/kafka-error.ts'
import type { Arguments, Flags } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'
import { clientFromFlags, clusterFlags, jsonFlag } from './cluster-flags.ts'
import { printDone } from './print.ts'

const CONTROLLER = { name: 'CONTROLLER', does: 'Its id.' }

const directoryFlag: Flags = {
  directory: { value: 'ID', does: 'The id of its directory, as `odradek quorum` shows it; needed where the quorum knows two of this number.' },
}

export const addControllerAction: Command = {
  name: 'cluster add-controller',
  summary: 'Give a controller that runs and follows a vote in the metadata quorum.',
  arguments: [CONTROLLER],
  flags: {
    ...clusterFlags,
    ...jsonFlag,
    listener: { value: 'NAME://HOST:PORT', multiple: true, does: 'Where the other controllers reach it: its listener, as in `controller.listener.names`.' },
    ...directoryFlag,
  },
  examples: ['odradek cluster add-controller 4 --listener CONTROLLER://node-4:19092'],
  async run(args, output) {
    const { addVoter } = await import('../operations/cluster/change-voters.ts')
    const id = controllerId(args)
    const listeners = await listenersFrom(args)
    await using client = await clientFromFlags(args)
    const directoryId = await directoryOf(client, args, { id, isVoter: false })
    await addVoter(client, { id, directoryId }, listeners)
    return printDone(args, output, `Controller ${id} with directory ${directoryId} has a vote.`, { added: { id, directoryId, listeners } })
  },
}

export const removeControllerAction: Command = {
  name: 'cluster remove-controller',
  summary: "Take a controller's vote in the metadata quorum. Stop it first where it joins by itself.",
  arguments: [CONTROLLER],
  flags: { ...clusterFlags, ...jsonFlag, ...directoryFlag },
  examples: ['odradek cluster remove-controller 3'],
  async run(args, output) {
    const { removeVoter } = await import('../operations/cluster/change-voters.ts')
    const id = controllerId(args)
    await using client = await clientFromFlags(args)
    const directoryId = await directoryOf(client, args, { id, isVoter: true })
    await removeVoter(client, { id, directoryId })
    return printDone(args, output, `Controller ${id} with directory ${directoryId} has no vote.`, { removed: { id, directoryId } })
  },
}

function controllerId({ positional: [text = ''] }: Arguments): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new UsageError(`\`${text}\` is no controller's id.`)
  return Number(text)
}

async function listenersFrom(args: Arguments): Promise<readonly VoterListener[]> {
  const { parseHostPort } = await import('../../config/values/host-port.ts')
  const listeners = args.list('listener').map((text) => {
    const [, name = '', address = ''] = /^([\w.-]+):\/\/(.+)$/.exec(text) ?? []
    const endpoint = parseHostPort(address)
    if (endpoint === null || endpoint.host === '')
      throw new UsageError(`\`--listener\` takes NAME://HOST:PORT, such as CONTROLLER://node-4:19092, and not \`${text}\`.`)
    return { name, host: endpoint.host, port: endpoint.port }
  })
  if (listeners.length === 0) throw new UsageError('`odradek cluster add-controller` needs `--listener NAME://HOST:PORT`.')
  return listeners
}

/**
 * The directory with which the quorum knows it, in one role or the other.
 * Errors: `UsageError` for what is no id, and where there are two; VOTER_NOT_FOUND, DUPLICATE_VOTER.
 */
async function directoryOf(client: ClusterClient, args: Arguments, who: Pick<QuorumReplica, 'id' | 'isVoter'>): Promise<Uuid> {
  const given = args.value('directory')
  if (given !== undefined) return parsed(given)
  const { describeQuorum } = await import('../operations/cluster/describe-cluster.ts')
  const { replicas } = await describeQuorum(client)
  const [found, ...others] = replicas.filter(({ id, isVoter }) => id === who.id && isVoter === who.isVoter)
  if (found === undefined) throw await nobody(replicas, who)
  if (others.length > 0) {
    const directories = [found, ...others].map(({ directoryId }) => directoryId ?? '-')
    throw new UsageError(`The quorum knows controller ${who.id} with the directories ${directories.join(' and ')}: choose by \`--directory\`.`)
  }
  if (found.directoryId !== null) return found.directoryId
  throw new UsageError(
    `The quorum knows controller ${who.id} by its number alone: the voters of \`controller.quorum.voters\` stay as they are. \`odradek cluster upgrade --feature kraft.version=1\` makes such a quorum one whose voters change.`,
  )
}

async function parsed(text: string): Promise<Uuid> {
  const { parseUuid } = await import('../../../protocol/uuid.ts')
  const uuid = parseUuid(text)
  if (uuid !== null) return uuid
  throw new UsageError(`\`--directory\` is an id of 22 characters, not \`${text}\`.`)
}

async function nobody(replicas: readonly QuorumReplica[], { id, isVoter }: Pick<QuorumReplica, 'id' | 'isVoter'>): Promise<KafkaError> {
  const { KafkaError } = await import('../operations/kafka-error.ts')
  const { ErrorCode } = await import('../../../protocol/error-codes.ts')
  if (!isVoter && replicas.some((one) => one.id === id)) return new KafkaError(ErrorCode.DUPLICATE_VOTER, `Controller ${id} has a vote already.`)
  const ids = replicas.filter((one) => one.isVoter === isVoter).map((one) => one.id)
  const who = isVoter ? 'votes' : 'follows without a vote'
  const advice = isVoter ? '' : ' Start it first, as a controller of this cluster.'
  return new KafkaError(ErrorCode.VOTER_NOT_FOUND, `No controller ${id} ${who}${ids.length === 0 ? '' : `: there are ${ids.join(', ')}`}.${advice}`)
}
