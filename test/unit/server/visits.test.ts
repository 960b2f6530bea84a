import { expect, test } from 'vitest'
import { Harness, heartbeat, request } from './harness.ts'

const API_VERSIONS = 18
const INIT_PRODUCER_ID = 22

test('a visit has worked when it asked for more than what clients ask of whoever they are connected to', () => {
  const harness = new Harness(() => ({ errorCode: 0, apiKeys: [] }))
  const socket = harness.connect('10.0.0.1')
  socket.receive(request(API_VERSIONS, 0, 1))
  socket.receive(request(INIT_PRODUCER_ID, 0, 2, { body: Buffer.from([255, 255, 0, 0, 0, 1]) }))
  expect(harness.connections.visitOf(1)).toEqual({ hasWorked: false, isNewestOfHost: true })
  socket.receive(heartbeat(3))
  expect(harness.connections.visitOf(1)).toEqual({ hasWorked: true, isNewestOfHost: true })
})

test('a visit is the newest of its host until another connection comes from there', () => {
  const harness = new Harness(() => ({ errorCode: 0 }))
  harness.connect('10.0.0.1')
  harness.connect('10.0.0.2')
  expect(harness.connections.visitOf(1)?.isNewestOfHost).toBe(true)
  const third = harness.connect('10.0.0.1')
  expect([1, 2, 3].map((id) => harness.connections.visitOf(id)?.isNewestOfHost)).toEqual([false, true, true])
  third.close()
  expect([harness.connections.visitOf(1)?.isNewestOfHost, harness.connections.visitOf(3)]).toEqual([true, null])
})
