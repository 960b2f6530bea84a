import type { Uuid } from '../../protocol/uuid.ts'
import type { Clock, Timers } from '../base/ports.ts'
import type { BrokerRegistrationCommand } from '../controller/brokers/broker-registration.ts'
import type { MetadataLoader } from '../metadata/loader.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { ActiveController } from './active-controller.ts'

/** With what the broker says of itself when it registers; `logDirs` are those that work. */
export interface BrokerLifecycleOptions extends Omit<BrokerRegistrationCommand, 'isMigratingZkBroker'> {
  /** Of those in which nothing new is put: `cordoned.log.dirs`, asked at each heartbeat. */
  readonly cordonedLogDirs: () => readonly Uuid[]
  readonly controller: Pick<ActiveController, 'registerBroker' | 'brokerHeartbeat' | 'assignReplicas' | 'isHere' | 'onLeader'>
  readonly metadata: Pick<MetadataLoader, 'image' | 'applied' | 'until'>
  readonly timings: BrokerTimings
  /** [controlled.shutdown.enable] */
  readonly handsOver: boolean
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
