import { ErrorCode } from '../../protocol/error-codes.ts'
import { CreateTopicsApi, type CreateTopicsResponse } from '../../protocol/messages/create-topics.ts'
import { DeleteTopicsApi, type DeleteTopicsResponse } from '../../protocol/messages/delete-topics.ts'
import type { AnyApi } from '../../protocol/schema/notation.ts'
import { type Uuid, ZERO_UUID } from '../../protocol/uuid.ts'
import type { Timers } from '../base/ports.ts'
import type { Controller, ControllerRequestContext, CreatedTopic, CreateTopicsCommand, DeletedTopic, RequestingClient } from '../controller/controller.ts'
import { plainFailure } from '../controller/controller-error.ts'
import type { MetadataLoader } from '../metadata/loader.ts'
import type { ClientRequest } from './client-request.ts'
import type { ControllerChannel } from './controller-channel.ts'
import { type Forwarded, passOn } from './forwarder.ts'

export interface TopicRequestsOptions {
  readonly controller: { readonly topics: Pick<ControllerChannel, 'call'> }
  /** The controller of this process, active or not. */
  readonly local: Pick<Controller, 'createTopics' | 'deleteTopics'>
  readonly metadata: Pick<MetadataLoader, 'until'>
  readonly timers: Pick<Timers, 'schedule' | 'sleep'>
  /** For the controller to decide and this node to apply, in milliseconds: `request.timeout.ms`. */
  readonly timeoutMs: number
}

/** Of a request that no client made. */
const NO_CLIENT: RequestingClient = { clientId: '', correlationId: 0, address: '0.0.0.0' }
/** With the settings of what was made; and of topics by their ids. */
const CREATE_VERSION = 7
const DELETE_VERSION = 6
const NOT_MADE = { topicId: ZERO_UUID, partitionCount: -1, replicationFactor: -1, configs: null }

/**
 * Topics that this broker needs, or clients by it, made by the active controller wherever it is, and those that its tests are
 * done with deleted; it is done on this node, too, when the answer arrives. Source: KIP-590; kafka.server.DefaultAutoTopicCreationManager.
 */
export class TopicRequests implements Pick<Controller, 'createTopics' | 'deleteTopics'> {
  readonly #options: TopicRequestsOptions

  constructor(options: TopicRequestsOptions) {
    this.#options = options
  }

  createTopics(context: ControllerRequestContext, command: CreateTopicsCommand): Promise<readonly CreatedTopic[]> {
    const { controller, local, timeoutMs } = this.#options
    return controller.topics.call({
      what: CreateTopicsApi.name,
      timeoutMs,
      here: () => local.createTopics(context, command),
      there: async (peer, leftMs) => createdTopics(command, await passOn(this.#creationOf(context, command), { peer, leftMs, ...this.#options })),
    })
  }

  deleteTopics(context: ControllerRequestContext, ids: readonly Uuid[]): Promise<readonly DeletedTopic[]> {
    const { controller, local, timeoutMs } = this.#options
    return controller.topics.call({
      what: DeleteTopicsApi.name,
      timeoutMs,
      here: () => local.deleteTopics(context, ids),
      there: async (peer, leftMs) => deletedTopics(ids, await passOn(this.#deletionOf(context, ids), { peer, leftMs, ...this.#options })),
    })
  }

  #creationOf(context: ControllerRequestContext, { topics, validateOnly }: CreateTopicsCommand): ClientRequest {
    const asked = topics.map(({ partitionCount: numPartitions, ...topic }) => ({ ...topic, numPartitions }))
    return requestOf(context, CreateTopicsApi, CREATE_VERSION, { topics: asked, timeoutMs: this.#options.timeoutMs, validateOnly })
  }

  #deletionOf(context: ControllerRequestContext, ids: readonly Uuid[]): ClientRequest {
    const topics = ids.map((topicId) => ({ name: null, topicId }))
    return requestOf(context, DeleteTopicsApi, DELETE_VERSION, { topics, timeoutMs: this.#options.timeoutMs })
  }
}

function requestOf(
  { principal, client = NO_CLIENT }: ControllerRequestContext,
  api: AnyApi,
  apiVersion: number,
  request: ClientRequest['request'],
): ClientRequest {
  const { clientId, correlationId, address: clientAddress } = client
  return { api, apiVersion, clientId, correlationId, principal, clientAddress, request }
}

function createdTopics({ topics }: CreateTopicsCommand, forwarded: Forwarded): readonly CreatedTopic[] {
  if (forwarded.kind === 'response') return (forwarded.response as CreateTopicsResponse).topics.map(createdTopic)
  return topics.map(({ name }) => ({ name, ...NOT_MADE, ...plainFailure(failureOf(forwarded)) }))
}

function createdTopic(topic: CreateTopicsResponse['topics'][number]): CreatedTopic {
  const { name, topicId, errorCode, errorMessage, numPartitions: partitionCount, replicationFactor } = topic
  const configs = topic.configs?.map(({ configSource: source, ...entry }) => ({ ...entry, source })) ?? null
  return { name, topicId, errorCode, errorMessage, partitionCount, replicationFactor, configs }
}

/** In the order of `ids`: the controller answers in another. */
function deletedTopics(ids: readonly Uuid[], forwarded: Forwarded): readonly DeletedTopic[] {
  const answered = new Map(deletionsIn(forwarded).map(({ topicId, name, errorCode, errorMessage }) => [topicId, { name, errorCode, errorMessage }]))
  const otherwise = plainFailure(failureOf(forwarded))
  return ids.map((id) => ({ id, ...(answered.get(id) ?? { name: null, ...otherwise }) }))
}

function deletionsIn(forwarded: Forwarded): DeleteTopicsResponse['responses'] {
  return forwarded.kind === 'response' ? (forwarded.response as DeleteTopicsResponse).responses : []
}

/** Of what the answer does not tell of. */
function failureOf(forwarded: Forwarded): ErrorCode {
  switch (forwarded.kind) {
    case 'response':
      return ErrorCode.UNKNOWN_SERVER_ERROR
    case 'error':
      return forwarded.errorCode
    case 'close':
      return ErrorCode.UNSUPPORTED_VERSION
  }
}
