import { describe, expect, test } from 'vitest'
import { temporaryPath } from '../../../src/platform/host-facts.ts'

const zeros = (count: number) => Buffer.alloc(count)

describe('the temporary directory of a node', () => {
  test('is one of its own where the system keeps such', () => {
    expect(temporaryPath(zeros, '/tmp')).toBe('/tmp/odradek-0000000000000000')
  })

  test('is refused where its path would be read as two directories', () => {
    expect(() => temporaryPath(zeros, '/tmp/a,b')).toThrow(
      'The temporary directory /tmp/a,b has a comma in its path, which log.dirs cannot hold: set TMPDIR to another.',
    )
  })
})
