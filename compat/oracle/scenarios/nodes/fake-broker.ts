import { BrokerHeartbeatApi, type BrokerHeartbeatRequest, type BrokerHeartbeatResponse } from '../../../../protocol/messages/broker-heartbeat.ts'
import { BrokerRegistrationApi, type BrokerRegistrationRequest } from '../../../../protocol/messages/broker-registration.ts'
import { DescribeClusterApi } from '../../../../protocol/messages/describe-cluster.ts'
import { UnregisterBrokerApi } from '../../../../protocol/messages/unregister-broker.ts'
import type { Uuid } from '../../../../protocol/uuid.ts'
import type { RawClient } from '../../raw-client.ts'
import type { Stage } from '../../scenario.ts'

/** Further than any log in these scenarios: a broker that has applied all. */
export const CAUGHT_UP = 1_000_000_000

/** What a broker of Apache Kafka 4.3.1 understands. */
const FEATURES: readonly (readonly [name: string, min: number, max: number])[] = [
  ['metadata.version', 7, 30],
  ['eligible.leader.replicas.version', 0, 1],
  ['group.version', 0, 1],
  ['share.version', 0, 1],
  ['streams.version', 0, 1],
  ['transaction.version', 0, 2],
  ['kraft.version', 0, 1],
]

const LATEST_REGISTRATION = 4
const LATEST_HEARTBEAT = 2

/** Speaks to the controller as a broker does that has no data and serves nobody. */
export class FakeBroker {
  readonly id: number
  readonly controller: RawClient
  readonly #clusterId: string
  /** Of the last registration that was granted; -1 before it. */
  epoch = -1

  private constructor(id: number, controller: RawClient, clusterId: string) {
    this.id = id
    this.controller = controller
    this.#clusterId = clusterId
  }

  /** @param number from 1 to 9, among the brokers of the scenario */
  static async of(stage: Stage, number: number): Promise<FakeBroker> {
    const [scenario = '0', version = '0'] = stage.name('').match(/\d+/g) ?? []
    const { clusterId } = await stage.client.ask(DescribeClusterApi, 1, { includeClusterAuthorizedOperations: false })
    return new FakeBroker(100 * (Number(scenario) + 1) + 10 * Number(version) + number, await stage.openController(), clusterId)
  }

  /** Registered, with all applied and not fenced. */
  static async serving(stage: Stage, number: number, change: Partial<BrokerRegistrationRequest> = {}): Promise<FakeBroker> {
    const broker = await FakeBroker.of(stage, number)
    await broker.register(change)
    await broker.beat()
    return broker
  }

  /** The id of one of its directories, by its letter. */
  directory(letter = 'A'): Uuid {
    return `${letter}directory${String(this.id).padStart(6, '0')}AAAAAA` as Uuid
  }

  incarnation(letter = 'A'): Uuid {
    return `${letter}incarnate${String(this.id).padStart(6, '0')}AAAAAA` as Uuid
  }

  registration(change: Partial<BrokerRegistrationRequest> = {}): BrokerRegistrationRequest {
    return {
      brokerId: this.id,
      clusterId: this.#clusterId,
      incarnationId: this.incarnation(),
      listeners: [{ name: 'PLAINTEXT', host: '127.0.0.1', port: 1, securityProtocol: 0 }],
      features: FEATURES.map(([name, minSupportedVersion, maxSupportedVersion]) => ({ name, minSupportedVersion, maxSupportedVersion })),
      rack: null,
      isMigratingZkBroker: false,
      logDirs: [this.directory()],
      previousBrokerEpoch: -1,
      ...change,
    }
  }

  async register(change: Partial<BrokerRegistrationRequest> = {}): Promise<void> {
    const { errorCode, brokerEpoch } = await this.controller.ask(BrokerRegistrationApi, LATEST_REGISTRATION, this.registration(change))
    if (errorCode !== 0) throw new Error(`broker ${this.id} was not registered: ${errorCode}`)
    this.epoch = brokerEpoch
  }

  heartbeat(change: Partial<BrokerHeartbeatRequest> = {}): BrokerHeartbeatRequest {
    const wishes = { wantFence: false, wantShutDown: false, offlineLogDirs: [], cordonedLogDirs: null }
    return { brokerId: this.id, brokerEpoch: this.epoch, currentMetadataOffset: CAUGHT_UP, ...wishes, ...change }
  }

  beat(change: Partial<BrokerHeartbeatRequest> = {}): Promise<BrokerHeartbeatResponse> {
    return this.controller.ask(BrokerHeartbeatApi, LATEST_HEARTBEAT, this.heartbeat(change))
  }

  /** The cluster is for other scenarios as it was. */
  async leave(): Promise<void> {
    await this.controller.ask(UnregisterBrokerApi, 0, { brokerId: this.id })
  }
}
