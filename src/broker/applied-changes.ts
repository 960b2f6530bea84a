import { ErrorCode } from '../../protocol/error-codes.ts'
import type { CreatePartitionsRequest, CreatePartitionsResponse } from '../../protocol/messages/create-partitions.ts'
import type { CreateTopicsRequest, CreateTopicsResponse } from '../../protocol/messages/create-topics.ts'
import type { DeleteTopicsRequest, DeleteTopicsResponse } from '../../protocol/messages/delete-topics.ts'
import type { Timers } from '../base/ports.ts'
import type { MetadataImage } from '../metadata/image.ts'
import type { MetadataLoader } from '../metadata/loader.ts'
import type { ClientRequest } from './client-request.ts'

/**
 * Resolves when this node has applied what the controller says is done: the client that gets the answer may turn to this broker
 * next. It does not wait longer than `maxMs`.
 */
export async function untilApplied(
  { api, request }: Pick<ClientRequest, 'api' | 'request'>,
  response: object,
  maxMs: number,
  { metadata, timers }: { readonly metadata: Pick<MetadataLoader, 'until'>; readonly timers: Pick<Timers, 'schedule'> },
): Promise<void> {
  const isApplied = testOf(api.name, request, response)
  if (isApplied === null) return
  const tooLong = new AbortController()
  const timer = timers.schedule(Math.max(maxMs, 0), () => tooLong.abort())
  // It rejects when the time is over, or the node fails.
  await metadata.until(isApplied, tooLong.signal).catch(() => {})
  timer.cancel()
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
