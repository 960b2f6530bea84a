import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../command.ts'
import { formattedMark, type KafkaProcess, spawnKafka } from '../kafka-process.ts'
import { ODRADEK_PROGRAM, type OdradekProcess, prepareOdradek } from '../odradek-process.ts'
import { propertiesText, type Settings } from '../properties-file.ts'
import { dataDirectoriesOf, type NodePlace, type NodePlan } from './node-plan.ts'

/** A node of a cluster, of either kind, on one directory and one set of ports for all its lives. */
export interface ClusterNode extends AsyncDisposable {
  readonly id: number
  readonly plan: NodePlan
  readonly place: NodePlace
  /** The first of its `log.dirs`: there is its metadata log. */
  readonly dataDirectory: string
  readonly dataDirectories: readonly string[]
  readonly pid: number
  /** Starts the process; formats the directory when it is new. Does not wait until it serves. */
  launch(): Promise<void>
  /** Resolves when it serves in full: a broker is unfenced. Rejects when it ends before. */
  ready(): Promise<void>
  start(): Promise<void>
  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void>
  kill(): Promise<void>
  /** Loses all its data, which only one that does not run can: the next start begins with directories that were formatted anew. */
  empty(): Promise<void>
  pause(): void
  resume(): void
  /** What it said so far. */
  log(): Promise<string>
}

export interface NodeOptions {
  readonly place: NodePlace
  readonly settings: Settings
  readonly clusterId: string
  /** Of `format`. */
  readonly formatArguments: readonly string[]
}

/** What the two kinds of process have in common. */
interface Life {
  readonly pid: number
  launch(): Promise<void>
  ready(): Promise<void>
  stop(): Promise<unknown>
  kill(): Promise<void>
  format(): Promise<void>
  log(): Promise<string>
}

/** Neither started nor formatted yet. */
export function makeNode(options: NodeOptions): ClusterNode {
  const { place } = options
  const life = place.plan.kind === 'kafka' ? kafkaLife(options) : odradekLife(options)
  return {
    id: place.plan.id,
    plan: place.plan,
    place,
    dataDirectory: dataDirectoriesOf(place)[0] as string,
    dataDirectories: dataDirectoriesOf(place),
    get pid() {
      return life.pid
    },
    launch: () => life.launch(),
    ready: () => life.ready(),
    async start() {
      await life.launch()
      await life.ready()
    },
    async stop() {
      await life.stop()
    },
    kill: () => life.kill(),
    async empty() {
      for (const directory of dataDirectoriesOf(place)) await rm(directory, { recursive: true, force: true })
      await life.format()
    },
    pause: () => process.kill(life.pid, 'SIGSTOP'),
    resume: () => process.kill(life.pid, 'SIGCONT'),
    log: () => life.log(),
    [Symbol.asyncDispose]: () => life.kill(),
  }
}

const KAFKA_HEAP_MEGABYTES = 256
/** It may wait for nodes of Apache Kafka. */
const START_TIMEOUT_MS = 120_000

function kafkaLife({ place, settings, clusterId, formatArguments }: NodeOptions): Life {
  let running: KafkaProcess | null = null
  const required = (): KafkaProcess => {
    if (running === null) throw new Error(`node ${place.plan.id} was never started`)
    return running
  }
  return {
    get pid() {
      return required().pid
    },
    async launch() {
      const { directory } = place
      const readyPort = readyPortOf(place)
      running = await spawnKafka({ directory, settings, clusterId, formatArguments, readyPort, heapMegabytes: KAFKA_HEAP_MEGABYTES, logLevel: 'info' })
    },
    ready: () => required().ready(),
    stop: () => required().stop(),
    kill: async () => running?.kill(),
    // Done by the process when it starts and finds no mark.
    format: () => rm(formattedMark(place.directory), { force: true }),
    log: async () => (await running?.log()) ?? '',
  }
}

function odradekLife({ place, settings, clusterId, formatArguments }: NodeOptions): Life {
  const configFile = join(place.directory, 'server.properties')
  const ready = readyPortOf(place)
  let node: OdradekProcess | null = null
  const required = (): OdradekProcess => {
    if (node === null) throw new Error(`node ${place.plan.id} was never started`)
    return node
  }
  return {
    get pid() {
      return required().pid
    },
    async launch() {
      if (node === null) {
        await mkdir(place.directory, { recursive: true })
        await writeFile(configFile, propertiesText(settings))
        await formatOdradek(configFile, clusterId, formatArguments)
        node = await prepareOdradek({ directory: place.directory, configFile, ports: [ready, place.ports.controller?.bound ?? 0] })
      }
      node.launch()
    },
    ready: () => required().announced(START_TIMEOUT_MS),
    stop: () => required().stop(),
    kill: async () => node?.kill(),
    format: () => formatOdradek(configFile, clusterId, formatArguments),
    log: async () => node?.output() ?? '',
  }
}

async function formatOdradek(configFile: string, clusterId: string, more: readonly string[]): Promise<void> {
  const { exit, stderr } = await runCommand(process.execPath, [ODRADEK_PROGRAM, 'format', '-g', '-t', clusterId, '-c', configFile, ...more])
  if (exit !== 0) throw new Error(`odradek format ended with ${exit}:\n${stderr}`)
}

/** Apache Kafka opens it when a broker is unfenced. */
function readyPortOf({ ports }: NodePlace): number {
  return ports.client ?? (ports.controller?.bound as number)
}
