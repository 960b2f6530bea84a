import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { clientMetricsRefusal } from '../../../../src/config/rules/client-metrics-rules.ts'
import { isJavaPattern } from '../../../../src/config/values/java-pattern.ts'

const refusal = (values: Readonly<Record<string, string>>) => clientMetricsRefusal('m', new Map(Object.entries(values)))

describe('a subscription to metrics', () => {
  it('needs a name', () => {
    expect(clientMetricsRefusal('', new Map())).toEqual({ kind: 'request', message: "Subscription name can't be empty" })
  })

  it('pushes at most ten times a second and at least once an hour', () => {
    expect(['100', '3600000'].map((text) => refusal({ 'interval.ms': text }))).toEqual([null, null])
    const message = 'Invalid value 99 for interval.ms, interval must be between 100 and 3600000 (1 hour)'
    expect(refusal({ 'interval.ms': '99' })).toEqual({ kind: 'request', message })
    expect(refusal({ 'interval.ms': 'x' })?.kind).toBe('config')
  })

  it.each(['client_id', 'client_id=', 'client_id=a=b', 'nobody=a', 'client_id=('])('does not match clients by %s', (match) => {
    expect(refusal({ match })).toEqual({ kind: 'config', message: `Illegal client matching pattern: ${match}` })
  })

  it('matches clients by what they say of themselves', () => {
    expect(refusal({ match: 'client_id=a.*, client_software_name = (?i)kafka , client_source_port=[0-9]++' })).toBeNull()
  })
})

test.each(['a*+', '(?i)a', '\\Q(\\E', '(?>a|b)c', '\\p{Alpha}', '[]a]', '[^]]', '\\A\\z', '(?<n>a)\\k<n>', 'a{1,2}+', 'x}', ''])(
  'Java reads %s as a pattern',
  (text) => {
    expect(isJavaPattern(text)).toBe(true)
  },
)

test.each(['(', 'a**', '*', '\\y', 'a{', '{', '[', '[]', '[b-a]', '\\', 'a)', '(?<n>a', 'a{2,1}'])('Java reads %s as none', (text) => {
  expect(isJavaPattern(text)).toBe(false)
})

test('any text is a pattern or none, and plain words are', () => {
  const letters = fc.constantFrom(...'ab01\\[](){}|*+?^$.-,&<>:=!QEpPkxun')
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: letters })), (text) => typeof isJavaPattern(text) === 'boolean'))
  fc.assert(fc.property(fc.stringMatching(/^[a-z0-9_-]*$/), (text) => isJavaPattern(text)))
})

test('a long pattern takes no longer than its length', () => {
  expect(isJavaPattern('(a|b)*'.repeat(5000))).toBe(true)
  expect(isJavaPattern('\\Q('.repeat(8000))).toBe(true)
})
