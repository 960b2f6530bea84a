import { decodeFrom, encodeToBuffer } from '../../../protocol/schema/codec.ts'
import type { Fields, Input, Message, Value } from '../../../protocol/schema/notation.ts'
import { Forwarder } from '../../../src/broker/forwarder.ts'
import { NodeConfig } from '../../../src/config/node-config.ts'
import { TopicCreator } from '../../../src/controller/topics/auto-topic-creation.ts'
import type { Handler } from '../../../src/handlers/define-handler.ts'
import type { RequestContext } from '../../../src/handlers/request-context.ts'
import type { Services } from '../../../src/handlers/services.ts'
import type { MetadataRecord } from '../../../src/metadata/metadata-record.ts'
import { ManualTime } from '../../../src/platform/time/manual-time.ts'
import type { ListenerKind } from '../../../src/server/request-context.ts'
import { asRegistered } from '../../../src/server/told-addresses.ts'
import { silentLogger } from '../../../src/telemetry/logger.ts'
import { cluster } from '../controller/cluster.ts'
import { LocalController } from '../controller/local-controller.ts'

export interface AskOptions {
  readonly listenerName?: string
  readonly listenerKind?: ListenerKind
}

/** A node's handlers over the controller's decisions: what it is asked and answers goes through the wire. */
export class TopicNode {
  readonly controller: LocalController
  readonly #services: Services

  constructor(records: readonly MetadataRecord[], settings: Readonly<Record<string, string>> = {}, services: Partial<Services> = {}) {
    this.controller = new LocalController(cluster(...records))
    const given = { 'process.roles': 'broker,controller', 'node.id': '1', 'controller.listener.names': 'CONTROLLER', ...settings }
    const config = new NodeConfig(new Map(Object.entries(given).map(([name, text]) => [name, { text, origin: 'test' }])))
    const topicCreation = new TopicCreator({ config, controller: this.controller, metadata: this.controller, nodePrincipal: 'User:node' })
    const served: Partial<Services> = {
      clusterId: 'cluster',
      nodeId: 1,
      config,
      metadata: this.controller,
      controller: this.controller,
      clusterController: this.controller,
      topicCreation,
      forwarder: new Forwarder({
        controller: { forwarding: { call: (call) => call.here() }, topics: { call: (call) => call.here() } },
        metadata: { until: () => Promise.resolve() },
        timers: new ManualTime(0),
        logger: silentLogger,
      }),
      logLevels: null,
      random: { below: () => 0 },
      addresses: asRegistered,
      lostClients: { asked: () => {} },
      ...services,
    }
    // What topic requests do not reach is not there: a handler that does fails the test.
    this.#services = served as Services
  }

  async ask<Q extends Fields, A extends Fields>(
    handler: Handler<Q, A>,
    apiVersion: number,
    request: Input<Message<Q>>,
    options: AskOptions = {},
  ): Promise<Value<Message<A>>> {
    const { request: requestSchema, response } = handler.api
    const decoded = decodeFrom(requestSchema, encodeToBuffer(requestSchema, request, apiVersion), apiVersion)
    const answer = await handler.handle(this.#context(handler.api.key, apiVersion, options), decoded)
    if (answer === null) throw new Error('topic requests are always answered')
    return decodeFrom(response, encodeToBuffer(response, answer, apiVersion), apiVersion)
  }

  #context(apiKey: number, apiVersion: number, { listenerName = 'PLAINTEXT', listenerKind = 'broker' }: AskOptions): RequestContext {
    return {
      apiKey,
      apiVersion,
      correlationId: 1,
      clientId: 'test',
      clientSoftware: 'test',
      clientSoftwareVersion: '1',
      listenerName,
      listenerKind,
      connectionId: 1,
      clientHost: '/127.0.0.1',
      remote: { host: '127.0.0.1', port: 1 },
      local: { host: '127.0.0.1', port: 9092 },
      principal: 'User:ANONYMOUS',
      closed: new AbortController().signal,
      services: this.#services,
      whenSent: () => {
        throw new Error('topic requests do not ask')
      },
      closeConnection: (why) => {
        throw new Error(why)
      },
    }
  }
}

/** The versions from `first` to `last`. */
export function versions(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
