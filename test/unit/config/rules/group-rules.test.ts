import { expect, test } from 'vitest'
import { loadConfig } from '../../../../src/config/load-config.ts'
import { groupConfigRefusal } from '../../../../src/config/rules/group-rules.ts'

const refusal = (settings: readonly string[], values: Readonly<Record<string, string>>) =>
  groupConfigRefusal(
    loadConfig({
      profile: 'kafka',
      assignments: [
        'process.roles=broker,controller',
        'node.id=1',
        'controller.quorum.voters=1@h:1',
        'controller.listener.names=C',
        'listeners=PLAINTEXT://h:2,C://h:1',
        ...settings,
      ],
    }).config,
    new Map(Object.entries(values)),
  )

test('a group stays within what the broker allows', () => {
  const name = 'consumer.session.timeout.ms'
  expect(refusal([], { [name]: '60001' })).toBe(`${name} must be less than or equal to group.consumer.max.session.timeout.ms`)
  expect(refusal(['group.consumer.max.session.timeout.ms=70000'], { [name]: '60001' })).toBeNull()
})

test('a session outlasts a heartbeat', () => {
  const settings = ['group.consumer.min.session.timeout.ms=1000', 'group.consumer.max.heartbeat.interval.ms=40000']
  const values = { 'consumer.session.timeout.ms': '7000', 'consumer.heartbeat.interval.ms': '7000' }
  expect(refusal(settings, values)).toBe('consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms')
})

test('a group has no settings but its own', () => {
  expect(refusal([], { 'retention.ms': '1' })).toBe('Unknown group config name: retention.ms')
})
