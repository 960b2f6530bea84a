import { expect, test } from 'vitest'
import { ipAddressBytes, ipAddressOf } from '../../../src/base/ip-address-bytes.ts'

const bytesOf = (text: string) => ipAddressBytes(text)?.toString('hex') ?? null

test.each([
  ['127.0.0.1', '7f000001'],
  ['0.0.0.0', '00000000'],
  ['255.1.2.3', 'ff010203'],
  ['::1', '00000000000000000000000000000001'],
  ['::', '00000000000000000000000000000000'],
  ['fe80::1:ab%eth0', 'fe8000000000000000000000000100ab'],
  ['2001:db8:0:0:0:0:0:5', '20010db8000000000000000000000005'],
  ['64:ff9b::10.0.0.1', '0064ff9b00000000000000000a000001'],
])('%s has the bytes that Java gives it', (text, bytes) => {
  expect(bytesOf(text)).toBe(bytes)
})

test('an IPv4 address that stands in IPv6 is one, as in Java', () => {
  expect(bytesOf('::ffff:10.0.0.1')).toBe('0a000001')
  expect(ipAddressOf(Buffer.from('00000000000000000000ffff0a000001', 'hex'))).toBe('10.0.0.1')
})

test.each(['', 'localhost', '1.2.3', '1.2.3.256', '1.2.3.4.5', '::1::', '1:2:3', ':::', '::1.2.3', '12345::', 'g::'])('%j is no address', (text) => {
  expect(ipAddressBytes(text)).toBeNull()
})

test.each(['10.0.0.7', '0:0:0:0:0:0:0:1', '2001:db8:0:0:0:0:0:5'])('%s comes back from its bytes', (text) => {
  expect(ipAddressOf(ipAddressBytes(text) ?? Buffer.alloc(0))).toBe(text)
})

test('other counts of bytes are no address', () => {
  for (const count of [0, 3, 5, 15, 17]) expect(ipAddressOf(Buffer.alloc(count))).toBeNull()
})
