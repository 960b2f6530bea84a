import { temporaryDirectory } from '../support/broker-under-test.ts'
import { freePorts } from '../support/free-ports.ts'
import { startOdradek } from '../support/odradek-process.ts'
import { startOracle } from '../support/oracle-node.ts'
import type { Properties, Settings } from './areas.ts'
import type { Listening } from './perform.ts'

export interface Broker extends Listening, AsyncDisposable {}

/** What is asked and what ought to answer alike. */
export interface Pair extends AsyncDisposable {
  readonly kafka: Broker
  readonly odradek: Broker
}

/**
 * Settings that both brokers get: those in which the profile `dev`, under which ours runs, and the oracle's differ from one another.
 */
const COMMON = {
  'auto.create.topics.enable': true,
  'offsets.topic.num.partitions': 5,
  'group.initial.rebalance.delay.ms': 0,
  'num.partitions': 1,
  'socket.listen.backlog.size': 50,
}

/** Starts both; `settings` go over those that both get. */
export async function startPair(settings: Settings = {}): Promise<Pair> {
  const starting = [startBroker(settings, (properties) => startOracle({ properties })), startUnderTest(settings)] as const
  // Both are awaited whatever happens: one that fails must not leave the other running.
  await using opened = new AsyncDisposableStack()
  for (const result of await Promise.allSettled(starting)) if (result.status === 'fulfilled') opened.use(result.value)
  const [kafka, odradek] = await Promise.all(starting)
  const running = opened.move()
  return { kafka, odradek, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Odradek; with ODRADEK_UNDER_TEST=kafka a second Apache Kafka: a scenario that differs there masks too little. */
export function startUnderTest(settings: Settings = {}): Promise<Broker> {
  return startBroker(settings, (properties) => (process.env.ODRADEK_UNDER_TEST === 'kafka' ? startOracle({ properties }) : startLikeKafka(properties)))
}

async function startLikeKafka(properties: Properties): Promise<Broker> {
  const [port = 0, controllerPort = 0] = await freePorts(2)
  // A quorum of the same kind as the oracle's; members that stay when their connection closes, as its do.
  const likeKafka = { 'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`, 'odradek.member.connection.grace.ms': -1 }
  return startOdradek({ ports: [port, controllerPort], settings: { ...likeKafka, ...properties } })
}

/** The directory of which its settings are made goes with the broker. */
async function startBroker(settings: Settings, start: (properties: Properties) => Promise<Broker>): Promise<Broker> {
  if (typeof settings !== 'function') return start({ ...COMMON, ...settings })
  await using starting = new AsyncDisposableStack()
  const directory = starting.use(await temporaryDirectory())
  const { bootstrap, controllerPort } = starting.use(await start({ ...COMMON, ...settings(directory.path) }))
  const owned = starting.move()
  return { bootstrap, controllerPort, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
