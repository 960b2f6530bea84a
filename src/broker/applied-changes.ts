import { ErrorCode } from '../../protocol/error-codes.ts'
import type { CreatePartitionsRequest, CreatePartitionsResponse } from '../../protocol/messages/create-partitions.ts'
import type { CreateTopicsRequest, CreateTopicsResponse } from '../../protocol/messages/create-topics.ts'
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '../../protocol/messages/delete-topics.ts'
import { InvariantError } from '../base/assert.ts'
import type { Timers } from '../base/ports.ts'
import type { PeerClient } from '../client/peer-client.ts'
import type { MetadataImage } from '../metadata/image.ts'
import type { MetadataLoader } from '../metadata/loader.ts'
import type { ClientRequest } from './client-request.ts'
import { askCommittedEnd } from './requests/committed-end.ts'

export interface AppliedOptions {
  readonly metadata: Pick<MetadataLoader, 'until'>
  readonly timers: Pick<Timers, 'schedule' | 'sleep'>
  /** The one that answered. */
  readonly controller: Pick<PeerClient, 'send'>
}

/** Nearly always this node is as far as the answer by then. */
const SOON_MS = 100

/**
 * Resolves when this node has applied what the controller says is done: the client that gets the answer may turn to this broker
 * next. It does not wait longer than `maxMs`, nor for what another request has undone since, as when a topic was made and is
 * deleted again: then it is enough that this node knows all that is committed by now.
 */
export async function untilApplied(
  { api, request }: Pick<ClientRequest, 'api' | 'request'>,
  response: object,
  maxMs: number,
  options: AppliedOptions,
): Promise<void> {
  const isApplied = testOf(api.name, request, response)
  if (isApplied === null) return
  const { metadata, timers } = options
  const over = new AbortController()
  const limit = timers.schedule(Math.max(maxMs, 0), () => over.abort())
  const ends = [metadata.until(isApplied, over.signal), untilPast(options, over.signal)].map((end) => end.catch(toEnd))
  await Promise.race(ends)
  limit.cancel()
  over.abort()
}

/** Waits reject when the time is over, or the node fails: then the answer leaves as it is. */
function toEnd(error: unknown): void {
  if (error instanceof InvariantError) throw error
}

/** What is committed when this asks is more than what the controller spoke of. Where it does not tell, this waits for `signal`. */
async function untilPast({ metadata, timers, controller }: AppliedOptions, signal: AbortSignal): Promise<void> {
  await timers.sleep(SOON_MS, signal)
  const end = await askCommittedEnd(controller)
  await metadata.until(({ provenance }) => end !== null && provenance.offset >= end - 1, signal)
}

type Test = (image: MetadataImage) => boolean

function testOf(apiName: string, request: object, response: object): Test | null {
  switch (apiName) {
    case 'CreateTopics':
      return created(request as CreateTopicsRequest, response as CreateTopicsResponse)
    case 'CreatePartitions':
      return extended(request as CreatePartitionsRequest, response as CreatePartitionsResponse)
    case 'DeleteTopics':
      return deleted(request as DeleteTopicsRequest, response as DeleteTopicsResponse)
    default:
      return null
  }
}

function created({ validateOnly }: CreateTopicsRequest, { topics }: CreateTopicsResponse): Test | null {
  if (validateOnly) return null
  const names = topics.filter(({ errorCode }) => errorCode === ErrorCode.NONE).map(({ name }) => name)
  return ({ topics: { byName } }) => names.every((name) => byName.has(name))
}

function extended({ validateOnly, topics }: CreatePartitionsRequest, { results }: CreatePartitionsResponse): Test | null {
  if (validateOnly) return null
  const failed = new Set(results.filter(({ errorCode }) => errorCode !== ErrorCode.NONE).map(({ name }) => name))
  const done = topics.filter(({ name }) => !failed.has(name))
  return ({ topics: { byName } }) => done.every(({ name, count }) => (byName.get(name)?.partitions.length ?? count) >= count)
}

function deleted(_request: DeleteTopicsRequest, { responses }: DeleteTopicsResponse): Test {
  const names = responses.flatMap(({ errorCode, name }) => (errorCode === ErrorCode.NONE && name !== null ? [name] : []))
  return ({ topics: { byName } }) => names.every((name) => !byName.has(name))
}
