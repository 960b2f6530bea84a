import { expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { kafka } from '../kafkajs/support.ts'
import { runCommand } from '../support/command.ts'
import { startOdradek } from '../support/odradek-process.ts'

const PROGRAM = new URL('../../bin/odradek', import.meta.url).pathname
const WEEK_MS = 7 * 24 * 60 * 60 * 1000

test('a process with a manual clock moves it when told to, and stops in order', async () => {
  const [port = 0] = await freePorts(1)
  await using node = await startOdradek({ settings: { 'odradek.control.port': port, 'odradek.control.clock': 'manual' } })
  const control = async (path: string, body: object) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, body: await answer.json() }
  }
  const producer = kafka(node.bootstrap).producer()
  await producer.connect()
  await producer.send({ topic: 'orders', messages: [{ value: 'a' }, { value: 'b' }] })
  expect(await control('/wait/records', { topic: 'orders', count: 2 })).toEqual({ status: 200, body: { count: 2 } })
  expect(await control('/clock/advance', { ms: 2 * WEEK_MS })).toEqual({ status: 200, body: {} })
  expect(await control('/wait/records', { topic: 'orders', count: 1, timeoutMs: 1 })).toMatchObject({ status: 504, body: { code: 'WAIT_TIMED_OUT' } })
  await producer.disconnect()
  expect(await node.stop()).toBe(0)
  expect(node.output()).toContain('the control port is open')
})

test('a clock that nobody could move is refused', async () => {
  const { exit, stdout, stderr } = await runCommand(process.execPath, [PROGRAM, 'start', '--ephemeral', '--set', 'odradek.control.clock=manual'], {
    timeoutMs: 20_000,
  })
  expect(exit).not.toBe(0)
  expect(stdout + stderr).toContain('without odradek.control.port nobody could let it pass')
})
