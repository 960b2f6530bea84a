import { rmSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import type { LoadedConfig } from '../../config/load-config.ts'
import { clockPorts } from '../../node/clock-ports.ts'
import { checkControlSettings } from '../../node/control/control-settings.ts'
import type { NodeOptions } from '../../node/node-options.ts'
import { defaultGateways } from '../../platform/default-gateways.ts'
import { machineName, temporaryPath } from '../../platform/host-facts.ts'
import { startHttpServer } from '../../platform/http-server.ts'
import { metricsPlatform } from '../../platform/metrics-platform.ts'
import { nodePorts } from '../../platform/node-ports.ts'
import { startLog } from '../../platform/pino-logger.ts'
import type { SupervisedNode } from '../cluster/supervised-node.ts'
import { EXIT_BEFORE_READY, type ExitCode } from '../command.ts'
import { loadConfigFromFlags } from '../config-flags.ts'
import type { Arguments } from '../parse-arguments.ts'
import { watchStopSignals } from '../stop-signals.ts'
import { advertisedOf, announce } from './announce.ts'
import { logLevelOf } from './log-level.ts'
import type { StartPlan } from './start-arguments.ts'

const DATA_PLACES = ['log.dirs', 'log.dir', 'metadata.log.dir']

/**
 * Runs a node until a signal, its supervisor or its own failure ends it.
 * @param supervised what the process that started this one knows of the cluster; null for a node that somebody started
 */
export async function runNode(args: Arguments, plan: StartPlan & { readonly kind: 'node' }, supervised: SupervisedNode | null = null): Promise<ExitCode> {
  const ports = nodePorts()
  const { logger, levels } = startLog({ level: logLevelOf(args) })
  const ephemeral = args.has('ephemeral') && supervised === null ? temporaryPath((count) => ports.random.bytes(count)) : null
  const dataDirectory = ephemeral ?? supervised?.dataDirectory ?? null
  const assignments = dataDirectory === null ? [] : [`log.dirs=${dataDirectory}`, `metadata.log.dir=${dataDirectory}`]
  const loaded = loadConfigFromFlags(args, { topics: args.list('topic'), assignments, startedAs: plan.startedAs })
  const removeData = () => {
    if (ephemeral !== null) rmSync(ephemeral, { recursive: true, force: true })
  }
  using signals = watchStopSignals(removeData)
  const stopAsked = supervised === null ? signals.first : Promise.race([signals.first, supervised.stopAsked])
  let isStanding = false
  try {
    const { startNode } = await import('../../node/start-node.ts')
    checkControlSettings(loaded.config)
    for (const warning of loaded.warnings) logger.warn(warning)
    if (ephemeral !== null)
      for (const setting of passedOver(args)) logger.warn('--ephemeral stands over --set: all data live in one temporary directory', { setting })
    // Stopping in order needs a node that stands. One that does not may be long about it (recovery), and survives being cut off.
    void stopAsked.then((signal) => {
      if (isStanding) return
      logger.warn('stopping before the node was ready', { signal })
      removeData()
      process.exit(EXIT_BEFORE_READY)
    })
    await using node = await startNode({
      ...loaded,
      ...clockPorts(loaded.config, ports),
      ...supervisedOptions(supervised, loaded),
      startControlServer: startHttpServer,
      logger,
      logLevels: levels,
      hostname: machineName(),
      gateways: defaultGateways(),
      metricsPlatform,
    })
    isStanding = true
    announce(logger, loaded, node, dataDirectory !== null)
    supervised?.ready({ advertised: advertisedOf(node) })
    // What starting needs is compiled by now: the next start finds it, however this process ends.
    flushCompileCache()
    const signal = await Promise.race([stopAsked, node.failed])
    logger.info('stopping', { signal })
    await node.stop()
    return 0
  } finally {
    removeData()
  }
}

/** Topics are made by the first node alone; the others find them there. */
function supervisedOptions(supervised: SupervisedNode | null, { topics, identity }: LoadedConfig): Partial<NodeOptions> {
  if (supervised === null) return {}
  const [listener] = identity.advertisedControllerListeners
  const voters = supervised.initialVoters?.map(({ id, directoryId, host, port }) => ({
    id,
    directoryId,
    endpoints: [{ name: listener?.name ?? 'CONTROLLER', host, port }],
    minKraftVersion: 0,
    maxKraftVersion: 1,
  }))
  return {
    topics: supervised.nodeNumber === 1 ? topics : [],
    formatAs: { clusterId: supervised.clusterId, quorum: voters ?? 'elsewhere' },
    brokersAwaited: supervised.nodeCount,
    untilBrokersLeft: () => supervised.untilBrokersLeft(),
  }
}

/** What `--set` says of places for data, and `--ephemeral` says otherwise. */
function passedOver(args: Arguments): string[] {
  return args.list('set').filter((assignment) => DATA_PLACES.includes((assignment.split('=')[0] as string).trim()))
}
