import { describe, expect, it } from 'vitest'
import type { Uuid } from '../../../../protocol/uuid.ts'
import { LeaderProgress } from '../../../../src/raft/core/leader-progress.ts'
import { voter } from './stories.ts'

const directory = (letter: string) => `${letter}directoryAAAAAAAAAAA` as Uuid

function leading() {
  const self = { id: 1, directoryId: voter(1).directoryId }
  return new LeaderProgress({ self, voters: [voter(1), voter(2)], epochStartOffset: 10, nowMs: 0, checkQuorumMs: 3000 })
}

describe('what a node knows', () => {
  const [second, seventh, again] = [
    { id: 2, directoryId: voter(2).directoryId },
    { id: 7, directoryId: directory('A') },
    { id: 7, directoryId: directory('B') },
  ]
  const fetch = (progress: LeaderProgress, key: typeof second, offset: number, nowMs: number, highWatermark: number | null = null) => {
    progress.noteFetch(key, offset, 20, nowMs)
    progress.noteKnown(key, offset, highWatermark)
  }

  it('is not known before it has fetched', () => {
    const progress = leading()
    progress.noteOwnEnd(20)
    expect([1, 2, 7].map((id) => progress.knownOffsetOf(id))).toEqual([null, null, null])
  })

  it('is what it has, as far as it knows that to be committed where it says so', () => {
    const progress = leading()
    fetch(progress, second, 15, 100)
    expect(progress.knownOffsetOf(2)).toBe(15)
    fetch(progress, second, 20, 200, 15)
    expect(progress.knownOffsetOf(2)).toBe(15)
    fetch(progress, second, 20, 300, 20)
    expect(progress.knownOffsetOf(2)).toBe(20)
  })

  it('is what it said last, also when it came back with another directory', () => {
    const progress = leading()
    fetch(progress, seventh, 20, 100)
    fetch(progress, again, 0, 200)
    expect(progress.knownOffsetOf(7)).toBe(0)
    fetch(progress, again, 20, 300)
    expect(progress.knownOffsetOf(7)).toBe(20)
  })
})
