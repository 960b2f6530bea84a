import { expect, test } from 'vitest'
import { loadConfig } from '../../../src/config/load-config.ts'
import { printConfig } from '../../../src/config/print-config.ts'

test('printing shows each value in force with where it was written, and secrets hidden', () => {
  const { config } = loadConfig({ assignments: ['num.partitions=3', 'ssl.key.password=hunter2', 'listener.name.x.ssl.keystore.password=hunter3'] })
  const lines = printConfig(config).split('\n')
  expect(lines).toEqual(
    expect.arrayContaining([
      'num.partitions=3  # --set',
      'group.initial.rebalance.delay.ms=0  # profile dev',
      'broker.rack=  # default',
      'metric.reporters=org.apache.kafka.common.metrics.JmxReporter  # default; no effect here',
      'ssl.key.password=[hidden]  # --set; no effect yet: a listener with TLS is refused',
      'listener.name.x.ssl.keystore.password=[hidden]  # --set; no effect yet: a listener with TLS is refused',
    ]),
  )
  expect(lines.join()).not.toContain('hunter')
})

test('a value stays on its line, whatever it holds', () => {
  const { config } = loadConfig({ assignments: ['broker.rack=a\nb\\ä'] })
  expect(printConfig(config)).toContain('\nbroker.rack=a\\u000ab\\\\ä  # --set\n')
})

test('internal settings are printed when they are set', () => {
  expect(printConfig(loadConfig({}).config)).not.toContain('log.initial.task.delay.ms')
  expect(printConfig(loadConfig({ assignments: ['log.initial.task.delay.ms=5'] }).config)).toContain('\nlog.initial.task.delay.ms=5  # --set; no effect here\n')
})

test('what has no effect yet is said so', () => {
  expect(printConfig(loadConfig({ assignments: ['log.cleaner.enable=false'] }).config)).toContain(
    '\nlog.cleaner.enable=false  # --set; no effect yet: topics are not compacted\n',
  )
})
