import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ErrorCode } from '../../../../protocol/error-codes.ts'
import { decodeFrom, encodeToBuffer } from '../../../../protocol/schema/codec.ts'
import type { AnyApi } from '../../../../protocol/schema/notation.ts'
import { parseVersions } from '../../../../protocol/schema/versions.ts'
import { errorResponse } from '../../../../src/handlers/faults/error-response.ts'
import { handlers } from '../../../../src/handlers/registry.ts'
import { arbitraryMessage } from '../../../support/arbitrary-message.ts'

const errorCode = ErrorCode.SASL_AUTHENTICATION_FAILED

/** Versions whose responses have no field for an error; requests that name nothing have no place for one either. */
const SPEECHLESS: Readonly<Record<string, readonly number[]>> = { DescribeLogDirs: [1, 2] }

describe('a request that fails as a whole', () => {
  test.each(handlers.map(({ api }) => [api.name, api] as const))(
    'of %s is answered in every version, and says so where it names anything',
    (_name, api: AnyApi) => {
      const { lowest, highest } = parseVersions(api.request.versions)
      for (let version = lowest; version <= highest; version++) {
        let said = 0
        fc.assert(
          fc.property(arbitraryMessage(api.request, version), (request) => {
            const answer = decodeFrom(
              api.response,
              encodeToBuffer(api.response, errorResponse({ api, version, errorCode }, request) as never, version),
              version,
            )
            if (JSON.stringify(answer, plain).includes(`"errorCode":${errorCode}`)) said++
          }),
          { numRuns: 20, seed: version },
        )
        // A new API that says its errors elsewhere than at the top needs a line in `error-lists.ts`.
        if (SPEECHLESS[api.name]?.includes(version) !== true) expect(said, `${api.name} v${version}`).toBeGreaterThan(0)
      }
    },
  )
})

function plain(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}
