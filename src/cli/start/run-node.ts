/**
 * Runs a node until a signal, its supervisor or its own failure ends it: settings, what it joins, its directories, and then the node
 * itself. What is wrong with settings is said before anything is touched. A signal before the node stands ends the process at once, as
 * a crash would, which a node survives; later the node stops in order. Temporary data are gone at the end, however it comes.
 */
import { rmSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import type { LoadedConfig } from '../../config/load-config.ts'
import { PROFILE_ORIGIN } from '../../config/profiles.ts'
import { formatHostPort } from '../../config/values/host-port.ts'
import { clockPorts } from '../../node/control/clock-ports.ts'
import { checkControlSettings } from '../../node/control/control-settings.ts'
import { type JoinedCluster, prepareJoin } from '../../node/join/prepare-join.ts'
import type { NodeOptions } from '../../node/node-options.ts'
import { machineName, temporaryPath } from '../../platform/host-facts.ts'
import { startHttpServer } from '../../platform/http/http-server.ts'
import { startLog } from '../../platform/logs/pino-logger.ts'
import { metricsPlatform } from '../../platform/metrics/metrics-platform.ts'
import { defaultGateways } from '../../platform/network/default-gateways.ts'
import { nodePorts } from '../../platform/node-ports.ts'
import { EXIT_BEFORE_READY, type ExitCode } from '../command.ts'
import { loadConfigFromFlags } from '../config-flags.ts'
import { tellMetricsEndpoint } from '../health/metrics-file.ts'
import type { Arguments } from '../parse-arguments.ts'
import { watchStopSignals } from '../stop-signals.ts'
import type { SupervisedNode } from '../supervisor/supervised-node.ts'
import { UsageError } from '../usage-error.ts'
import { advertisedOf, announce } from './announce.ts'
import { formatAs } from './format-as.ts'
import { logFormatOf } from './log-format.ts'
import { logLevelOf } from './log-level.ts'
import type { StartPlan } from './start-arguments.ts'

const DATA_PLACES = ['log.dirs', 'log.dir', 'metadata.log.dir']

type NodePlan = Omit<StartPlan & { readonly kind: 'node' }, 'kind'>

/**
 * See the head of this file.
 * @param supervised what the process that started this one knows of the cluster; null for a node that somebody started
 */
export async function runNode(args: Arguments, plan: NodePlan, supervised: SupervisedNode | null = null): Promise<ExitCode> {
  const ports = nodePorts()
  // Whoever runs several nodes reads their lines, and writes them in the form that was asked for.
  const { logger, levels } = startLog({ level: logLevelOf(args), format: supervised === null ? logFormatOf(args) : 'json' })
  const ephemeral = args.has('ephemeral') && supervised === null ? temporaryPath((count) => ports.random.bytes(count)) : null
  const dataDirectory = ephemeral ?? supervised?.dataDirectory ?? null
  const assignments = dataDirectory === null ? [] : [`log.dirs=${dataDirectory}`, `metadata.log.dir=${dataDirectory}`]
  const load = (more: readonly string[]) =>
    loadConfigFromFlags(args, { topics: args.list('topic'), assignments: [...assignments, ...more], startedAs: plan.startedAs })
  const own = load([])
  checkNumbered(own, plan)
  checkReplaceVoter(own, args)
  const removeData = () => {
    if (ephemeral !== null) rmSync(ephemeral, { recursive: true, force: true })
  }
  using signals = watchStopSignals(() => {
    removeData()
    return 1
  })
  const stopAsked = supervised === null ? signals.first : Promise.race([signals.first, supervised.stopAsked])
  let isStanding = false
  try {
    const { startNode } = await import('../../node/start-node.ts')
    const { metricsEndpoint } = await import('../../node/health/metrics-endpoint.ts')
    checkControlSettings(own.config)
    for (const warning of own.warnings) logger.warn(warning)
    for (const notice of own.notices) logger.info(notice)
    if (ephemeral !== null)
      for (const setting of passedOver(args)) logger.warn('--ephemeral stands over --set: all data live in one temporary directory', { setting })
    // Stopping in order needs a node that stands. One that does not may be long about it (recovery), and survives being cut off.
    void stopAsked.then((signal) => {
      if (isStanding) return
      logger.warn('stopping before the node was ready', { signal })
      removeData()
      process.exit(EXIT_BEFORE_READY)
    })
    const joined = plan.join.length === 0 ? undefined : await prepareJoin({ identity: own.identity, join: plan.join, ports, logger })
    const loaded = load(joined == null ? [] : quorumOf(own, joined))
    // Of several nodes with one environment the first one tells.
    const tellsHealth = (supervised?.nodeNumber ?? 1) === 1
    if (tellsHealth) tellMetricsEndpoint(metricsEndpoint(loaded), logger)
    const toldOfCluster = await formatAs({ loaded, joined, disk: ports.disk, environment: process.env })
    await using node = await startNode({
      ...loaded,
      ...clockPorts(loaded.config, ports),
      ...(toldOfCluster === undefined ? {} : { formatAs: toldOfCluster }),
      ...supervisedOptions(supervised, loaded),
      replaceVoter: args.has('replace-voter'),
      startControlServer: startHttpServer,
      logger,
      logLevels: levels,
      hostname: machineName(),
      gateways: defaultGateways(),
      metricsPlatform,
    })
    isStanding = true
    // A default port that another program has is given up.
    if (tellsHealth && node.metricsAt === null) tellMetricsEndpoint(null, logger)
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

/** Errors: `UsageError` where nobody said which of the cluster's nodes this is. */
function checkNumbered({ config }: LoadedConfig, { join, startedAs }: NodePlan): void {
  if (join.length === 0 || startedAs.isOneOfMany === true || config.given('node.id')?.origin !== PROFILE_ORIGIN) return
  throw new UsageError('`--join` needs to know which node this is: `odradek start 2 9093 --join localhost:9092`.')
}

/** Errors: `UsageError` where directories are known to the quorum, so that nobody votes twice. */
function checkReplaceVoter({ identity }: LoadedConfig, args: Arguments): void {
  if (!args.has('replace-voter') || identity.quorumVoters.length > 0) return
  const instead = 'a node of another quorum that lost its directory joins again with `--join`.'
  throw new UsageError(`\`--replace-voter\` is about a voter of \`controller.quorum.voters\`, and these settings name none: ${instead}`)
}

/** Where the cluster's controllers are, unless somebody said so. */
function quorumOf({ config, identity }: LoadedConfig, { controllers }: JoinedCluster): string[] {
  const name = 'controller.quorum.bootstrap.servers'
  const given = config.given(name)
  if (identity.quorumVoters.length > 0 || (given !== undefined && given.origin !== PROFILE_ORIGIN)) return []
  return [`${name}=${controllers.map(({ host, port }) => formatHostPort(host, port)).join(',')}`]
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
