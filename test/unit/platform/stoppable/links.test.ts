import { describe, expect, test } from 'vitest'
import { Links } from '../../../../src/platform/stoppable/links.ts'

const NODES = [1, 2, 3, 4]

/** Pairs between which nothing comes through. */
function cutBy(...parts: readonly (readonly number[])[]): string[] {
  const links = new Links()
  links.partition(parts)
  return NODES.flatMap((one) => NODES.filter((other) => one < other && links.isCut(one, other)).map((other) => `${one}-${other}`))
}

describe('nodes of a cluster that is parted', () => {
  test('reach those of their own part', () => {
    expect(cutBy([1, 2], [3, 4])).toEqual(['1-3', '1-4', '2-3', '2-4'])
    expect(cutBy([1], [2], [3], [4])).toHaveLength(6)
  })

  test('and are not named stay together', () => {
    expect(cutBy([1])).toEqual(['1-2', '1-3', '1-4'])
    expect(cutBy([1], [2])).toEqual(['1-2', '1-3', '1-4', '2-3', '2-4'])
  })

  test('again are parted as was said last, until they are whole', () => {
    const links = new Links()
    let changes = 0
    links.onChange(() => changes++)
    links.partition([[1]])
    links.partition([[2]])
    expect([links.isCut(1, 3), links.isCut(2, 3)]).toEqual([false, true])
    links.heal()
    expect([links.isCut(2, 3), changes]).toEqual([false, 3])
  })
})
