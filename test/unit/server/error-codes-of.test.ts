import { expect, test } from 'vitest'
import { ErrorCode } from '../../../protocol/error-codes.ts'
import { ApiVersionsResponse } from '../../../protocol/messages/api-versions.ts'
import { FetchResponse } from '../../../protocol/messages/fetch.ts'
import { ProduceResponse } from '../../../protocol/messages/produce.ts'
import type { Fields } from '../../../protocol/schema/notation.ts'
import { eachErrorCode } from '../../../src/server/error-codes-of.ts'

function codesIn(message: { readonly fields: Fields }, response: object): readonly number[] {
  const codes: number[] = []
  eachErrorCode(message.fields)?.(response, (code) => codes.push(code))
  return codes
}

test('codes are found wherever a response has them', () => {
  const partitions = [{ index: 0 }, { index: 1, errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER }]
  expect(codesIn(ProduceResponse, { responses: [{ name: 'a', partitionResponses: partitions }] })).toEqual([ErrorCode.NONE, ErrorCode.NOT_LEADER_OR_FOLLOWER])
  const fetched = { errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND, responses: [] }
  expect(codesIn(FetchResponse, fetched)).toEqual([ErrorCode.FETCH_SESSION_ID_NOT_FOUND])
})

test('a code that the handler left out is NONE', () => {
  expect(codesIn(ApiVersionsResponse, { apiKeys: [] })).toEqual([ErrorCode.NONE])
})

test('a response without codes has none to tell', () => {
  expect(eachErrorCode({})).toBeNull()
})
