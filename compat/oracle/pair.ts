import { freePorts } from '../../test/support/free-ports.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { startOdradek } from '../support/odradek-process.ts'
import { startOracle } from '../support/oracle-node.ts'
import type { Properties, Setup } from './areas.ts'
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

/** Starts both; the settings go over those that both get. */
export async function startPair(setup: Setup = {}): Promise<Pair> {
  const starting = [startBroker(setup, startKafka), startUnderTest(setup)] as const
  // Both are awaited whatever happens: one that fails must not leave the other running.
  await using opened = new AsyncDisposableStack()
  for (const result of await Promise.allSettled(starting)) if (result.status === 'fulfilled') opened.use(result.value)
  const [kafka, odradek] = await Promise.all(starting)
  const running = opened.move()
  return { kafka, odradek, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** Odradek; with ODRADEK_UNDER_TEST=kafka a second Apache Kafka: a scenario that differs there masks too little. */
export function startUnderTest(setup: Setup = {}): Promise<Broker> {
  return startBroker(setup, process.env.ODRADEK_UNDER_TEST === 'kafka' ? startKafka : startLikeKafka)
}

type Start = (properties: Properties, quorum: Setup['quorum']) => Promise<Broker>

const startKafka: Start = async (properties, quorum) => {
  if (quorum !== 'dynamic') return startOracle({ properties })
  const ports = await portPair()
  const ofQuorum = { 'controller.quorum.voters': null, 'controller.quorum.bootstrap.servers': `127.0.0.1:${ports[1]}` }
  return startOracle({ ports, properties: { ...ofQuorum, ...properties }, formatArguments: ['--standalone'] })
}

/** Members stay when their connection closes, as the oracle's do. The profile `dev` formats a dynamic quorum by itself. */
const startLikeKafka: Start = async (properties, quorum) => {
  const ports = await portPair()
  const ofQuorum = quorum === 'dynamic' ? {} : { 'controller.quorum.voters': `1@127.0.0.1:${ports[1]}` }
  return startOdradek({ ports, settings: { ...ofQuorum, 'odradek.member.connection.grace.ms': -1, ...properties } })
}

/** Of the broker and of the controller. */
async function portPair(): Promise<readonly [number, number]> {
  const [port = 0, controllerPort = 0] = await freePorts(2)
  return [port, controllerPort]
}

/** The directory of which its settings are made goes with the broker. */
async function startBroker({ settings = {}, quorum }: Setup, start: Start): Promise<Broker> {
  if (typeof settings !== 'function') return start({ ...COMMON, ...settings }, quorum)
  await using starting = new AsyncDisposableStack()
  const directory = starting.use(await temporaryDirectory())
  const { bootstrap, controllerPort } = starting.use(await start({ ...COMMON, ...settings(directory.path) }, quorum))
  const owned = starting.move()
  return { bootstrap, controllerPort, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}
