import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecodeError } from '../../../../protocol/errors.ts'
import { BLOCK_BYTES, decodePathRecord, decodeTarHeader, encodeTarHeader } from '../../../../src/cli/backup/tar-header.ts'

const LONG = `data-0/${'t'.repeat(249)}-12/00000000000000000000.timeindex`

describe('the headers of an archive', () => {
  test('say path and size of a file again', () => {
    const bytes = encodeTarHeader({ path: 'data-0/orders-0/x.log', sizeBytes: 8 ** 11 - 1 }, 1_700_000_000)
    expect(bytes).toHaveLength(BLOCK_BYTES)
    expect(decodeTarHeader(bytes)).toEqual({ kind: 'file', path: 'data-0/orders-0/x.log', sizeBytes: 8 ** 11 - 1 })
  })

  test('give a path beyond 100 bytes in a record in front', () => {
    const bytes = encodeTarHeader({ path: LONG, sizeBytes: 7 }, 0)
    expect(bytes).toHaveLength(3 * BLOCK_BYTES)
    const first = decodeTarHeader(bytes.subarray(0, BLOCK_BYTES))
    if (first.kind !== 'records') throw new Error(first.kind)
    expect(decodePathRecord(bytes.subarray(BLOCK_BYTES, BLOCK_BYTES + first.sizeBytes))).toBe(LONG)
    expect(decodeTarHeader(bytes.subarray(2 * BLOCK_BYTES))).toMatchObject({ kind: 'file', sizeBytes: 7 })
  })

  test('of paths of any length are read again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 101, max: 2000 }), (length) => {
        const path = 'p'.repeat(length)
        const bytes = encodeTarHeader({ path, sizeBytes: 0 }, 0)
        const first = decodeTarHeader(bytes.subarray(0, BLOCK_BYTES))
        expect(first.kind === 'records' && decodePathRecord(bytes.subarray(BLOCK_BYTES, BLOCK_BYTES + first.sizeBytes))).toBe(path)
      }),
    )
  })

  test('with a byte that is not as it was are refused', () => {
    const bytes = encodeTarHeader({ path: 'a', sizeBytes: 1 }, 0)
    for (let at = 0; at < BLOCK_BYTES; at++) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (damaged[at] as number) ^ 1
      // Behind its number and its end the checksum has a space that nobody reads.
      if (at === 155) continue
      expect(() => decodeTarHeader(damaged), `byte ${at}`).toThrow(DecodeError)
    }
  })

  test.each(['1', '2', '3', '4', '5', '6', '7', 'g', 'L', '\0'])('of type %j are refused: only plain files are backed up', (type) => {
    const bytes = encodeTarHeader({ path: 'a', sizeBytes: 1 }, 0)
    const sum = bytes.toString('latin1', 148, 154)
    bytes.write(type, 156, 'latin1')
    bytes.write((Number.parseInt(sum, 8) + type.charCodeAt(0) - 0x30).toString(8).padStart(6, '0'), 148, 'latin1')
    expect(() => decodeTarHeader(bytes)).toThrow('is no plain file')
  })

  test('that are any bytes give a value or a DecodeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: BLOCK_BYTES, maxLength: BLOCK_BYTES }), (bytes) => {
        try {
          decodeTarHeader(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
    )
  })
})
