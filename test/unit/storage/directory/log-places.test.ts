import { describe, expect, it } from 'vitest'
import { type Deferred, deferred } from '../../../../src/base/deferred.ts'
import { DiskError } from '../../../../src/base/errors.ts'
import { LogPlaces } from '../../../../src/storage/directory/log-places.ts'

/** A disk whose flushes of a directory end when they are told to, one after another. */
function makePlaces() {
  const flushes: Deferred<void>[] = []
  const flushDirectory = () => {
    const flush = deferred<void>()
    flushes.push(flush)
    return flush.promise
  }
  return { places: new LogPlaces({ flushDirectory }, 'data'), flushes }
}

const turns = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('the places of logs', () => {
  it('are flushed once for all logs that were made before', async () => {
    const { places, flushes } = makePlaces()
    places.noteChange()
    places.noteChange()
    const first = places.flush()
    const second = places.flush()
    expect(flushes.length).toBe(1)
    flushes[0]?.resolve()
    await Promise.all([first, second])
    await places.flush()
    expect(flushes.length).toBe(1)
  })

  it('make who asks wait for the flush that runs, even where nothing changed since it began', async () => {
    const { places, flushes } = makePlaces()
    places.noteChange()
    void places.flush()
    let isDurable = false
    const later = places.flush().then(() => {
      isDurable = true
    })
    await turns()
    expect(isDurable).toBe(false)
    flushes[0]?.resolve()
    await later
    expect(isDurable).toBe(true)
  })

  it('are flushed again for a log that was made while a flush ran', async () => {
    const { places, flushes } = makePlaces()
    places.noteChange()
    const first = places.flush()
    places.noteChange()
    const second = places.flush()
    const third = places.flush()
    flushes[0]?.resolve()
    await first
    await turns()
    expect(flushes.length).toBe(2)
    flushes[1]?.resolve()
    await Promise.all([second, third])
    expect(flushes.length).toBe(2)
  })

  it('do not count as durable after a flush that failed', async () => {
    const { places, flushes } = makePlaces()
    places.noteChange()
    const failing = places.flush()
    flushes[0]?.reject(new DiskError('io', 'data', 'no'))
    await expect(failing).rejects.toThrow('no')
    void places.flush()
    expect(flushes.length).toBe(2)
  })

  it('are not flushed when no log was made', async () => {
    const { places, flushes } = makePlaces()
    await places.flush()
    expect(flushes.length).toBe(0)
  })
})
