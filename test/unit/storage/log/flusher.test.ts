import { describe, expect, it } from 'vitest'
import { Flusher } from '../../../../src/storage/log/flusher.ts'

/** Flushes that end when they are told to. */
function started() {
  const ends: (() => void)[] = []
  const flusher = new Flusher(() => new Promise<void>((resolve) => ends.push(resolve)))
  let ended = 0
  const end = () => ends[ended++]?.()
  return { flusher, end, running: () => ends.length - ended, begun: () => ends.length }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Promise.resolve()
}

describe('the flushes of a log', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])('never overlap, though one is asked for %i turns after one has ended behind which another waits', async (count) => {
    const { flusher, end, running } = started()
    void flusher.run()
    void flusher.run()
    end()
    await turns(count)
    void flusher.run()
    await turns(20)
    expect(running()).toBe(1)
  })

  it('are waited for, the one too that is about to begin', async () => {
    const { flusher, end, begun } = started()
    void flusher.run()
    void flusher.run()
    let isIdle = false
    void flusher.idle().then(() => {
      isIdle = true
    })
    end()
    await turns(20)
    expect([begun(), isIdle]).toEqual([2, false])
    end()
    await turns(20)
    expect(isIdle).toBe(true)
  })

  it('begin anew behind one that failed by a mistake of ours, which the one that waited was told of', async () => {
    let begun = 0
    const flusher = new Flusher(async () => {
      begun++
      await turns(1)
      if (begun === 1) throw new TypeError('a mistake')
    })
    const outcomes = await Promise.allSettled([flusher.run(), flusher.run()])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await flusher.run()
    expect(begun).toBe(2)
  })
})
