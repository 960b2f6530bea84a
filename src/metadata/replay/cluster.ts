import type { BrokerRegistrationChangeRecord } from '../../../protocol/metadata/broker-registration-change-record.ts'
import type { RegisterBrokerRecord } from '../../../protocol/metadata/register-broker-record.ts'
import type { RegisterControllerRecord } from '../../../protocol/metadata/register-controller-record.ts'
import type { UnregisterBrokerRecord } from '../../../protocol/metadata/unregister-broker-record.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { BrokerRegistration, ClusterImage, EndpointImage, SupportedFeature } from '../image.ts'
import { replayError } from '../replay-error.ts'

/** Registrations while records are replayed. */
export class ClusterDraft {
  readonly changedBrokers = new Set<number>()
  readonly changedControllers = new Set<number>()
  #image: ClusterImage

  constructor(before: ClusterImage) {
    this.#image = before
  }

  get image(): ClusterImage {
    return this.#image
  }

  registerBroker(record: RegisterBrokerRecord): void {
    this.#setBroker({
      id: record.brokerId,
      epoch: record.brokerEpoch,
      incarnationId: record.incarnationId,
      endpoints: record.endPoints.map(endpointOfRecord),
      features: record.features.map(featureOfRecord),
      rack: record.rack,
      fenced: record.fenced,
      inControlledShutdown: record.inControlledShutdown,
      isMigratingZkBroker: record.isMigratingZkBroker,
      logDirs: sorted(record.logDirs),
      cordonedLogDirs: record.cordonedLogDirs === null ? null : sorted(record.cordonedLogDirs),
    })
  }

  unregisterBroker(record: UnregisterBrokerRecord): void {
    const broker = this.#brokerAtEpoch(record.brokerId, record.brokerEpoch)
    this.#image = { ...this.#image, brokers: this.#image.brokers.without(broker.id) }
    this.changedBrokers.add(broker.id)
  }

  /** FenceBrokerRecord and UnfenceBrokerRecord: what KRaft wrote before BrokerRegistrationChangeRecord existed. */
  setFenced(id: number, epoch: number, fenced: boolean): void {
    this.#setBroker({ ...this.#brokerAtEpoch(id, epoch), fenced })
  }

  changeBroker(record: BrokerRegistrationChangeRecord): void {
    const broker = this.#brokerAtEpoch(record.brokerId, record.brokerEpoch)
    this.#setBroker({
      ...broker,
      fenced: fencedAfter(broker.fenced, record.fenced),
      inControlledShutdown: shutdownAfter(broker.inControlledShutdown, record.inControlledShutdown),
      logDirs: record.logDirs.length === 0 ? broker.logDirs : sorted(record.logDirs),
      cordonedLogDirs: record.cordonedLogDirs === null ? broker.cordonedLogDirs : sorted(record.cordonedLogDirs),
    })
  }

  registerController(record: RegisterControllerRecord): void {
    const registration = {
      id: record.controllerId,
      incarnationId: record.incarnationId,
      zkMigrationReady: record.zkMigrationReady,
      endpoints: record.endPoints.map(endpointOfRecord),
      features: record.features.map(featureOfRecord),
    }
    this.#image = { ...this.#image, controllers: this.#image.controllers.with(record.controllerId, registration) }
    this.changedControllers.add(record.controllerId)
  }

  #brokerAtEpoch(id: number, epoch: number): BrokerRegistration {
    const broker = this.#image.brokers.get(id)
    if (broker === undefined) throw replayError(`broker ${id} is not registered`)
    if (broker.epoch !== epoch) throw replayError(`broker ${id} is registered with epoch ${broker.epoch}, the record says ${epoch}`)
    return broker
  }

  #setBroker(broker: BrokerRegistration): void {
    this.#image = { ...this.#image, brokers: this.#image.brokers.with(broker.id, broker) }
    this.changedBrokers.add(broker.id)
  }
}

/** Of BrokerRegistrationChangeRecord.fenced. */
function fencedAfter(before: boolean, change: number): boolean {
  if (change === 0) return before
  if (change === 1) return true
  if (change === -1) return false
  throw replayError(`unknown fencing change ${change}`)
}

/** Of BrokerRegistrationChangeRecord.inControlledShutdown: it begins with the record and ends with the registration. */
function shutdownAfter(before: boolean, change: number): boolean {
  if (change === 0) return before
  if (change === 1) return true
  throw replayError(`unknown change of controlled shutdown ${change}`)
}

function endpointOfRecord(record: EndpointImage): EndpointImage {
  return { name: record.name, host: record.host, port: record.port, securityProtocol: record.securityProtocol }
}

function featureOfRecord(record: SupportedFeature): SupportedFeature {
  return { name: record.name, minSupportedVersion: record.minSupportedVersion, maxSupportedVersion: record.maxSupportedVersion }
}

function sorted(ids: readonly Uuid[]): readonly Uuid[] {
  return [...ids].sort()
}
