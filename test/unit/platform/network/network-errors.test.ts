import { expect, it } from 'vitest'
import { toNetworkError } from '../../../../src/platform/network/network-errors.ts'

const failure = (code: string) => Object.assign(new Error(`${code}: it failed`), { code })

it.each([
  ['ECONNREFUSED', 'refused'],
  ['EPIPE', 'reset'],
  ['EADDRINUSE', 'address-in-use'],
  ['EADDRNOTAVAIL', 'address-not-available'],
  ['EAI_AGAIN', 'not-found'],
  ['CERT_HAS_EXPIRED', 'tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
  ['EWHATEVER', 'other'],
] as const)('%s is told as %s', (code, reason) => {
  const error = toNetworkError('Connecting to', { host: '::1', port: 9092 }, failure(code))
  expect(error.reason).toBe(reason)
  expect(error.message).toMatch(new RegExp(`^Connecting to \\[::1\\]:9092 failed: .+ \\(${code}\\)$`))
})

it('a name whose addresses all fail is told by the first failure', () => {
  const cause = new AggregateError([failure('ECONNREFUSED'), failure('ENETUNREACH')])
  expect(toNetworkError('Connecting to', { host: 'localhost', port: 1 }, cause).reason).toBe('refused')
})
