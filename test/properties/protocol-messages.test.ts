import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../protocol/errors.ts'
import { decodeFrom, decodeMessage, encodeToBuffer } from '../../protocol/schema/codec.ts'
import type { Fields, Input, Message } from '../../protocol/schema/notation.ts'
import { Reader } from '../../protocol/wire/reader.ts'
import { arbitraryMessage } from '../support/arbitrary-message.ts'
import { allVersions } from '../support/schemas.ts'

const runs = Number(process.env.ODRADEK_PROPERTY_RUNS ?? 15)
const versions = await allVersions()

describe('every version of every message', () => {
  test('there are several hundred', () => {
    expect(versions.length).toBeGreaterThan(500)
  })

  test('what was encoded is decoded again', () => {
    for (const { message, version } of versions) {
      fc.assert(
        fc.property(arbitraryMessage(message, version), (value) => {
          const bytes = encodeToBuffer(message, value as Input<Message<Fields>>, version)
          expect(decodeFrom(message, bytes, version), `${message.name} version ${version}`).toEqual(value)
        }),
        { numRuns: runs },
      )
    }
  })

  test('arbitrary bytes give a value or a DecodeError', () => {
    for (const { message, version } of versions) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
          expectValueOrDecodeError(message, Buffer.from(bytes), version)
        }),
        { numRuns: runs },
      )
    }
  })

  test('truncated and mutated messages give a value or a DecodeError', () => {
    for (const { message, version } of versions) {
      fc.assert(
        fc.property(arbitraryMessage(message, version), fc.nat(), fc.nat(), fc.nat(255), (value, cutAt, changedAt, changedTo) => {
          const whole = encodeToBuffer(message, value as Input<Message<Fields>>, version)
          if (whole.length === 0) return
          expectValueOrDecodeError(message, whole.subarray(0, cutAt % whole.length), version)
          const changed = Buffer.from(whole)
          changed[changedAt % whole.length] = changedTo
          expectValueOrDecodeError(message, changed, version)
        }),
        { numRuns: runs },
      )
    }
  })
})

function expectValueOrDecodeError(message: Message<Fields>, bytes: Buffer, version: number): void {
  let value: unknown
  try {
    value = decodeMessage(message, new Reader(bytes), version)
  } catch (error) {
    if (error instanceof DecodeError) return
    throw new Error(`${message.name} version ${version} on ${bytes.toString('hex')}`, { cause: error })
  }
  // Whatever lengths the bytes claim, no more elements are made than there are bytes.
  expect(countElements(value)).toBeLessThanOrEqual(bytes.length)
}

function countElements(value: unknown): number {
  if (Array.isArray(value)) return value.length + value.reduce((sum: number, element) => sum + countElements(element), 0)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return 0
  return Object.values(value).reduce((sum: number, field) => sum + countElements(field), 0)
}
