import { expect, it } from 'vitest'
import { deferred } from '../../../../src/base/deferred.ts'
import { NodeTimers } from '../../../../src/platform/time/node-timers.ts'
import { startProgram, untilEnded, untilPrinted } from '../run-program.ts'

it('scheduled calls and aborted sleeps keep no process alive, and a sleep that somebody awaits does', async () => {
  const program = startProgram('schedule-and-end')
  const ended = untilEnded(program)
  await untilPrinted(program, 'slept')
  expect(await ended).toBe(0)
})

it('a callback that throws does not take others with it', async () => {
  const timers = new NodeTimers()
  const defect = new Error('a defect')
  const uncaught = deferred<Error>()
  const others = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.once('uncaughtException', uncaught.resolve)
  const ran = deferred<void>()
  timers.schedule(1, () => {
    throw defect
  })
  timers.schedule(1, () => ran.resolve())
  try {
    expect(await uncaught.promise).toBe(defect)
    await ran.promise
  } finally {
    for (const listener of others) process.on('uncaughtException', listener)
  }
})

it('what callbacks schedule without delay waits for another turn', async () => {
  const timers = new NodeTimers()
  let rounds = 0
  let isStopped = false
  const again = () => {
    rounds++
    if (!isStopped) timers.schedule(0, again)
  }
  timers.schedule(0, again)
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)))
  isStopped = true
  expect(rounds).toBeLessThan(10)
})
