import { describe, expect, it } from 'vitest'
import { parseUuid, type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import { isVoter, parseStaticVoters, recordOfVoters, votersOfRecord } from '../../../src/raft/voter-set.ts'

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

describe('controller.quorum.voters', () => {
  it('names nodes with host and port', () => {
    expect(parseStaticVoters('1@localhost:9093, 2@[::1]:9094', 'CONTROLLER')).toMatchObject([
      { id: 1, endpoints: [{ name: 'CONTROLLER', host: 'localhost', port: 9093 }] },
      { id: 2, endpoints: [{ name: 'CONTROLLER', host: '::1', port: 9094 }] },
    ])
  })

  it.each(['', '1', '1@host', '@host:1', 'a@host:1', '1@host:port', '1@host:9093,'])('is refused as %j', (text) => {
    expect(parseStaticVoters(text, 'CONTROLLER')).toBeNull()
  })
})
