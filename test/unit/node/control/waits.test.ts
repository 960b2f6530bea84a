import { expect, test } from 'vitest'
import { type Awaited, MAX_WAITS, Waits } from '../../../../src/node/control/waits.ts'
import { ManualTime } from '../../../../src/platform/time/manual-time.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Something that comes true when the test says so. */
class Event implements Awaited<string> {
  readonly what = 'the event'
  isTrue = false
  looks = 0
  followers = new Set<() => void>()

  check(): string | null {
    this.looks++
    return this.isTrue ? 'found' : null
  }

  describe(): string {
    return `it was looked at ${this.looks} times.`
  }

  follow(changed: () => void): () => void {
    this.followers.add(changed)
    return () => this.followers.delete(changed)
  }

  tell(): void {
    for (const changed of this.followers) changed()
  }
}

test('what is true already is not followed any further', async () => {
  const event = new Event()
  event.isTrue = true
  expect(await new Waits(new ManualTime(0)).until(event, {})).toBe('found')
  expect(event.followers.size).toBe(0)
})

test('it is looked at when something changed, once a turn, and never otherwise', async () => {
  const event = new Event()
  const waiting = new Waits(new ManualTime(0)).until(event, {})
  await turn()
  expect(event.looks).toBe(1)
  for (let index = 0; index < 10; index++) event.tell()
  await turn()
  expect(event.looks).toBe(2)
  event.isTrue = true
  event.tell()
  expect(await waiting).toBe('found')
  expect(event.followers.size).toBe(0)
})

test('a wait ends after 10 seconds where not told otherwise', async () => {
  const time = new ManualTime(0)
  const event = new Event()
  const late = expect(new Waits(time).until(event, {})).rejects.toThrow(
    'Waited for the event, and it did not come true within 10000 ms: it was looked at 1 times.',
  )
  time.pass(10_000)
  await late
  expect(event.followers.size).toBe(0)
})

test('one wait too many is refused, and there is room again when others have ended', async () => {
  const waits = new Waits(new ManualTime(0))
  const stop = new AbortController()
  const waiting = Array.from({ length: MAX_WAITS }, () => waits.until(new Event(), { signal: stop.signal }).catch((error: unknown) => error))
  await expect(waits.until(new Event(), {})).rejects.toMatchObject({ code: 'TOO_MANY_WAITS' })
  stop.abort()
  for (const error of await Promise.all(waiting)) expect(error).toMatchObject({ code: 'WAIT_ABORTED' })
  const event = new Event()
  event.isTrue = true
  expect(await waits.until(event, {})).toBe('found')
})

test('a look that fails ends the wait with its error', async () => {
  const event = new Event()
  const waiting = expect(new Waits(new ManualTime(0)).until(event, {})).rejects.toThrow('broken')
  event.check = () => {
    throw new Error('broken')
  }
  event.tell()
  await waiting
})

test('those that wait when the node stops are told, and those that come later too', async () => {
  const waits = new Waits(new ManualTime(0))
  const waiting = expect(waits.until(new Event(), {})).rejects.toMatchObject({ code: 'WAIT_ENDED' })
  waits.close()
  await waiting
  await expect(waits.until(new Event(), {})).rejects.toMatchObject({ code: 'WAIT_ENDED' })
})
