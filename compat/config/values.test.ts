import { expect, test } from 'vitest'
import { brokerSettings, isDynamicOnly } from '../../src/config/broker-settings.ts'
import { groupSettings } from '../../src/config/group-settings.ts'
import type { Setting, Settings } from '../../src/config/setting.ts'
import { odradekSettings } from '../../src/config/settings/odradek.ts'
import { topicSettings } from '../../src/config/topic-settings.ts'
import { formatValue } from '../../src/config/values/format-value.ts'
import { parseSetting } from '../../src/config/values/parse-value.ts'
import { HIDDEN } from '../../src/config/values/secret.ts'
import type { SettingType, SettingValue } from '../../src/config/values/setting-value.ts'
import { type Answer, askKafka } from './kafka-checks.ts'

const WHOLE = [
  '',
  '0',
  '1',
  '-1',
  '-2',
  '+7',
  ' 12 ',
  '1.5',
  '1e3',
  '0x10',
  'ten',
  '17',
  '25',
  '1023',
  '1024',
  '1048575',
  '1048576',
  '2147483647',
  '2147483648',
  '-2147483649',
]
const LONG = [...WHOLE, '9007199254740991', '9223372036854775807', '9223372036854775808', '-9223372036854775808']
const DOUBLE = [
  '',
  '0',
  '1',
  '0.5',
  '.5',
  '5.',
  '-0.1',
  '1.0001',
  '1e-4',
  '0.00123',
  '12345678',
  '1e400',
  '-Infinity',
  'Infinity',
  '2d',
  '2f',
  '1_0',
  'half',
  '1.7976931348623157E308',
]
const NAMES = ['', ' ', 'a', 'a,b', 'a , b,a', 'a,,b', ',', 'producer', 'GZIP', 'gzip', 'delete', 'compact,delete', 'delete,delete', 'CreateTime', 'createtime']
const MORE_NAMES = [
  'none',
  'SSL',
  'ssl',
  'broker',
  'controller,broker',
  'classic,share',
  'Bidirectional',
  'es256',
  '*',
  '0:1,1:2',
  '0:1,x',
  'latest',
  'by_duration:PT1H',
  'by_duration:P',
  'by_duration:-PT1H',
  'read_committed',
]
const ADDRESSES = [
  '1@localhost:9093',
  '1@a:1,2@b:2',
  'x@a:1',
  '1@a',
  '1@a:b',
  '1@a@b:1',
  '1@0.0.0.0:1',
  '1@[::1]:9',
  'a:1',
  'PLAINTEXT://a:1',
  '0.0.0.0:1',
  'a:99',
  '1@:9093',
]

const TEXTS: Readonly<Record<SettingType, readonly string[]>> = {
  boolean: ['true', 'false', 'TRUE', ' False ', '', '1', 'yes', 'truee'],
  int: WHOLE,
  short: [...WHOLE, '32767', '32768'],
  long: LONG,
  double: DOUBLE,
  string: [...NAMES, ...MORE_NAMES],
  list: [...NAMES, ...MORE_NAMES, ...ADDRESSES],
  class: ['org.example.Missing', ' org.example.Missing', ''],
  password: ['secret', ' secret '],
}

function ours(name: string, setting: Setting<SettingValue>, text: string): Answer {
  const parsed = parseSetting(name, setting, text)
  if (parsed.refusal !== undefined) return { error: parsed.refusal }
  return { error: null, value: parsed.value !== null && setting.type === 'password' ? HIDDEN : formatValue(setting.type, parsed.value) }
}

const SCOPES: readonly (readonly ['broker' | 'topic' | 'group', Settings])[] = [
  ['broker', Object.fromEntries(Object.entries(brokerSettings).filter(([name]) => !Object.hasOwn(odradekSettings, name) && !isDynamicOnly(name)))],
  ['topic', topicSettings],
  ['group', groupSettings],
]

test.each(SCOPES)('every setting of a %s takes and refuses the values that Apache Kafka does, with its words', async (scope, settings) => {
  const cases = Object.entries(settings).flatMap(([name, setting]) => TEXTS[setting.type].map((text) => ({ name, setting, text })))
  const answers = await askKafka(cases.map(({ name, text }) => ({ ask: 'value', scope, name, text })))
  const differences = cases.flatMap(({ name, setting, text }, index) => {
    const our = ours(name, setting, text)
    const theirs = answers[index]
    // Values from 2^53-1 on are one and the same `UNLIMITED`.
    const same =
      our.error === theirs?.error && (our.error !== null || our.value === theirs.value || text === '9007199254740991' || text === '-9223372036854775808')
    return same ? [] : [{ name, text, our, theirs }]
  })
  expect(differences).toEqual([])
})
