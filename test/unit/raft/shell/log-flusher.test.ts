import { describe, expect, it } from 'vitest'
import { type Deferred, deferred } from '../../../../src/base/deferred.ts'
import { LogFlusher } from '../../../../src/raft/shell/log-flusher.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

class Stage {
  readonly flushes: Deferred<void>[] = []
  readonly told: { readonly endOffset: number; readonly isStillTrue: () => boolean }[] = []
  readonly failures: string[] = []
  readonly log = {
    logEndOffset: 0,
    flush: () => {
      const flush = deferred<void>()
      this.flushes.push(flush)
      return flush.promise
    },
  }
  readonly flusher = new LogFlusher({
    log: this.log,
    onFlushed: (endOffset, isStillTrue) => this.told.push({ endOffset, isStillTrue }),
    onFailure: (_cause, message) => this.failures.push(message),
  })

  append(endOffset: number): void {
    this.log.logEndOffset = endOffset
    this.flusher.flushSoon()
  }

  async flushed(index: number): Promise<void> {
    this.flushes[index]?.resolve()
    await turn()
  }

  get ends(): readonly number[] {
    return this.told.map(({ endOffset }) => endOffset)
  }
}

describe('flushing the metadata log', () => {
  it('is one flush for all that was appended in a turn, and another for what came while it ran', async () => {
    const stage = new Stage()
    stage.append(1)
    stage.append(2)
    await turn()
    stage.append(5)
    await stage.flushed(0)
    await stage.flushed(1)
    expect([stage.flushes.length, stage.ends]).toEqual([2, [2, 5]])
  })

  it('promises nothing of a log that was cut while it ran, and begins anew', async () => {
    const stage = new Stage()
    stage.append(9)
    await turn()
    stage.flusher.noteCut(4)
    stage.append(6)
    await stage.flushed(0)
    expect(stage.ends).toEqual([])
    await stage.flushed(1)
    expect(stage.ends).toEqual([6])
  })

  it('takes back what it told, when the log is cut before it was heard', async () => {
    const stage = new Stage()
    stage.append(9)
    await turn()
    await stage.flushed(0)
    expect(stage.told[0]?.isStillTrue()).toBe(true)
    stage.flusher.noteCut(4)
    expect(stage.told[0]?.isStillTrue()).toBe(false)
  })

  it('flushes nothing of a log that begins behind a snapshot, which is durable', async () => {
    const stage = new Stage()
    stage.flusher.noteStart(50)
    stage.append(50)
    await turn()
    expect(stage.flushes).toHaveLength(0)
    stage.append(51)
    await turn()
    expect(stage.flushes).toHaveLength(1)
  })

  it('says that it failed, and is idle then', async () => {
    const stage = new Stage()
    stage.append(1)
    await turn()
    stage.flushes[0]?.reject(new Error('no space'))
    await stage.flusher.idle()
    expect(stage.failures).toEqual(['cannot flush the metadata log'])
  })
})
