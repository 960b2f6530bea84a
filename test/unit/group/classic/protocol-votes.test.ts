import { describe, expect, it } from 'vitest'
import { mostVoted } from '../../../../src/group/classic/protocol-votes.ts'

/** The order in which java.util.HashMap of JDK 17 iterates over these keys. */
const hashMapOrder = ['default', 'stream', 'sticky', 'range', 'roundrobin', 'connect', 'cooperative-sticky']

describe('the protocol of a group', () => {
  it('is the one with most votes', () => {
    expect(mostVoted(['range', 'sticky', 'sticky'])).toBe('sticky')
  })

  it('is between equals the one that Kafka takes, whoever votes first', () => {
    for (let first = 0; first < hashMapOrder.length; first += 1) {
      for (let second = first + 1; second < hashMapOrder.length; second += 1) {
        const [winner = '', loser = ''] = [hashMapOrder[first], hashMapOrder[second]]
        expect(mostVoted([winner, loser])).toBe(winner)
        expect(mostVoted([loser, winner])).toBe(winner)
      }
    }
  })
})
