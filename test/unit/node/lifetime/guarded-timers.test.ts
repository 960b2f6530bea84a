import { expect, test } from 'vitest'
import { guardedTimers } from '../../../../src/node/lifetime/guarded-timers.ts'
import { ManualTime } from '../../server/harness.ts'

test('a call that throws is handed over, and the ones behind it run', () => {
  const time = new ManualTime()
  const seen: unknown[] = []
  const timers = guardedTimers(time, (error) => seen.push(error))
  const mistake = new TypeError('a mistake')
  timers.schedule(10, () => {
    throw mistake
  })
  timers.schedule(10, () => seen.push('second'))
  timers.schedule(10, () => seen.push('cancelled')).cancel()
  timers.defer(() => {
    throw mistake
  })
  time.advance(10)
  expect(seen).toEqual([mistake, mistake, 'second'])
})
