import { describe, expect, it } from 'vitest'
import { TurnEnd } from '../../../src/replication/turn-end.ts'

describe('the end of a turn', () => {
  it('comes after the code that caused it and before anything else, in order', async () => {
    const seen: string[] = []
    const turnEnd = new TurnEnd((error) => seen.push(String(error)))
    setImmediate(() => seen.push('next turn'))
    turnEnd.add(() => {
      seen.push('first')
      turnEnd.add(() => seen.push('third'))
    })
    turnEnd.add(() => seen.push('second'))
    seen.push('cause')
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual(['cause', 'first', 'second', 'third', 'next turn'])
  })

  it('reports a task that fails and runs the others', async () => {
    const seen: unknown[] = []
    const turnEnd = new TurnEnd((error) => seen.push(error))
    turnEnd.add(() => {
      throw new Error('broken')
    })
    turnEnd.add(() => seen.push('other'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(seen).toEqual([new Error('broken'), 'other'])
  })
})
