import kafkajs, { type Producer } from 'kafkajs'
import { kafka, until } from '../../kafkajs/support.ts'

const { Partitioners } = kafkajs

/** One value after another into partition 0 of a topic, each acknowledged by all in-sync replicas before the next, until it is ended. */
export interface SteadyProducer {
  /** Values 0, 1, 2, … as text: as many as this were acknowledged. */
  readonly acknowledged: number
  /** The longest time between two acknowledgements so far, in milliseconds. */
  readonly longestWaitMs: number
  /** Resolves when so many more were acknowledged. */
  more(count: number): Promise<void>
  /** Resolves when the last one is acknowledged; rejects when a send failed for good. */
  end(): Promise<void>
}

/** Much longer than any failover: what is not acknowledged then is a failure. */
const RETRY = { retries: 300, initialRetryTime: 50, maxRetryTime: 300, factor: 0 }
const REQUEST_TIMEOUT_MS = 5_000
const MORE_TIMEOUT_MS = 60_000

/** @param bootstrap of several brokers, separated by commas */
export async function produceSteadily(bootstrap: string, topic: string): Promise<SteadyProducer> {
  const client = kafka(bootstrap, { brokers: bootstrap.split(','), retry: RETRY, requestTimeout: REQUEST_TIMEOUT_MS })
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: Partitioners.DefaultPartitioner, retry: RETRY })
  await producer.connect()
  const state = { acknowledged: 0, longestWaitMs: 0, isOver: false, failure: null as Error | null }
  const sending = sendAll(producer, topic, state)
  return {
    get acknowledged() {
      return state.acknowledged
    },
    get longestWaitMs() {
      return state.longestWaitMs
    },
    async more(count) {
      const goal = state.acknowledged + count
      await until(`${goal} records are acknowledged`, () => state.acknowledged >= goal || state.failure !== null, MORE_TIMEOUT_MS)
      if (state.failure !== null) throw state.failure
    },
    async end() {
      state.isOver = true
      await sending
      await producer.disconnect()
      if (state.failure !== null) throw state.failure
    },
  }
}

async function sendAll(producer: Producer, topic: string, state: { acknowledged: number; longestWaitMs: number; isOver: boolean; failure: Error | null }) {
  try {
    for (let index = 0, lastMs = performance.now(); !state.isOver; index++) {
      await producer.send({ topic, acks: -1, messages: [{ value: String(index), partition: 0 }] })
      state.acknowledged = index + 1
      const nowMs = performance.now()
      state.longestWaitMs = Math.max(state.longestWaitMs, nowMs - lastMs)
      lastMs = nowMs
    }
  } catch (error) {
    state.failure = error as Error
  }
}
