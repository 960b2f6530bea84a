import { describe, expect, test } from 'vitest'
import { BrokerHeartbeatApi, type BrokerHeartbeatRequest, type BrokerHeartbeatResponse } from '../../../protocol/messages/broker-heartbeat.ts'
import { BrokerRegistrationApi, type BrokerRegistrationRequest } from '../../../protocol/messages/broker-registration.ts'
import type { Uuid } from '../../../protocol/uuid.ts'
import type { LocalController } from '../../../src/broker/active-controller.ts'
import { BrokerLifecycle } from '../../../src/broker/broker-lifecycle.ts'
import { knownFeatures } from '../../../src/metadata/features.ts'
import { MetadataLoader } from '../../../src/metadata/loader.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { served } from '../../support/peers/answering-node.ts'
import { broker, brokerChange, feature } from '../metadata/records.ts'
import { ScriptedControllers } from './scripted-controllers.ts'

const FIRST = 'logdirAAAAAAAAAAAAAAAA' as Uuid
const SECOND = 'logdirBBBBBBBBBBBBBBBA' as Uuid
const EPOCH = 5
const ERRORS = { DUPLICATE: 101, INCONSISTENT_CLUSTER_ID: 104, STALE_BROKER_EPOCH: 77 }

/** A broker 1 whose controller, on another node, answers as a test says, and keeps what it is asked. */
class Story {
  readonly controllers = new ScriptedControllers()
  readonly registrations: BrokerRegistrationRequest[] = []
  readonly heartbeats: BrokerHeartbeatRequest[] = []
  readonly failures: Error[] = []
  /** In the order of the registrations; 0 when none is left. */
  refusals: number[] = []
  /** That came to the controller of this process. */
  heartbeatsHere = 0
  beat: (request: BrokerHeartbeatRequest) => Partial<BrokerHeartbeatResponse> = ({ wantFence }) => ({ isFenced: wantFence, isCaughtUp: true })
  readonly #loader = new MetadataLoader((error) => this.failures.push(error))
  readonly lifecycle: BrokerLifecycle
  #offset = 0

  /** @param change of the broker's options */
  constructor(change: { readonly handsOver?: boolean } = {}) {
    const { clock, timers } = this.controllers.world.node('self').ports
    this.lifecycle = new BrokerLifecycle({
      clusterId: 'cluster',
      brokerId: 1,
      incarnationId: 'incarnationAAAAAAAAAAA' as Uuid,
      endpoints: [{ name: 'PLAINTEXT', host: 'self', port: 9092, securityProtocol: 0 }],
      features: knownFeatures,
      rack: 'r1',
      logDirs: [SECOND, FIRST],
      cordonedLogDirs: () => [SECOND],
      previousBrokerEpoch: 3,
      controller: this.controllers.active(this.#local()),
      metadata: this.#loader,
      timings: { heartbeatIntervalMs: 2000, sessionTimeoutMs: 9000, registrationTimeoutMs: 60_000, directoryFailureTimeoutMs: 30_000 },
      handsOver: true,
      ...change,
      clock,
      timers,
      logger: this.controllers.logger,
      onFailure: (error) => void this.failures.push(error),
    })
  }

  /** A controller of this process, for heartbeats alone. */
  #local(): LocalController {
    const brokerHeartbeat = () => {
      this.heartbeatsHere++
      return Promise.resolve({ errorCode: 0, errorMessage: null, isCaughtUp: true, isFenced: false, isShuttingDown: false, shouldShutDown: false })
    }
    const notAsked = () => Promise.reject(new Error('is asked for heartbeats alone'))
    const brokers = { brokerHeartbeat, registerBroker: notAsked, assignReplicas: notAsked, alterPartition: notAsked, registerController: notAsked }
    return { createTopics: notAsked, allocateProducerIds: notAsked, brokers }
  }

  get world() {
    return this.controllers.world
  }

  async startController(heartbeatVersions?: { readonly lowest: number; readonly highest: number }) {
    const node = await this.controllers.start('two', [
      served(BrokerRegistrationApi, (request) => {
        this.registrations.push(request)
        const errorCode = this.refusals.shift() ?? 0
        return { throttleTimeMs: 0, errorCode, brokerEpoch: errorCode === 0 ? EPOCH : -1 }
      }),
      served(
        BrokerHeartbeatApi,
        (request) => {
          this.heartbeats.push(request)
          return { throttleTimeMs: 0, errorCode: 0, isCaughtUp: false, isFenced: true, shouldShutDown: false, ...this.beat(request) }
        },
        heartbeatVersions,
      ),
    ])
    this.controllers.lead(2, 'two')
    return node
  }

  /** Up to the record at `EPOCH`, which registers the broker. */
  commitRegistration(): void {
    this.commit(feature('metadata.version', 30), ...Array.from({ length: EPOCH - 1 }, () => NOTHING), broker(1, { brokerEpoch: EPOCH, fenced: true }))
  }

