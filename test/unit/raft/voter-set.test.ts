import { describe, expect, it } from 'vitest'
import { parseUuid, type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import { isVoter, recordOfVoters, votersOfRecord } from '../../../src/raft/voter-set.ts'

const DIRECTORY = parseUuid('etpegI6tRZWE40fAXtZKpg') as Uuid
const voter = { id: 1, directoryId: DIRECTORY, endpoints: [{ name: 'CONTROLLER', host: 'a', port: 9093 }], minKraftVersion: 0, maxKraftVersion: 1 }

describe('voters', () => {
  it('are the same after they were written as a record', () => {
    expect(votersOfRecord(recordOfVoters([voter]))).toEqual([voter])
  })

  it('are known by id and directory', () => {
    expect(isVoter([voter], 1, DIRECTORY)).toBe(true)
    expect(isVoter([voter], 1, ZERO_UUID)).toBe(false)
    expect(isVoter([voter], 2, DIRECTORY)).toBe(false)
  })

  it('of a static quorum are known by id alone', () => {
    expect(isVoter([{ ...voter, directoryId: ZERO_UUID }], 1, DIRECTORY)).toBe(true)
  })
})
