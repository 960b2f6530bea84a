import { ErrorCode, errorName } from '../../protocol/error-codes.ts'
import { ApiVersionsApi, type ApiVersionsResponse } from '../../protocol/messages/api-versions.ts'
import type { AnyApi, Api, Fields, Input, Message, Value } from '../../protocol/schema/notation.ts'
import { parseVersions } from '../../protocol/schema/versions.ts'
import { OdradekError } from '../base/errors.ts'
import type { Endpoint } from '../base/ports.ts'
import { SOFTWARE_NAME } from '../base/software-name.ts'
import { formatHostPort } from '../config/values/host-port.ts'
import { BrokerConnection, type BrokerConnectionOptions } from './broker-connection.ts'

export interface KafkaClientOptions extends BrokerConnectionOptions {
  /** Says who asks, before anything else is asked, on each connection. */
  readonly authenticate?: (client: KafkaClient) => Promise<void>
}

const SOFTWARE = { clientSoftwareName: SOFTWARE_NAME, clientSoftwareVersion: '1' }
const OLDEST = 0

/** A connection whose two sides have agreed on versions. Errors: those of `BrokerConnection`, and of `authenticate`. */
export class KafkaClient implements AsyncDisposable {
  /** What the broker says of itself. */
  readonly served: ApiVersionsResponse
  readonly #connection: BrokerConnection

  private constructor(connection: BrokerConnection, served: ApiVersionsResponse) {
    this.#connection = connection
    this.served = served
  }

  /** @param signal ends the attempt */
  static async open(endpoint: Endpoint, options: KafkaClientOptions, signal?: AbortSignal): Promise<KafkaClient> {
    const connection = await BrokerConnection.open(endpoint, options, signal)
    const close = () => void connection[Symbol.asyncDispose]()
    signal?.addEventListener('abort', close)
    try {
      signal?.throwIfAborted()
      const client = new KafkaClient(connection, await negotiate(connection))
      await options.authenticate?.(client)
      return client
    } catch (error) {
      await connection[Symbol.asyncDispose]()
      throw error
    } finally {
      signal?.removeEventListener('abort', close)
    }
  }

  get isOpen(): boolean {
    return this.#connection.isOpen
  }

  get remote(): Endpoint {
    return this.#connection.remote
  }

  /** The latest version that both sides know; null when there is none. */
  versionOf(api: AnyApi): number | null {
    const theirs = this.served.apiKeys.find(({ apiKey }) => apiKey === api.key)
    if (theirs === undefined) return null
    const version = Math.min(theirs.maxVersion, latestOf(api))
    return version >= Math.max(theirs.minVersion, parseVersions(api.request.versions).lowest) ? version : null
  }

  /** In the latest version that both sides know. Errors: CLIENT_VERSION when there is none. */
  async send<Q extends Fields, A extends Fields>(api: Api<Q, A>, request: Input<Message<Q>>): Promise<Value<Message<A>>> {
    return this.#connection.send(api, this.#agreedVersion(api), request)
  }

  /** As `send`, for a request that is not answered: a Produce with acks 0. Resolves when more may be told. */
  async tell<Q extends Fields>(api: Api<Q, Fields>, request: Input<Message<Q>>): Promise<void> {
    await this.#connection.tell(api, this.#agreedVersion(api), request)
  }

  #agreedVersion(api: AnyApi): number {
    const version = this.versionOf(api)
    if (version === null) throw refusal(this.#connection, `it serves no version of ${api.name} that is known here`)
    return version
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection[Symbol.asyncDispose]()
  }
}

/** An older broker refuses our version in one that we can read, and is asked again in that one. */
async function negotiate(connection: BrokerConnection): Promise<ApiVersionsResponse> {
  const first = await connection.send(ApiVersionsApi, latestOf(ApiVersionsApi), SOFTWARE)
  const answer = first.errorCode === ErrorCode.UNSUPPORTED_VERSION ? await connection.send(ApiVersionsApi, OLDEST, SOFTWARE) : first
  if (answer.errorCode !== ErrorCode.NONE) throw refusal(connection, `it answers ApiVersions with ${errorName(answer.errorCode)}`)
  return answer
}

function latestOf({ request }: AnyApi): number {
  const { highest } = parseVersions(request.versions)
  return request.latestVersionUnstable === true ? highest - 1 : highest
}

function refusal({ endpoint }: BrokerConnection, why: string): OdradekError {
  return new OdradekError('CLIENT_VERSION', `${formatHostPort(endpoint.host, endpoint.port)}: ${why}`, { fields: { ...endpoint } })
}
