import type { Endpoint } from '../../base/ports.ts'
import type { StartedAs } from '../../config/started-as.ts'
import { endpointOf } from '../endpoint-of.ts'
import type { Arguments } from '../parse-arguments.ts'
import { UsageError } from '../usage-error.ts'

/** Ports, directories and logs of more are hard to keep apart on one machine. */
const MOST_NODES = 9
const HIGHEST_NODE_ID = 2_147_483_647
const HIGHEST_PORT = 65_535
/** Beyond it the ports that follow from a NODE-ID are none. */
const HIGHEST_ID_WITH_PORT = 46_444

/** What `odradek start` is asked to start. */
export type StartPlan =
  /** Nodes 1 to `nodeCount`, as processes of their own. */
  | { readonly kind: 'cluster'; readonly nodeCount: number; readonly clientPort: number | null }
  | {
      readonly kind: 'node'
      readonly startedAs: Partial<StartedAs>
      /** Nodes of a cluster that this one is to join; empty where it joins none. */
      readonly join: readonly Endpoint[]
    }

/** Errors: `UsageError` for what does not fit together, with what to write instead. */
export function readStartArguments(args: Arguments): StartPlan {
  const [nodeId, portBehindIt] = args.positional
  const port = portOf(portBehindIt, args.value('port'))
  const nodes = args.value('nodes')
  const join = args.value('join')
  if (nodes !== undefined) {
    if (nodeId !== undefined) throw new UsageError(`\`--nodes\` starts the nodes 1, 2 and so on by itself: leave out \`${nodeId}\`, or \`--nodes\`.`)
    if (args.has('replace-voter'))
      throw new UsageError('`--replace-voter` is about one voter of `controller.quorum.voters`, and `--nodes` has none: leave it out.')
    if (join !== undefined) throw new UsageError('`--nodes` starts a cluster of its own, and `--join` joins another: say one of them.')
    return { kind: 'cluster', nodeCount: nodeCountOf(nodes), clientPort: port }
  }
  const startedAs = nodeId === undefined ? { clientPort: port } : numbered(nodeId, port)
  return { kind: 'node', startedAs, join: join === undefined ? [] : endpointsOf(join, port) }
}

function nodeCountOf(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= MOST_NODES) return count
  throw new UsageError(`\`--nodes\` is a number of nodes from 1 to ${MOST_NODES}, not \`${text}\`.`)
}

function numbered(nodeId: string, clientPort: number | null): Partial<StartedAs> {
  const nodeNumber = wholeNumber(nodeId)
  if (nodeNumber === null || nodeNumber > HIGHEST_NODE_ID) {
    const isFile = /[./\\]/.test(nodeId)
    const instead = isFile ? `a file with settings is given as \`--config ${nodeId}\`` : 'such as 1 in `odradek start 1 9092`'
    throw new UsageError(`\`${nodeId}\` is no NODE-ID, which is a whole number from 0: ${instead}.`)
  }
  if (clientPort === null && nodeNumber > HIGHEST_ID_WITH_PORT) throw new UsageError(`Node ${nodeNumber} needs a PORT: \`odradek start ${nodeNumber} 9092\`.`)
  return { nodeNumber, clientPort, isOneOfMany: true }
}

function portOf(argument: string | undefined, flag: string | undefined): number | null {
  if (argument !== undefined && flag !== undefined)
    throw new UsageError(`\`--port ${flag}\` and \`${argument}\` both say where clients connect: leave one out.`)
  const text = argument ?? flag
  if (text === undefined) return null
  const port = wholeNumber(text)
  if (port !== null && port >= 1 && port <= HIGHEST_PORT) return port
  throw new UsageError(`\`${text}\` is no PORT, which is a number from 1 to ${HIGHEST_PORT}.`)
}

function wholeNumber(text: string): number | null {
  return /^\d{1,10}$/.test(text) ? Number(text) : null
}

function endpointsOf(text: string, ownPort: number | null): Endpoint[] {
  const endpoints = text.split(',').map((item) => endpointOf(item.trim()))
  const own = endpoints.find(({ host, port }) => port === ownPort && isThisMachine(host))
  if (own !== undefined)
    throw new UsageError(`\`--join\` names another node, and \`${own.host}:${own.port}\` is this node itself: the first node is started without \`--join\`.`)
  return endpoints
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '::1'
}