  commitUnfencing(): void {
    this.commit(brokerChange(1, { brokerEpoch: EPOCH, fenced: -1 }))
  }

  commit(...records: readonly MetadataRecord[]): void {
    const baseOffset = this.#offset
    this.#offset += records.length
    this.#loader.handleCommit({ baseOffset, lastOffset: this.#offset - 1, epoch: 1, appendedMs: 0, sizeBytes: 0, records })
  }

  /** A broker that is registered with a controller elsewhere, and serves. */
  static async serving(change: { readonly handsOver?: boolean } = {}): Promise<Story> {
    const story = new Story(change)
    await story.startController()
    story.commitRegistration()
    await story.world.complete(story.lifecycle.register())
    story.commitUnfencing()
    await story.world.complete(story.lifecycle.unfence())
    return story
  }
}

const NOTHING: MetadataRecord = { type: 'NoOpRecord', version: 0, data: {} }

describe('a broker that registers', () => {
  test('says what brokers of Apache Kafka say, and is registered when this node knows it', async () => {
    const story = new Story()
    await story.startController()
    let isRegistered = false
    const registered = story.lifecycle.register().then(() => {
      isRegistered = true
    })
    await story.world.run(500)
    expect(isRegistered).toBe(false)
    story.commitRegistration()
    await story.world.complete(registered)
    expect(story.lifecycle.brokerEpoch).toBe(EPOCH)
    expect(story.registrations).toEqual([
      {
        brokerId: 1,
        clusterId: 'cluster',
        incarnationId: 'incarnationAAAAAAAAAAA',
        listeners: [{ name: 'PLAINTEXT', host: 'self', port: 9092, securityProtocol: 0 }],
        features: knownFeatures.map(({ name, minSupportedVersion, maxSupportedVersion }) => ({ name, minSupportedVersion, maxSupportedVersion })),
        rack: 'r1',
        isMigratingZkBroker: false,
        logDirs: [FIRST, SECOND],
        previousBrokerEpoch: 3,
      },
    ])
  })

  test('waits, and says so once, while another one of its number may be alive', async () => {
    const story = new Story()
    await story.startController()
    story.refusals = [ERRORS.DUPLICATE, ERRORS.DUPLICATE, ERRORS.DUPLICATE]
    story.commitRegistration()
    await story.world.complete(story.lifecycle.register())
    expect(story.registrations).toHaveLength(4)
    const told = story.controllers.lines.filter(({ message }) => message.startsWith('another broker is registered under the id of this one'))
    expect(told).toHaveLength(1)
  })

  test('does not try again where its directories are of another cluster', async () => {
    const story = new Story()
    await story.startController()
    story.refusals = [ERRORS.INCONSISTENT_CLUSTER_ID]
    await expect(story.world.complete(story.lifecycle.register())).rejects.toMatchObject({
      code: 'BROKER_REGISTRATION',
      message: expect.stringContaining('its log directories belong to another cluster than the controllers'),
    })
    expect(story.registrations).toHaveLength(1)
  })

  test('again, while it serves, goes on as long as it takes', async () => {
    const story = await Story.serving()
    story.world.crash('two', 'process')
    const again = story.lifecycle.registerAgain()
    await story.world.run(300_000)
    await story.startController()
    await story.world.complete(again)
    expect(story.registrations).toHaveLength(2)
  })

  test('gives up when no controller takes it in time', async () => {
    const story = new Story()
    await expect(story.world.complete(story.lifecycle.register(), { withinMs: 100_000 })).rejects.toMatchObject({
      code: 'BROKER_REGISTRATION',
      message: expect.stringContaining('initial.broker.registration.timeout.ms'),
    })
    expect(story.world.nowMs).toBeGreaterThan(50_000)
    expect(story.world.nowMs).toBeLessThan(65_000)
  })
})

