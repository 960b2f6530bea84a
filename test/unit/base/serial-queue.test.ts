import { expect, it } from 'vitest'
import { deferred } from '../../../src/base/deferred.ts'
import { SerialQueue } from '../../../src/base/serial-queue.ts'

it('work starts when all earlier work has settled, failed work included', async () => {
  const queue = new SerialQueue({ maxWaiting: 10 })
  const gate = deferred<void>()
  const order: string[] = []
  const first = queue.run(async () => {
    await gate.promise
    order.push('first')
    throw new Error('refused')
  })
  const second = queue.run(() => {
    order.push('second')
    return 2
  })
  gate.resolve()
  await expect(first).rejects.toThrow('refused')
  expect(await second).toBe(2)
  expect(order).toEqual(['first', 'second'])
})

it('work beyond the bound is refused, and there is room again when some has settled', async () => {
  const queue = new SerialQueue({ maxWaiting: 1 })
  const gate = deferred<void>()
  const running = queue.run(() => gate.promise)
  const waiting = queue.run(() => 'waited')
  await expect(queue.run(() => 'too many')).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  gate.resolve()
  await running
  expect(await waiting).toBe('waited')
  await queue.idle()
  expect(queue.pending).toBe(0)
  expect(await queue.run(() => 'room')).toBe('room')
})
