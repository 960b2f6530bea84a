import { beforeEach, expect, test } from 'vitest'
import { TestBroker } from '../test-broker.ts'

let broker: TestBroker

beforeEach(async () => {
  broker = new TestBroker()
  await broker.start()
})

function counted() {
  const { isrShrinks, isrExpands, uncleanElections } = broker.traffic
  return { isrShrinks, isrExpands, uncleanElections }
}

test('a topic that is made changes nothing', async () => {
  await broker.createTopic('t', { replicas: [1, 2], isr: [1, 2] })
  expect(counted()).toEqual({ isrShrinks: 0, isrExpands: 0, uncleanElections: 0 })
})

test('the leader counts replicas that leave the in-sync ones and come to them', async () => {
  await broker.createTopic('t', { replicas: [1, 2], isr: [1, 2] })
  await broker.changePartition('t', 0, { isr: [1], partitionEpoch: 1 })
  expect(counted()).toEqual({ isrShrinks: 1, isrExpands: 0, uncleanElections: 0 })
  await broker.changePartition('t', 0, { isr: [1, 2], partitionEpoch: 2 })
  expect(counted()).toEqual({ isrShrinks: 1, isrExpands: 1, uncleanElections: 0 })
})

test('who takes over counts that the leader before is gone, and a follower counts nothing', async () => {
  await broker.createTopic('t', { replicas: [2, 1], isr: [2, 1], leader: 2 })
  await broker.changePartition('t', 0, { isr: [2], partitionEpoch: 1 })
  expect(counted().isrShrinks).toBe(0)
  await broker.changePartition('t', 0, { isr: [2, 1], partitionEpoch: 2 })
  await broker.changePartition('t', 0, { isr: [1], leader: 1, leaderEpoch: 1, partitionEpoch: 3 })
  expect(counted()).toEqual({ isrShrinks: 1, isrExpands: 0, uncleanElections: 0 })
})

test('a leader that was not in sync was elected uncleanly', async () => {
  await broker.createTopic('t', { replicas: [2, 1], isr: [2], leader: 2 })
  await broker.changePartition('t', 0, { isr: [1], leader: 1, leaderEpoch: 1, partitionEpoch: 1 })
  expect(counted().uncleanElections).toBe(1)
})
