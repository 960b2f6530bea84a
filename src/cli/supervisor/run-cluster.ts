import { rmSync } from 'node:fs'
import type { LoadedConfig } from '../../config/load-config.ts'
import type { StartedAs } from '../../config/started-as.ts'
import { type ClusterPlan, planCluster } from '../../node/local-cluster/cluster-plan.ts'
import { temporaryPath } from '../../platform/host-facts.ts'
import { nodePorts } from '../../platform/node-ports.ts'
import { EXIT_BEFORE_READY, type ExitCode } from '../command.ts'
import { loadConfigFromFlags } from '../config-flags.ts'
import type { Arguments } from '../parse-arguments.ts'
import { logFormatOf } from '../start/log-format.ts'
import { logLevelOf } from '../start/log-level.ts'
import { watchStopSignals } from '../stop-signals.ts'
import { version } from '../version.ts'
import { MergedLog } from './merged-log.ts'
import { spawnNode } from './node-process.ts'
import { type StartedNode, Supervisor } from './supervisor.ts'

/** Runs a local cluster until a signal ends it, or a node that cannot be run. */
export async function runCluster(
  args: Arguments,
  { nodeCount, clientPort }: Pick<StartedAs, 'clientPort'> & { readonly nodeCount: number },
): Promise<ExitCode> {
  const ports = nodePorts()
  const ephemeral = args.has('ephemeral') ? temporaryPath((count) => ports.random.bytes(count)) : null
  const log = openLog(args)
  const nodeNumbers = Array.from({ length: nodeCount }, (_, index) => index + 1)
  const configs = nodeNumbers.map((nodeNumber) => configOf(args, { nodeNumber, nodeCount, clientPort }, ephemeral))
  const supervisor = new Supervisor({ ...ports, log, nodeNumbers, spawn: (nodeNumber) => spawn(nodeNumber) })
  const endAll = () => {
    supervisor.kill()
    if (ephemeral !== null) rmSync(ephemeral, { recursive: true, force: true })
  }
  using signals = watchStopSignals(() => {
    endAll()
    return 1
  })
  const plan = await planCluster({ ...ports, identities: configs.map(({ identity }) => identity) })
  const spawn = (nodeNumber: number) => {
    const { clusterId } = plan
    const task = { nodeNumber, nodeCount, clusterId, initialVoters: plan.initialVotersFor(nodeNumber), dataDirectory: ephemeral }
    return spawnNode(task, (line) => log.ofNode(nodeNumber, line))
  }
  try {
    return await run({ supervisor, plan, log, stopAsked: signals.first, isEphemeral: ephemeral !== null, configs })
  } finally {
    if (ephemeral !== null) rmSync(ephemeral, { recursive: true, force: true })
  }
}

interface Run {
  readonly supervisor: Supervisor
  readonly plan: ClusterPlan
  readonly log: MergedLog
  readonly stopAsked: Promise<string>
  readonly isEphemeral: boolean
  readonly configs: readonly LoadedConfig[]
}

async function run({ supervisor, plan, log, stopAsked, isEphemeral, configs }: Run): Promise<ExitCode> {
  hintAtEvenNumber(configs.length, log)
  let isReady = false
  try {
    const started = await Promise.race([supervisor.start(), stopAsked])
    if (typeof started !== 'string') {
      isReady = true
      await plan.complete()
      announce(log, plan, started, isEphemeral ? null : configs)
    }
    const signal = await Promise.race([stopAsked, supervisor.failed])
    log.info('stopping', { signal })
  } catch (error) {
    log.error('the cluster stops, as a node cannot be run')
    await supervisor.stop()
    throw error
  }
  const isOrderly = await supervisor.stop()
  if (!isReady) return EXIT_BEFORE_READY
  return isOrderly ? 0 : 1
}

function configOf(args: Arguments, startedAs: Partial<StartedAs>, dataDirectory: string | null): LoadedConfig {
  const assignments = dataDirectory === null ? [] : [`log.dirs=${dataDirectory}`, `metadata.log.dir=${dataDirectory}`]
  return loadConfigFromFlags(args, { topics: args.list('topic'), assignments, startedAs })
}

function openLog(args: Arguments): MergedLog {
  const severities = ['trace', 'debug', 'info', 'warn', 'error', 'off']
  const threshold = severities.indexOf(logLevelOf(args))
  const isTerminal = process.stdout.isTTY === true
  const format = logFormatOf(args)
  return new MergedLog({
    isReadable: format === 'readable' || (format === 'auto' && isTerminal),
    colours: isTerminal && process.env.NO_COLOR === undefined,
    write: (text) => void process.stdout.write(text),
    now: () => new Date().toISOString(),
    isLogged: (level) => severities.indexOf(level) >= threshold,
  })
}

/** An even number of voters survives no more than the odd number below it. */
function hintAtEvenNumber(nodeCount: number, log: MergedLog): void {
  if (nodeCount === 2) log.warn('a cluster of 2 nodes stands still when either is down, as both are its majority: 3 go on without one')
  if (nodeCount === 4) log.warn('a cluster of 4 nodes goes on without one of them, as one of 3 does: 5 go on without two')
}

function announce(log: MergedLog, { clusterId }: ClusterPlan, nodes: readonly StartedNode[], configs: readonly LoadedConfig[] | null): void {
  const bootstrapServers = nodes.flatMap(({ advertised }) => advertised).join(',')
  log.info('the cluster is ready', { version: version(), clusterId, bootstrapServers, pids: nodes.map(({ pid }) => pid) })
  if (configs === null) log.info('nothing is kept: the data go with the cluster')
  else log.info('data are kept', { directories: configs.flatMap(({ identity }) => identity.logDirs) })
}
