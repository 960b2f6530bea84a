import type { Uuid } from '../../protocol/uuid.ts'
import type { Clock, Timers } from '../base/ports.ts'
import type { EndpointImage, SupportedFeature } from '../metadata/image.ts'
import type { MetadataLoader } from '../metadata/loader.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ActiveController } from './active-controller.ts'

export interface BrokerLifecycleOptions {
  readonly clusterId: string
  readonly brokerId: number
  readonly incarnationId: Uuid
  readonly endpoints: readonly EndpointImage[]
  readonly features: readonly SupportedFeature[]
  readonly rack: string | null
  /** Of the directories that work. */
  readonly logDirs: readonly Uuid[]
  /** Of those in which nothing new is put: `cordoned.log.dirs`, asked at each heartbeat. */
  readonly cordonedLogDirs: () => readonly Uuid[]
  /** The epoch that the last clean shutdown left in the log directories; -1 when there was none. */
  readonly previousBrokerEpoch: number
  readonly controller: Pick<ActiveController, 'registerBroker' | 'brokerHeartbeat' | 'assignReplicas' | 'isHere' | 'onLeader'>
  readonly metadata: Pick<MetadataLoader, 'image' | 'applied' | 'until'>
  readonly timings: BrokerTimings
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly timers: Pick<Timers, 'schedule' | 'sleep'>
  readonly logger: Logger
  /** The node can not go on. */
  readonly onFailure: (error: Error) => void
}

/** In milliseconds. */
export interface BrokerTimings {
  /** broker.heartbeat.interval.ms */
  readonly heartbeatIntervalMs: number
  /** broker.session.timeout.ms */
  readonly sessionTimeoutMs: number
  /** initial.broker.registration.timeout.ms */
  readonly registrationTimeoutMs: number
  /** log.dir.failure.timeout.ms */
  readonly directoryFailureTimeoutMs: number
}
