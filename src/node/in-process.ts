import { loadConfig } from '../config/load-config.ts'
import type { TopicInput } from '../config/sources/topic-specs.ts'
import { defaultGateways } from '../platform/default-gateways.ts'
import { machineName, temporaryPath } from '../platform/host-facts.ts'
import { metricsPlatform } from '../platform/metrics-platform.ts'
import { nodePorts } from '../platform/node-ports.ts'
import { startLog } from '../platform/pino-logger.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { RunningNode } from './running-node.ts'
import { startNode as startAnyNode } from './start-node.ts'

const LOOPBACK = '127.0.0.1'

export interface StartNodeOptions {
  /** Settings by Kafka's names; they stand over those of the dev profile. */
  readonly config?: Readonly<Record<string, string | number | boolean>>
  /** Made before the promise resolves, where they are not there: `orders`, `orders:3`, or with settings. */
  readonly topics?: readonly (string | TopicInput)[]
  /** Where the data stay when the node has stopped. Without it they live in a temporary directory that goes with the node. */
  readonly dataDirectory?: string
  /** Takes the node's log lines; without it they go to standard output, from `logLevel` on. */
  readonly logger?: Logger
  /** `warn` where not given. */
  readonly logLevel?: 'off' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
}

/** A node in this process. */
export interface Node extends AsyncDisposable {
  readonly nodeId: number
  readonly clusterId: string
  /** The port that clients connect to. */
  readonly port: number
  /** `127.0.0.1:port`, as clients want it. */
  readonly bootstrapServers: string
  /**
   * Rejects when an essential part of the node failed; the node has stopped by then, and this process goes on. Never
   * resolves, and whoever does not look at it is not disturbed.
   */
  readonly failed: Promise<never>
  /** Answers what is in flight, closes connections, writes everything out. Calling it again waits for the same end. */
  stop(): Promise<void>
}

/**
 * Starts a node in this process, on a free port of the loopback. It serves in full when the promise resolves.
 *
 * Errors: `OdradekError`, whose `code` says what kind and whose message what to do.
 */
export async function startNode(options: StartNodeOptions = {}): Promise<Node> {
  const ports = nodePorts()
  const temporary = options.dataDirectory === undefined ? temporaryPath((count) => ports.random.bytes(count)) : null
  const settings = { 'log.dirs': options.dataDirectory ?? temporary, ...options.config }
  const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
  const loaded = loadConfig({ profile: 'dev', freePorts: true, topics: options.topics ?? [], assignments })
  const { logger, levels } = options.logger === undefined ? startLog({ level: options.logLevel ?? 'warn' }) : { logger: options.logger, levels: null }
  const removeData = async () => {
    if (temporary !== null) await ports.disk.removeDirectory(temporary)
  }
  try {
    for (const warning of loaded.warnings) logger.warn(warning)
    return inProcess(
      await startAnyNode({ ...loaded, ports, logger, logLevels: levels, hostname: machineName(), gateways: defaultGateways(), metricsPlatform }),
      removeData,
    )
  } catch (error) {
    await removeData()
    throw error
  }
}

function inProcess(node: RunningNode, removeData: () => Promise<void>): Node {
  const { nodeId, clusterId } = node
  const port = node.listeners.find(({ kind }) => kind === 'broker')?.at.port ?? 0
  let stopped: Promise<void> | null = null
  const stop = () => {
    stopped ??= node.stop().then(removeData)
    return stopped
  }
  const failed = node.failed.catch(async (error) => {
    await stop()
    throw error
  })
  // Whoever never looks at `failed` is not told by an unhandled rejection.
  failed.catch(() => {})
  return { nodeId, clusterId, port, bootstrapServers: `${LOOPBACK}:${port}`, failed, stop, [Symbol.asyncDispose]: stop }
}
