import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOdradek } from './odradek-process.ts'
import { startOracle } from './oracle-node.ts'

/** The broker that a suite of clients talks to. */
export interface BrokerUnderTest extends AsyncDisposable {
  readonly bootstrap: string
  /** For `--bootstrap-controller`. */
  readonly controllerBootstrap: string
  /** True when the suite runs against Apache Kafka itself, to check the suite. */
  readonly isKafka: boolean
  /** Its `log.dirs`. */
  readonly dataDirectory: string
  /** Ends it in order; what it wrote stays until it is disposed. */
  stop(): Promise<unknown>
}

/**
 * Odradek, or with ODRADEK_UNDER_TEST=kafka a real Apache Kafka: a suite that fails there asks for something that Kafka does not promise.
 */
export async function startBrokerUnderTest(settings: Readonly<Record<string, string | number | boolean>> = {}): Promise<BrokerUnderTest> {
  if (process.env.ODRADEK_UNDER_TEST === 'kafka') {
    const oracle = await startOracle({ properties: settings })
    const { bootstrap, dataDirectory } = oracle
    const controllerBootstrap = `127.0.0.1:${oracle.controllerPort}`
    return {
      bootstrap,
      controllerBootstrap,
      isKafka: true,
      dataDirectory,
      stop: () => oracle.stop(),
      [Symbol.asyncDispose]: () => oracle[Symbol.asyncDispose](),
    }
  }
  const odradek = await startOdradek({ settings })
  const { bootstrap, dataDirectory } = odradek
  const controllerBootstrap = `127.0.0.1:${odradek.controllerPort}`
  return {
    bootstrap,
    controllerBootstrap,
    isKafka: false,
    dataDirectory,
    stop: () => odradek.stop(),
    [Symbol.asyncDispose]: () => odradek[Symbol.asyncDispose](),
  }
}

/** A directory that is removed with the test. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'odradek-test-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}
