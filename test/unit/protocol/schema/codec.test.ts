import { describe, expect, test } from 'vitest'
import { DecodeError, EncodeError } from '../../../../protocol/errors.ts'
import { decodeFrom, encodeToBuffer } from '../../../../protocol/schema/codec.ts'
import { array, int32, message, object, string, struct } from '../../../../protocol/schema/notation.ts'

const Leader = struct('Leader', { id: int32('0+', { default: -1 }), epoch: int32('0+', { default: -1 }) })
const Example = message({
  name: 'Example',
  kind: 'data',
  versions: '0-2',
  flexible: '2+',
  fields: {
    name: string('0+'),
    instance: string('1+', { nullable: '1+', default: null }),
    reason: string('2+', { ignorable: true }),
    leader: object(Leader, '2+', { tag: 0, tagged: '2+' }),
    replicas: array('int32', '0+'),
  },
})

describe('a version that lacks a field', () => {
  test('decodes it as its default', () => {
    const value = decodeFrom(Example, encodeToBuffer(Example, { name: 'a', replicas: [1] }, 0), 0)
    expect(value).toEqual({ name: 'a', instance: null, reason: '', leader: { id: -1, epoch: -1 }, replicas: [1] })
  })

  test('refuses to drop a value that is not ignorable', () => {
    expect(() => encodeToBuffer(Example, { name: 'a', instance: 'i', replicas: [] }, 0)).toThrow(EncodeError)
    expect(() => encodeToBuffer(Example, { name: 'a', leader: { id: 1 }, replicas: [] }, 1)).toThrow(EncodeError)
  })

  test('drops an ignorable value', () => {
    expect(encodeToBuffer(Example, { name: 'a', reason: 'because', replicas: [] }, 1)).toEqual(encodeToBuffer(Example, { name: 'a', replicas: [] }, 1))
  })
})

describe('tagged fields', () => {
  test('are left out when they hold their default, however it is given', () => {
    const without = encodeToBuffer(Example, { name: 'a', replicas: [] }, 2)
    expect(encodeToBuffer(Example, { name: 'a', leader: { id: -1, epoch: -1 }, replicas: [] }, 2)).toEqual(without)
    expect(encodeToBuffer(Example, { name: 'a', leader: {}, replicas: [] }, 2)).toEqual(without)
    expect(without.at(-1)).toBe(0)
  })

  test('unknown ones are passed over', () => {
    const bytes = encodeToBuffer(Example, { name: 'a', replicas: [] }, 2)
    const withUnknown = Buffer.concat([bytes.subarray(0, -1), Buffer.from([1, 9, 3, 1, 2, 3])])
    expect(decodeFrom(Example, withUnknown, 2).name).toBe('a')
  })

  test('one that takes other than the announced bytes is a DecodeError', () => {
    const bytes = encodeToBuffer(Example, { name: 'a', leader: { id: 1, epoch: 2 }, replicas: [] }, 2)
    const wrong = Buffer.from(bytes)
    wrong[bytes.length - 10] = 8
    expect(() => decodeFrom(Example, wrong, 2)).toThrow(DecodeError)
  })
})

test('null where the version does not allow it is an EncodeError', () => {
  expect(() => encodeToBuffer(Example, { name: null as unknown as string, replicas: [] }, 0)).toThrow(EncodeError)
})

test('bytes behind a message are a DecodeError, a missing version too', () => {
  const bytes = encodeToBuffer(Example, { name: 'a', replicas: [] }, 0)
  expect(() => decodeFrom(Example, Buffer.concat([bytes, Buffer.from([0])]), 0)).toThrow(DecodeError)
  expect(() => decodeFrom(Example, bytes, 3)).toThrow(DecodeError)
})
