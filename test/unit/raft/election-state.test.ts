import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DecodeError } from '../../../protocol/errors.ts'
import { parseUuid, type Uuid, ZERO_UUID } from '../../../protocol/uuid.ts'
import { decodeElectionState, encodeElectionState, formerVoters } from '../../../src/raft/election-state.ts'

const DIRECTORY = parseUuid('etpegI6tRZWE40fAXtZKpg') as Uuid

describe('the quorum-state file', () => {
  it('is written as Kafka writes it for a leader of a dynamic quorum', () => {
    const content = encodeElectionState({ epoch: 1, leaderId: 1, voted: null }, 1, [1])
    expect(content.toString()).toBe('{"leaderId":1,"leaderEpoch":1,"votedId":-1,"votedDirectoryId":"AAAAAAAAAAAAAAAAAAAAAA","data_version":1}')
  })

  it('is written as Kafka writes it for a static quorum', () => {
    const content = encodeElectionState({ epoch: 3, leaderId: null, voted: { id: 1, directoryId: ZERO_UUID } }, 0, [1])
    expect(content.toString()).toBe(
      '{"clusterId":"","leaderId":-1,"leaderEpoch":3,"votedId":1,"appliedOffset":0,"currentVoters":[{"voterId":1}],"data_version":0}',
    )
  })

  it('gives back what was written', () => {
    const state = { epoch: 7, leaderId: null, voted: { id: 2, directoryId: DIRECTORY } }
    expect(decodeElectionState(encodeElectionState(state, 1, [1, 2]))).toEqual(state)
  })

  it('tells the voters of a static quorum, and none of a dynamic one', () => {
    const state = { epoch: 7, leaderId: null, voted: null }
    expect([0, 1].map((kraftVersion) => formerVoters(encodeElectionState(state, kraftVersion, [3, 1])))).toEqual([[3, 1], null])
  })

  it.each([
    ['an empty file', ''],
    ['no JSON', '{'],
    ['no object', '[]'],
    ['null', 'null'],
    ['an unknown data version', '{"leaderId":1,"leaderEpoch":1,"votedId":-1,"data_version":2}'],
    ['no epoch', '{"leaderId":1,"votedId":-1,"data_version":0}'],
    ['an epoch that is no whole number', '{"leaderId":1,"leaderEpoch":1.5,"votedId":-1,"data_version":0}'],
    ['a vote without its directory', '{"leaderId":-1,"leaderEpoch":1,"votedId":1,"data_version":1}'],
  ])('is refused with %s', (_what, text) => {
    expect(() => decodeElectionState(Buffer.from(text))).toThrow(DecodeError)
  })

  it('gives a state or a DecodeError for whatever it holds', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ leaderId: fc.anything(), leaderEpoch: fc.anything(), votedId: fc.anything(), data_version: fc.constantFrom(0, 1) })
        .map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(anything, (text) => {
        try {
          expect(decodeElectionState(Buffer.from(text ?? '')).epoch).toBeGreaterThanOrEqual(-1)
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError)
        }
      }),
    )
  })
})
