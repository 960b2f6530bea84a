import { ErrorCode } from '../../protocol/error-codes.ts'
import { CreateTopicsApi, type CreateTopicsResponse } from '../../protocol/messages/create-topics.ts'
import { ZERO_UUID } from '../../protocol/uuid.ts'
import type { Timers } from '../base/ports.ts'
import type { Controller, ControllerRequestContext, CreatedTopic, CreateTopicsCommand, RequestingClient } from '../controller/controller.ts'
import { plainFailure } from '../controller/controller-error.ts'
import type { MetadataLoader } from '../metadata/loader.ts'
import { untilApplied } from './applied-changes.ts'
import type { ControllerChannel } from './controller-channel.ts'
import type { ClientRequest } from './enclosed.ts'
import { enclose, type Forwarded } from './forwarder.ts'

export interface TopicRequestsOptions {
  readonly controller: { readonly topics: Pick<ControllerChannel, 'call'> }
  /** The controller of this process, active or not. */
  readonly local: Pick<Controller, 'createTopics'>
  readonly metadata: Pick<MetadataLoader, 'until'>
  readonly timers: Pick<Timers, 'schedule'>
  /** For the controller to decide and this node to apply, in milliseconds: `request.timeout.ms`. */
  readonly timeoutMs: number
}

/** Of a request that no client made. */
const NO_CLIENT: RequestingClient = { clientId: '', correlationId: 0, address: '0.0.0.0' }
const VERSION = 7
const NOT_MADE = { topicId: ZERO_UUID, partitionCount: -1, replicationFactor: -1, configs: null }

/**
 * Topics that this broker needs, or clients by it, made by the active controller wherever it is; they are there on this node
 * when the answer arrives. Source: KIP-590; kafka.server.DefaultAutoTopicCreationManager.
 */
export class TopicRequests implements Pick<Controller, 'createTopics'> {
  readonly #options: TopicRequestsOptions

  constructor(options: TopicRequestsOptions) {
    this.#options = options
  }

  createTopics(context: ControllerRequestContext, command: CreateTopicsCommand): Promise<readonly CreatedTopic[]> {
    const { controller, local } = this.#options
    return controller.topics.call({
      what: CreateTopicsApi.name,
      here: () => local.createTopics(context, command),
      there: async (peer) => {
        const client = this.#requestOf(context, command)
        const forwarded = await enclose(client, peer)
        if (forwarded.kind === 'response' && forwarded.response !== null) await untilApplied(client, forwarded.response, this.#options)
        return createdTopics(command, forwarded)
      },
    })
  }

  #requestOf({ principal, client = NO_CLIENT }: ControllerRequestContext, { topics, validateOnly }: CreateTopicsCommand): ClientRequest {
    const { clientId, correlationId, address: clientAddress } = client
    const asked = topics.map(({ partitionCount: numPartitions, ...topic }) => ({ ...topic, numPartitions }))
    const request = { topics: asked, timeoutMs: this.#options.timeoutMs, validateOnly }
    return { api: CreateTopicsApi, apiVersion: VERSION, clientId, correlationId, principal, clientAddress, request }
  }
}

function createdTopics({ topics }: CreateTopicsCommand, forwarded: Forwarded): readonly CreatedTopic[] {
  switch (forwarded.kind) {
    case 'response':
      return (forwarded.response as CreateTopicsResponse).topics.map(createdTopic)
    case 'error':
      return topics.map(({ name }) => ({ name, ...NOT_MADE, ...plainFailure(forwarded.errorCode) }))
    case 'close':
      return topics.map(({ name }) => ({ name, ...NOT_MADE, ...plainFailure(ErrorCode.UNSUPPORTED_VERSION) }))
  }
}

function createdTopic(topic: CreateTopicsResponse['topics'][number]): CreatedTopic {
  const { name, topicId, errorCode, errorMessage, numPartitions: partitionCount, replicationFactor } = topic
  const configs = topic.configs?.map(({ configSource: source, ...entry }) => ({ ...entry, source })) ?? null
  return { name, topicId, errorCode, errorMessage, partitionCount, replicationFactor, configs }
}
