import type { StartHttpServer } from '../base/http.ts'
import type { Ports } from '../base/ports.ts'
import type { NodeConfig } from '../config/node-config.ts'
import type { NodeIdentity } from '../config/node-identity.ts'
import type { TopicSpec } from '../config/sources/topic-specs.ts'
import type { AnyHandler } from '../handlers/define-handler.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { LoggerLevels } from '../telemetry/logger-levels.ts'
import type { Expose } from '../telemetry/metrics.ts'
import type { SteeredClock } from './control/open-control.ts'
import type { FormatAs } from './directories/format-node.ts'

/** By what a node shows its metrics and its health to others. */
export interface MetricsPlatform {
  readonly startHttpServer: StartHttpServer
  readonly expose: Expose
}

/** What a node is made of. */
export interface NodeOptions {
  readonly config: NodeConfig
  readonly identity: NodeIdentity
  readonly ports: Ports
  readonly logger: Logger
  /** What the logger writes; not known of a logger that the caller brought. */
  readonly logLevels?: LoggerLevels | null
  /** Made before the node serves, where they are not there; none where not given. */
  readonly topics?: readonly TopicSpec[]
  /** Of directories that are not formatted yet; a cluster of this node alone where not given. */
  readonly formatAs?: FormatAs
  /** `--replace-voter`: see `staticVoterFormat` and `awaitFirstStart`. */
  readonly replaceVoter?: boolean
  /**
   * Called when the broker has left the cluster, and before the controller stops: a cluster that stops as a whole waits here
   * until all brokers have left, as the last would else find no quorum to hear of it.
   */
  readonly untilBrokersLeft?: () => Promise<void>
  /** Brokers that are registered before this one serves: a new cluster is complete then. */
  readonly brokersAwaited?: number
  /** What is told to others for a listener on all addresses. */
  readonly hostname: string
  /** Default gateways of this machine, as sockets give addresses; none where not given. */
  readonly gateways?: ReadonlySet<string>
  /** Where not given, there is no `metrics.port`, whatever the settings say. */
  readonly metricsPlatform?: MetricsPlatform
  /** For a node of which `ports` give a clock that stands still. */
  readonly steeredClock?: SteeredClock
  /** Where not given, there is no `odradek.control.port`, whatever the settings say. */
  readonly startControlServer?: StartHttpServer
  /** What is served; all that this node can where not given. */
  readonly handlers?: readonly AnyHandler[]
}
