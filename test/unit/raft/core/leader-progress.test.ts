import { describe, expect, it } from 'vitest'
import type { Uuid } from '../../../../protocol/uuid.ts'
import { LeaderProgress } from '../../../../src/raft/core/leader-progress.ts'
import { voter } from './stories.ts'

const directory = (letter: string) => `${letter}directoryAAAAAAAAAAA` as Uuid

function leading() {
  const self = { id: 1, directoryId: voter(1).directoryId }
  return new LeaderProgress({ self, voters: [voter(1), voter(2)], epochStartOffset: 10, nowMs: 0, checkQuorumMs: 3000 })
}

describe('what a node fetches next', () => {
  it('is not known before it has fetched', () => {
    const progress = leading()
    progress.noteOwnEnd(20)
    expect([1, 2, 7].map((id) => progress.fetchOffsetOf(id))).toEqual([null, null, null])
    progress.noteFetch({ id: 2, directoryId: voter(2).directoryId }, 15, 20, 100)
    expect(progress.fetchOffsetOf(2)).toBe(15)
  })

  it('is what it said last, also when it came back with another directory', () => {
    const progress = leading()
    progress.noteFetch({ id: 7, directoryId: directory('A') }, 20, 20, 100)
    progress.noteFetch({ id: 7, directoryId: directory('B') }, 0, 20, 200)
    expect(progress.fetchOffsetOf(7)).toBe(0)
    progress.noteFetch({ id: 7, directoryId: directory('B') }, 20, 20, 300)
    expect(progress.fetchOffsetOf(7)).toBe(20)
  })
})
