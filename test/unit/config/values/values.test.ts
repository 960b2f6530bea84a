import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BrokerSettingName, brokerSettings } from '../../../../src/config/broker-settings.ts'
import type { Setting } from '../../../../src/config/setting.ts'
import { nearestName } from '../../../../src/config/sources/nearest-name.ts'
import { parseDurationMs } from '../../../../src/config/values/duration.ts'
import { formatValue } from '../../../../src/config/values/format-value.ts'
import { isIpAddress, isIpv4, isIpv6 } from '../../../../src/config/values/ip-address.ts'
import { parseSetting } from '../../../../src/config/values/parse-value.ts'
import type { SettingValue } from '../../../../src/config/values/setting-value.ts'

const names = Object.keys(brokerSettings) as BrokerSettingName[]

/** Any UTF-16 unit, so also halves of pairs. */
const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code))

describe('the text of a value', () => {
  test('is read or refused, whatever it is, for every setting', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.oneof(fc.string({ unit: anyUnit }), fc.string({ unit: fc.constantFrom(...'-+.,:@0123456789eEx ') })),
        (name, text) => {
          const parsed = parseSetting<SettingValue>(name, brokerSettings[name], text)
          if (parsed.refusal === undefined) expect(parsed.value).not.toBeUndefined()
          else expect(parsed.refusal).not.toBe('')
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('that is printed is read back to the same value, for every default', () => {
    for (const name of names) {
      const setting: Setting<SettingValue> = brokerSettings[name]
      const text = setting.default === undefined ? null : formatValue(setting.type, setting.default)
      if (text !== null && !(setting.type === 'list' && text === '')) expect(parseSetting(name, setting, text), name).toEqual({ value: setting.default })
    }
  })

  test('of a double is read back to the same value', () => {
    const setting: Setting<SettingValue> = { ...brokerSettings['log.cleaner.io.max.bytes.per.second'], validator: null }
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(parseSetting('x', setting, formatValue('double', value) ?? '')).toEqual({ value })
      }),
    )
  })
})

describe('a number', () => {
  const refusalOf = (name: 'log.cleaner.io.max.bytes.per.second' | 'num.io.threads' | 'log.retention.bytes', text: string) =>
    parseSetting<SettingValue>(name, brokerSettings[name], text).refusal

  test.each(['0x1p3', '0x1.8p1', 'NaN', '+NaN'])("of type double is not written in a notation that is only Java's: %s", (text) => {
    expect(refusalOf('log.cleaner.io.max.bytes.per.second', text)).toContain('Not a number of type DOUBLE')
  })

  test.each(['\u0668', '\uff18', '\u096e'])('has no digits of other scripts: %s', (text) => {
    expect(refusalOf('num.io.threads', text)).toContain('Not a number of type INT')
    expect(refusalOf('log.retention.bytes', text)).toContain('Not a number of type LONG')
  })
})

describe('an address', () => {
  test.each(['::', '::1', '1::', 'fe80::1%eth0', '1:2:3:4:5:6:7:8', '::ffff:10.0.0.1', '1:2:3:4:5:6:10.0.0.1', '1::8'])('%s is of IPv6', (text) => {
    expect([isIpv6(text), isIpv4(text)]).toEqual([true, false])
  })

  test.each(['', 'localhost', '1.2.3', '1.2.3.256', '01.2.3.4', '1:2', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9', '10.0.0.1::', 'fe80::1%', '12345::'])(
    '"%s" is none',
    (text) => {
      expect(isIpAddress(text)).toBe(false)
    },
  )

  test('10.0.0.255 is of IPv4', () => {
    expect([isIpv4('10.0.0.255'), isIpv6('10.0.0.255')]).toEqual([true, false])
  })
})

describe('a duration', () => {
  test.each([
    ['PT1H', 3_600_000],
    ['P1DT-1H', 82_800_000],
    ['-pt1.5s', -1_500],
    ['PT0.001S', 1],
    ['P', null],
    ['PT', null],
    ['1h', null],
  ])('%s is %s ms', (text, expected) => {
    expect(parseDurationMs(text)).toBe(expected)
  })
})

describe('the nearest name', () => {
  test('is the one with the fewest mistakes, and none when all are far', () => {
    expect(nearestName('num.partition', names)).toBe('num.partitions')
    expect(nearestName('log.segmnet.bytes', names)).toBe('log.segment.bytes')
    expect(nearestName('quux', names)).toBeNull()
  })
})
