import { rmSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { formatHostPort } from '../config/host-port.ts'
import type { LoadedConfig } from '../config/load-config.ts'
import { TOPIC_FORM } from '../config/sources/topic-specs.ts'
import { clockPorts } from '../node/clock-ports.ts'
import { checkControlSettings } from '../node/control/control-settings.ts'
import type { RunningNode } from '../node/running-node.ts'
import { defaultGateways } from '../platform/default-gateways.ts'
import { machineName, temporaryPath } from '../platform/host-facts.ts'
import { startHttpServer } from '../platform/http-server.ts'
import { metricsPlatform } from '../platform/metrics-platform.ts'
import { nodePorts } from '../platform/node-ports.ts'
import { startLog } from '../platform/pino-logger.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { LogLevel } from '../telemetry/logger-levels.ts'
import type { Command } from './command.ts'
import { configFlags, loadConfigFromFlags } from './config-flags.ts'
import type { Arguments } from './parse-arguments.ts'
import { watchStopSignals } from './stop-signals.ts'
import { UsageError } from './usage-error.ts'
import { version } from './version.ts'

/** As of a process that SIGTERM ends: supervisors take it for a stop that was asked for. */
const EXIT_BEFORE_READY = 143

const LOG_LEVELS: readonly LogLevel[] = ['off', 'error', 'warn', 'info', 'debug', 'trace']

const DATA_PLACES = ['log.dirs', 'log.dir', 'metadata.log.dir']

/** Runs a node until SIGTERM, SIGINT or SIGHUP, or until it fails. */
export const startCommand: Command = {
  name: 'start',
  summary: 'Run a node until it is told to stop.',
  flags: {
    ...configFlags,
    topic: { value: TOPIC_FORM, multiple: true, does: 'Make a topic before the node serves, if it is not there.' },
    ephemeral: { does: 'Keep nothing: the data live in a temporary directory that goes with the node.' },
    'log-level': { value: LOG_LEVELS.join('|'), does: 'Which lines are logged; info where not given.' },
  },
  async run(args) {
    const ports = nodePorts()
    const { logger, levels } = startLog({ level: logLevelOf(args) })
    const ephemeral = args.has('ephemeral') ? temporaryPath((count) => ports.random.bytes(count)) : null
    const assignments = ephemeral === null ? [] : [`log.dirs=${ephemeral}`, `metadata.log.dir=${ephemeral}`]
    const loaded = loadConfigFromFlags(args, { topics: args.list('topic'), assignments })
    const removeData = () => {
      if (ephemeral !== null) rmSync(ephemeral, { recursive: true, force: true })
    }
    using signals = watchStopSignals(removeData)
    let isStanding = false
    try {
      const { startNode } = await import('../node/start-node.ts')
      checkControlSettings(loaded.config)
      for (const warning of loaded.warnings) logger.warn(warning)
      if (ephemeral !== null)
        for (const setting of passedOver(args)) logger.warn('--ephemeral stands over --set: all data live in one temporary directory', { setting })
      // Stopping in order needs a node that stands. One that does not may be long about it (recovery), and survives being cut off.
      void signals.first.then((signal) => {
        if (isStanding) return
        logger.warn('stopping before the node was ready', { signal })
        removeData()
        process.exit(EXIT_BEFORE_READY)
      })
      await using node = await startNode({
        ...loaded,
        ...clockPorts(loaded.config, ports),
        startControlServer: startHttpServer,
        logger,
        logLevels: levels,
        hostname: machineName(),
        gateways: defaultGateways(),
        metricsPlatform,
      })
      isStanding = true
      announce(logger, loaded, node, ephemeral !== null)
      // What starting needs is compiled by now: the next start finds it, however this process ends.
      flushCompileCache()
      const signal = await Promise.race([signals.first, node.failed])
      logger.info('stopping', { signal })
      await node.stop()
      return 0
    } finally {
      removeData()
    }
  },
}

/** What `--set` says of places for data, and `--ephemeral` says otherwise. */
function passedOver(args: Arguments): string[] {
  return args.list('set').filter((assignment) => DATA_PLACES.includes((assignment.split('=')[0] as string).trim()))
}

function logLevelOf(args: Arguments): LogLevel {
  const text = args.value('log-level') ?? 'info'
  const level = LOG_LEVELS.find((name) => name === text)
  if (level === undefined) throw new UsageError(`\`--log-level\` is one of ${LOG_LEVELS.join(', ')}, not \`${text}\`.`)
  return level
}

function toldText({ told, isToldByClient }: RunningNode['listeners'][number]): string[] {
  if (told === null) return []
  return isToldByClient
    ? [formatHostPort('localhost', told.port), `to other machines the address they came to, port ${told.port}`]
    : [formatHostPort(told.host, told.port)]
}

/** What whoever reads the log wants to know first: who this is, where it listens, and what becomes of the data. */
function announce(logger: Logger, { config, identity, profile }: LoadedConfig, node: RunningNode, isEphemeral: boolean): void {
  const { nodeId, clusterId } = node
  const listeners = node.listeners.map(({ name, at }) => `${name}://${formatHostPort(at.host, at.port)}`)
  const advertised = node.listeners.flatMap(toldText)
  const metrics = node.metricsAt === null ? null : `http://${formatHostPort(node.metricsAt.host, node.metricsAt.port)}/metrics`
  const control = node.controlAt === null ? {} : { control: `http://${formatHostPort(node.controlAt.host, node.controlAt.port)}` }
  logger.info('odradek is ready', { version: version(), nodeId, clusterId, profile, listeners, advertised, metrics, ...control })
  const flushesEachWrite = config.get('log.flush.interval.messages') === 1
  logger.info(isEphemeral ? 'nothing is kept: the data go with the node' : 'data are kept', {
    directories: identity.logDirs,
    flush: flushesEachWrite ? 'each write, before it is acknowledged' : 'by the system, as in Kafka: set log.flush.interval.messages=1 for each write',
  })
}