describe('a broker that is registered elsewhere', () => {
  test('wants to be fenced until it is ready, and serves when this node knows that it is unfenced', async () => {
    const story = new Story()
    await story.startController()
    story.commitRegistration()
    await story.world.complete(story.lifecycle.register())
    await story.world.run(3000)
    expect(story.heartbeats.map(({ wantFence }) => wantFence)).toEqual([true, true])
    let isServing = false
    const serving = story.lifecycle.unfence().then(() => {
      isServing = true
    })
    await story.world.run(100)
    expect(story.heartbeats.at(-1)).toMatchObject({ wantFence: false, wantShutDown: false, brokerEpoch: EPOCH, currentMetadataOffset: EPOCH })
    expect(isServing).toBe(false)
    story.commitUnfencing()
    await story.world.complete(serving)
  })

  test('sends heartbeats in its interval, on one connection, with the directories that take nothing new', async () => {
    const story = await Story.serving()
    const before = story.heartbeats.length
    await story.world.run(10_100)
    expect(story.heartbeats.length - before).toBe(5)
    expect(story.heartbeats.at(-1)?.cordonedLogDirs).toEqual([SECOND])
  })

  test('asks again soon when it is told that it is fenced', async () => {
    const story = await Story.serving()
    story.beat = () => ({ isFenced: true })
    await story.world.run(2050)
    const before = story.heartbeats.length
    await story.world.run(1000)
    expect(story.heartbeats.length - before).toBeGreaterThan(5)
  })

  test('tells at once of a directory that failed, and with each heartbeat from then on', async () => {
    const story = await Story.serving()
    await story.world.complete(story.lifecycle.directoryFailed(SECOND))
    expect(story.world.nowMs).toBeLessThan(1000)
    await story.world.run(2100)
    expect(story.heartbeats.slice(-2).map(({ offlineLogDirs }) => offlineLogDirs)).toEqual([[SECOND], [SECOND]])
    expect(story.failures).toEqual([])
  })

  test('stops the node when the controller cannot be told of it in time', async () => {
    const story = await Story.serving()
    story.world.crash('two', 'process')
    story.lifecycle.directoryFailed(SECOND).catch(() => undefined)
    await story.world.run(29_000)
    expect(story.failures).toEqual([])
    await story.world.run(2000)
    expect(story.failures).toMatchObject([{ code: 'LOG_DIRECTORY_NOT_REPORTED' }])
  })

  test('leaves out what an older controller does not know', async () => {
    const story = new Story()
    await story.startController({ lowest: 0, highest: 0 })
    story.commitRegistration()
    await story.world.complete(story.lifecycle.register())
    story.commitUnfencing()
    await story.world.complete(story.lifecycle.unfence())
    await story.world.complete(story.lifecycle.directoryFailed(SECOND))
    expect(story.heartbeats.at(-1)).toMatchObject({ offlineLogDirs: [], cordonedLogDirs: null })
  })

  test('goes on when its epoch is refused, and says so in one line', async () => {
    const story = await Story.serving()
    story.beat = () => ({ errorCode: ERRORS.STALE_BROKER_EPOCH })
    const before = story.heartbeats.length
    await story.world.run(20_000)
    expect(story.heartbeats.length - before).toBeGreaterThan(8)
    expect(story.controllers.lines.filter(({ message }) => message.startsWith('a heartbeat of the broker was not taken'))).toHaveLength(1)
  })

  test('sends none while its own node leads, after it has said that it is there, and goes on when another does', async () => {
    const story = await Story.serving()
    await story.world.run(100)
    const before = story.heartbeats.length
    story.controllers.lead(1, 'self')
    await story.world.run(60_000)
    expect([story.heartbeats.length - before, story.heartbeatsHere]).toEqual([0, 1])
    story.controllers.lead(2, 'two')
    await story.world.run(4100)
    expect([story.heartbeats.length - before, story.heartbeatsHere]).toEqual([3, 1])
  })
})

describe('a broker that leaves', () => {
  test('asks until the controller lets it go', async () => {
    const story = await Story.serving()
    let asked = 0
    story.beat = () => ({ isFenced: false, shouldShutDown: ++asked === 4 })
    await story.world.complete(story.lifecycle.shutDown())
    expect(story.heartbeats.slice(-4).every(({ wantShutDown, wantFence }) => wantShutDown && !wantFence)).toBe(true)
    const after = story.heartbeats.length
    await story.world.run(10_000)
    expect(story.heartbeats).toHaveLength(after)
  })

  test('waits for a controller that does not answer until its session is over', async () => {
    const story = await Story.serving()
    story.world.crash('two', 'process')
    const startMs = story.world.nowMs
    await story.world.complete(story.lifecycle.shutDown())
    expect(story.world.nowMs - startMs).toBeCloseTo(9000, -2)
    expect(story.controllers.lines.at(-1)?.message).toBe('the controller did not let the broker go')
  })

  test('waits no longer than five minutes for one that does', async () => {
    const story = await Story.serving()
    story.beat = () => ({ isFenced: false })
    await story.world.complete(story.lifecycle.shutDown(), { withinMs: 400_000 })
    expect(story.world.nowMs).toBeGreaterThan(299_000)
    expect(story.world.nowMs).toBeLessThan(302_000)
  })

  test('asks nobody where it is not to hand over what it leads: it is fenced when its session is over', async () => {
    const story = await Story.serving({ handsOver: false })
    const before = story.heartbeats.length
    const startMs = story.world.nowMs
    await story.world.complete(story.lifecycle.shutDown())
    expect(story.world.nowMs).toBe(startMs)
    await story.world.run(10_000)
    expect(story.heartbeats).toHaveLength(before)
  })

  test('before it was registered leaves at once', async () => {
    const story = new Story()
    const registering = story.lifecycle.register()
    registering.catch(() => undefined)
    await story.lifecycle.shutDown()
    await expect(story.world.complete(registering)).rejects.toMatchObject({ code: 'BROKER_STOPPED' })
  })
})
