import { describe, expect, it } from 'vitest'
import { recoveryPointOfCopy } from '../../../../src/cli/backup/recovery-points.ts'

const WRITTEN_MS = 1_000_000

function segment(baseOffset: number, modifiedMs: number) {
  return { baseOffset, sizeBytes: 100, modifiedMs }
}

describe('the recovery point of a log that was copied after it was noted', () => {
  it('is what was noted, where the segments below it were finished before', () => {
    const segments = [segment(0, WRITTEN_MS - 60_000), segment(10, WRITTEN_MS - 30_000), segment(20, WRITTEN_MS + 1_000), segment(30, WRITTEN_MS + 2_000)]
    expect(recoveryPointOfCopy(24, WRITTEN_MS, segments)).toBe(24)
  })

  it('is the start of the first segment below it that was written to since: the log was cut there', () => {
    const segments = [segment(0, WRITTEN_MS - 60_000), segment(10, WRITTEN_MS + 500), segment(20, WRITTEN_MS + 1_000), segment(30, WRITTEN_MS + 2_000)]
    expect(recoveryPointOfCopy(35, WRITTEN_MS, segments)).toBe(10)
    expect(recoveryPointOfCopy(20, WRITTEN_MS, segments)).toBe(10)
    expect(recoveryPointOfCopy(19, WRITTEN_MS, segments)).toBe(19)
  })

  it('is set back as well where times are too near to tell', () => {
    expect(recoveryPointOfCopy(10, WRITTEN_MS, [segment(0, WRITTEN_MS - 1_000), segment(10, WRITTEN_MS)])).toBe(0)
  })

  it('stays beyond a log that was cut meanwhile: its last segment is always looked at', () => {
    expect(recoveryPointOfCopy(50, WRITTEN_MS, [segment(0, WRITTEN_MS - 60_000), segment(10, WRITTEN_MS + 1_000)])).toBe(50)
  })
})
