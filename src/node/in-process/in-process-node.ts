import { OdradekError } from '../../base/errors.ts'
import type { Ports } from '../../base/ports.ts'
import { loadConfig } from '../../config/load-config.ts'
import { MemoryDisk } from '../../platform/disk/memory-disk.ts'
import { machineName, temporaryPath } from '../../platform/host-facts.ts'
import { startHttpServer } from '../../platform/http/http-server.ts'
import { startLog } from '../../platform/logs/pino-logger.ts'
import { metricsPlatform } from '../../platform/metrics/metrics-platform.ts'
import { defaultGateways } from '../../platform/network/default-gateways.ts'
import { nodePorts } from '../../platform/node-ports.ts'
import { clockPorts } from '../control/clock-ports.ts'
import type { RunningNode } from '../running-node.ts'
import { startNode as startAnyNode } from '../start-node.ts'
import { disposableFault } from './disposable-fault.ts'
import type { Node, StartNodeOptions } from './node-api.ts'
import { checkStartOptions } from './start-options.ts'

const LOOPBACK = '127.0.0.1'

/**
 * Starts a node in this process, on a free port of the loopback. It serves in full when the promise resolves.
 *
 * Errors: `OdradekError`, whose `code` says what kind and whose message what to do.
 */
export async function startNode(options: StartNodeOptions = {}): Promise<Node> {
  checkStartOptions(options)
  const real = portsFor(options)
  const temporary = options.dataDirectory === undefined ? temporaryPath((count) => real.random.bytes(count)) : null
  const clock = options.clock === undefined ? {} : { 'odradek.control.clock': options.clock }
  const settings = { 'log.dirs': options.dataDirectory ?? temporary, ...clock, ...options.config }
  const loaded = loadConfig({
    profile: 'dev',
    startedAs: { freePorts: true },
    topics: options.topics ?? [],
    assignments: Object.entries(settings).map(([name, value]) => `${name}=${value}`),
    origins: { assignments: 'config', topics: 'topics' },
  })
  const { logger, levels } = options.logger === undefined ? startLog({ level: options.logLevel ?? 'warn' }) : { logger: options.logger, levels: null }
  const removeData = async () => {
    if (temporary !== null) await real.disk.removeDirectory(temporary)
  }
  try {
    for (const warning of loaded.warnings) logger.warn(warning)
    const platform = { hostname: machineName(), gateways: defaultGateways(), metricsPlatform, startControlServer: startHttpServer }
    return inProcess(await startAnyNode({ ...loaded, ...platform, ...clockPorts(loaded.config, real), logger, logLevels: levels }), removeData)
  } catch (error) {
    await removeData()
    throw error
  }
}

function portsFor({ storage, dataDirectory }: StartNodeOptions): Ports {
  const ports = nodePorts()
  if (storage !== 'memory') return ports
  if (dataDirectory !== undefined)
    throw new OdradekError('CONFIG_INVALID', `Nothing can be kept in ${dataDirectory} by a node in memory: leave out dataDirectory or storage.`)
  return { ...ports, disk: new MemoryDisk(ports.clock) }
}

function inProcess(node: RunningNode, removeData: () => Promise<void>): Node {
  const { nodeId, clusterId, control, controlAt } = node
  const port = node.listeners.find(({ kind }) => kind === 'broker')?.at.port ?? 0
  const steered = () => {
    if (control !== null) return control
    throw new OdradekError('NO_BROKER', `Node ${nodeId} is no broker: it has no groups and records to wait for, and no requests of clients to fail.`)
  }
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
  return {
    nodeId,
    clusterId,
    port,
    bootstrapServers: `${LOOPBACK}:${port}`,
    controlUrl: controlAt === null ? null : `http://${LOOPBACK}:${controlAt.port}`,
    failed,
    stop,
    untilGroup: (groupId, expected) => steered().untilGroup(groupId, expected),
    untilRecords: (topic, count, limits = {}) => steered().untilRecords(topic, count, limits),
    reset: () => steered().reset(),
    fail: (spec) => disposableFault(steered().fail(spec)),
    advance: (ms) => steered().advance(ms),
    [Symbol.asyncDispose]: stop,
  }
}
