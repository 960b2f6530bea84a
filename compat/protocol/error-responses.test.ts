import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ErrorCode } from '../../protocol/error-codes.ts'
import { decodeFrom, encodeToBuffer } from '../../protocol/schema/codec.ts'
import type { AnyApi } from '../../protocol/schema/notation.ts'
import { parseVersions } from '../../protocol/schema/versions.ts'
import { errorResponse } from '../../src/handlers/faults/error-response.ts'
import { handlers } from '../../src/handlers/registry.ts'
import { arbitraryMessage } from '../../test/support/arbitrary-message.ts'
import { failWithKafka } from './specifications.ts'

const SAMPLES = 6
const seed = Number(process.env.ODRADEK_SEED ?? 1)
const errorCode = ErrorCode.NOT_COORDINATOR
/** Kafka's classes refuse some of the random requests, and have no answer for produces with acks=0. */
const LEAST_COMPARED = 0.9

test(`a request that fails as a whole is answered as Kafka answers it, in every version that is served (seed ${seed})`, async () => {
  const orders = handlers.flatMap(({ api }) => versionsOf(api).flatMap((version) => ordersFor(api, version)))
  const theirs = await failWithKafka(orders)
  expect(theirs).toHaveLength(orders.length)
  const answered = orders.flatMap((order, index) => (/^[^!-]/.test(`${theirs[index]} `) ? [{ ...order, theirs: theirs[index] ?? '' }] : []))
  expect(answered.length).toBeGreaterThan(orders.length * LEAST_COMPARED)
  const differences = answered.flatMap(({ api, version, request, ours, theirs }) => {
    const read = (body: string) => comparable(decodeFrom(api.response, Buffer.from(body, 'base64'), version))
    return isDeepStrictEqual(read(ours), read(theirs)) ? [] : [{ api: api.name, version, request, ours: read(ours), theirs: read(theirs) }]
  })
  expect(differences.slice(0, 3)).toEqual([])
}, 180_000)

function versionsOf({ request }: AnyApi): readonly number[] {
  const { lowest, highest } = parseVersions(request.versions)
  const latest = request.latestVersionUnstable === true ? highest - 1 : highest
  return Array.from({ length: latest - lowest + 1 }, (_, index) => lowest + index)
}

function ordersFor(api: AnyApi, version: number) {
  return fc.sample(arbitraryMessage(api.request, version, sensible), { numRuns: SAMPLES, seed }).map((value) => {
    const body = encodeToBuffer(api.request, value as never, version)
    const request = decodeFrom(api.request, body, version) as Record<string, unknown>
    const ours = encodeToBuffer(api.response, errorResponse({ api, version, errorCode }, request) as never, version).toString('base64')
    return { api, apiKey: api.key, version, errorCode, body, request, ours }
  })
}

/** Values of enumerations that Kafka's classes know, without which they do not read a request. */
function sensible(fieldName: string): fc.Arbitrary<unknown> | undefined {
  return SENSIBLE[fieldName]
}

const SENSIBLE: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  resourceType: fc.constantFrom(2, 4, 8),
  acks: fc.constantFrom(-1, 1),
}

/** A partition that a request names twice is answered once where Kafka's class collects the answers in a map. */
function distinct(elements: readonly unknown[]): unknown[] {
  return [...new Map(elements.map((element) => [JSON.stringify(element, plain), element])).values()]
}

/**
 * Some of Kafka's classes word the error and others leave it out: clients make their own of the code. Topics without
 * partitions, of which nothing can be said, are left out of some answers, and some are in the order of a hash table.
 */
function comparable(message: unknown): unknown {
  return JSON.parse(
    JSON.stringify(message, (key, value) => {
      if (key === 'errorMessage') return null
      if (Array.isArray(value))
        return distinct(value.filter((element) => !saysNothing(element))).sort((a, b) => (JSON.stringify(a, plain) < JSON.stringify(b, plain) ? -1 : 1))
      return plain(key, value)
    }),
  )
}

function saysNothing(element: unknown): boolean {
  if (typeof element !== 'object' || element === null || 'errorCode' in element) return false
  return Object.values(element).some((value) => Array.isArray(value) && value.length === 0)
}

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
