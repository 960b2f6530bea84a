import { describe, expect, it } from 'vitest'
import { LeaderEpochCache } from '../../../../src/storage/epoch/leader-epoch-cache.ts'

function cacheOf(...entries: readonly (readonly [epoch: number, startOffset: number])[]): LeaderEpochCache {
  return new LeaderEpochCache(entries.map(([epoch, startOffset]) => ({ epoch, startOffset })))
}

function pairs(cache: LeaderEpochCache): number[][] {
  return cache.entries.map((entry) => [entry.epoch, entry.startOffset])
}

describe('LeaderEpochCache', () => {
  it('keeps the first start of an epoch', () => {
    const cache = cacheOf([1, 10])
    cache.assign(1, 20)
    expect(pairs(cache)).toEqual([[1, 10]])
  })

  it('takes an epoch that contradicts earlier entries in their place', () => {
    const cache = cacheOf([1, 10], [3, 20], [5, 30])
    cache.assign(4, 20)
    expect(pairs(cache)).toEqual([
      [1, 10],
      [4, 20],
    ])
  })

  it('takes an epoch that never had records in the place of one at the same offset', () => {
    const cache = cacheOf([1, 10])
    cache.assign(2, 10)
    expect(pairs(cache)).toEqual([[2, 10]])
  })

  it('does not record epochs below zero', () => {
    const cache = cacheOf()
    cache.assign(-1, 0)
    expect(cache.latestEpoch).toBeNull()
  })

  it.each([
    { asked: 5, epoch: 5, endOffset: 100, why: 'the latest epoch ends at the log end' },
    { asked: 3, epoch: 3, endOffset: 30, why: 'an epoch ends where the next begins' },
    { asked: 4, epoch: 3, endOffset: 30, why: 'an unknown epoch counts as the one below it' },
    { asked: 0, epoch: 0, endOffset: 10, why: 'an epoch below all ends where the first begins' },
    { asked: -2, epoch: -2, endOffset: 10, why: 'a negative one too, but for -1' },
  ])('$why', ({ asked, epoch, endOffset }) => {
    expect(cacheOf([1, 10], [3, 20], [5, 30]).endOffsetFor(asked, 100)).toEqual({ leaderEpoch: epoch, endOffset })
  })

  it('knows nothing of epochs above all, of none, and below zero', () => {
    expect(cacheOf([1, 10]).endOffsetFor(2, 100)).toBeNull()
    expect(cacheOf().endOffsetFor(0, 100)).toBeNull()
    expect(cacheOf([1, 10]).endOffsetFor(-1, 100)).toBeNull()
  })

  it('gives the epoch of an offset', () => {
    const cache = cacheOf([1, 10], [3, 20])
    expect([9, 10, 19, 20, 500].map((offset) => cache.epochForOffset(offset))).toEqual([null, 1, 1, 3, 3])
  })

  it('forgets epochs that begin at or behind a cut', () => {
    const cache = cacheOf([1, 10], [3, 20], [5, 30])
    cache.truncateFromEnd(20)
    expect(pairs(cache)).toEqual([[1, 10]])
    expect(cache.isDirty).toBe(true)
  })

  it('lets the epoch in force at a new log start begin there', () => {
    const cache = cacheOf([1, 10], [3, 20], [5, 30])
    cache.truncateFromStart(25)
    expect(pairs(cache)).toEqual([
      [3, 25],
      [5, 30],
    ])
  })

  it('changes nothing when the log starts where its first epoch does', () => {
    const cache = cacheOf([1, 10], [3, 20])
    cache.truncateFromStart(10)
    cache.truncateFromStart(3)
    expect(pairs(cache)).toEqual([
      [1, 10],
      [3, 20],
    ])
    expect(cache.isDirty).toBe(false)
  })
})
