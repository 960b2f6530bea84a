import { NetworkError } from '../../base/errors.ts'
import type { HttpServer, StartHttpServer } from '../../base/http.ts'
import type { Endpoint, Ports, Timers } from '../../base/ports.ts'
import type { NodeConfig } from '../../config/node-config.ts'
import type { Controller } from '../../controller/controller.ts'
import type { GroupService } from '../../group/group-service.ts'
import type { FaultyApis } from '../../handlers/faults/faults.ts'
import type { Services } from '../../handlers/services.ts'
import type { MetadataLoader } from '../../metadata/loader.ts'
import type { Logger } from '../../telemetry/logger.ts'
import type { Teardown } from '../lifetime/teardown.ts'
import { ControlEndpoints, type NodeFacts } from './control-endpoints.ts'
import { NodeControl } from './node-control.ts'
import { MAX_WAITS } from './waits.ts'

/** The control port is open on no other address. */
export const LOOPBACK = '127.0.0.1'
/** Each wait holds a connection; what is asked meanwhile, or is one wait too many, needs others. */
const MAX_CONNECTIONS = MAX_WAITS + 64

/** A clock that stands still until it is told to go on. */
export interface SteeredClock {
  /** Resolves when what came due is done. */
  advance(ms: number): Promise<void>
  /** Of real time: for what the other side of a connection measures with a clock of its own. */
  readonly wireTimers: Timers
}

export interface OpenControlOptions {
  readonly node: {
    readonly config: NodeConfig
    readonly ports: Ports
    readonly logger: Logger
    readonly steeredClock?: SteeredClock
    readonly startControlServer?: StartHttpServer
  }
  readonly services: Services
  readonly topics: Pick<Controller, 'deleteTopics'>
  readonly apis: FaultyApis
  readonly groups: GroupService
  readonly loader: MetadataLoader
  readonly facts: NodeFacts
  readonly teardown: Teardown
}

export interface OpenControl {
  readonly control: NodeControl
  /** Where the control port is; null where there is none. */
  readonly controlAt: Endpoint | null
}

/** What tests steer the node by. Errors: `NetworkError` for a port that is taken; it names the setting. */
export async function openControl({ node, services, topics, apis, groups, loader, facts, teardown }: OpenControlOptions): Promise<OpenControl> {
  const { config, ports, logger, steeredClock, startControlServer } = node
  const control = new NodeControl({
    services,
    topics,
    apis,
    groups,
    loader,
    timers: ports.timers,
    wireTimers: steeredClock?.wireTimers ?? ports.timers,
    advance: steeredClock === undefined ? null : (ms) => steeredClock.advance(ms),
  })
  teardown.add('waits and faults', () => control.close())
  const port = config.get('odradek.control.port')
  if (port < 0 || startControlServer === undefined) return { control, controlAt: null }
  const endpoints = new ControlEndpoints(control, facts)
  const server: HttpServer = await startControlServer({
    host: LOOPBACK,
    port,
    maxConnections: MAX_CONNECTIONS,
    handle: endpoints.handle,
    refuse: endpoints.refuse,
    onError: (error) => logger.error('a request to the control port failed', { error }),
  }).catch((error: unknown) => {
    throw error instanceof NetworkError ? namingTheSetting(error) : error
  })
  teardown.add('the control port', () => server[Symbol.asyncDispose]())
  logger.warn('the control port is open: whoever is on this machine may reset this node and make it fail', { port: server.local.port })
  return { control, controlAt: server.local }
}

function namingTheSetting({ reason, endpoint, message, cause }: NetworkError): NetworkError {
  return new NetworkError(reason, endpoint, `odradek.control.port: ${message}`, cause)
}
