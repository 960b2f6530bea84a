import { expect, it } from 'vitest'
import { OdradekError } from '../../../../src/base/errors.ts'
import { report } from '../../../../src/cli/doctor/report.ts'

const asked = { host: 'localhost', port: 19092 }

it('of a listener that speaks the protocol and serves no clients, says what it may be', () => {
  const error = new OdradekError('CLIENT_VERSION', 'localhost:19092: it serves no version of Metadata that is known here')
  expect(report({ asked, first: { kind: 'fails', error }, told: [], isHealthy: false })).toBe(
    [
      'localhost:19092 does not answer as a Kafka broker.',
      '  localhost:19092: it serves no version of Metadata that is known here',
      '  It may be the listener of a controller: clients use the port of a listener of brokers.',
      '',
    ].join('\n'),
  )
})
