import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { securityFrom } from '../../../../../src/cli/operations/cluster/client-security.ts'
import { credentialsOf } from '../../../../../src/cli/operations/cluster/jaas-config.ts'

const directory = mkdtempSync(join(tmpdir(), 'odradek-security-'))
afterAll(() => rmSync(directory, { recursive: true }))

const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'
const PLAIN = { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': 'org.example.PlainLoginModule required username="me" password="se cret";' }

const from = (properties: Record<string, string>) => securityFrom(new Map(Object.entries(properties)))

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

describe('the security of a client', () => {
  test('is none where nothing is said of it', () => {
    expect(from({})).toEqual({ tls: null, sasl: null })
  })

  test('is what security.protocol says, in any case', () => {
    expect(from({ 'security.protocol': 'ssl' })).toEqual({ tls: { checksName: true }, sasl: null })
    const sasl = { mechanism: 'PLAIN', username: 'me', password: 'se cret' }
    expect(from({ 'security.protocol': 'SASL_PLAINTEXT', ...PLAIN })).toEqual({ tls: null, sasl })
    expect(from({ 'security.protocol': 'SASL_SSL', ...PLAIN })).toEqual({ tls: { checksName: true }, sasl })
  })

  test('reads certificates and keys where they stand', () => {
    const ca = file('ca.pem', CERTIFICATE)
    const me = file('me.pem', `${CERTIFICATE}-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n`)
    const pfx = file('me.p12', Buffer.from([0x30, 0x82, 1, 1]))
    const ssl = { 'security.protocol': 'SSL' }
    expect(from({ ...ssl, 'ssl.truststore.location': ca }).tls).toMatchObject({ ca: CERTIFICATE })
    expect(from({ ...ssl, 'ssl.keystore.location': me, 'ssl.key.password': 'k' }).tls).toMatchObject({
      cert: expect.stringContaining('AAAA'),
      key: expect.stringContaining('BBBB'),
      passphrase: 'k',
    })
    expect(from({ ...ssl, 'ssl.keystore.location': pfx, 'ssl.keystore.password': 's' }).tls).toMatchObject({
      pfx: Buffer.from([0x30, 0x82, 1, 1]),
      passphrase: 's',
    })
    expect(from({ ...ssl, 'ssl.keystore.key': 'K', 'ssl.keystore.certificate.chain': 'C', 'ssl.truststore.certificates': 'T' }).tls).toMatchObject({
      ca: 'T',
      cert: 'C',
      key: 'K',
    })
  })

  test('keeps to the versions that are enabled', () => {
    expect(from({ 'security.protocol': 'SSL', 'ssl.enabled.protocols': 'TLSv1.3' }).tls).toMatchObject({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' })
    expect(from({ 'security.protocol': 'SSL', 'ssl.enabled.protocols': 'TLSv1.3,TLSv1.2' }).tls).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' })
  })

  test('does not look at the name only where the setting is empty', () => {
    expect(from({ 'security.protocol': 'SSL', 'ssl.endpoint.identification.algorithm': '' }).tls).toMatchObject({ checksName: false })
  })

  test.each([
    ['security.protocol', { 'security.protocol': 'TLS' }],
    ['sasl.mechanism', { 'security.protocol': 'SASL_SSL' }],
    ['sasl.mechanism', { 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'OAUTHBEARER' }],
    ['sasl.jaas.config', { 'security.protocol': 'SASL_SSL', 'sasl.mechanism': 'SCRAM-SHA-256' }],
    ['sasl.jaas.config', { 'security.protocol': 'SASL_SSL', ...PLAIN, 'sasl.jaas.config': 'org.example.PlainLoginModule required username="me"' }],
    ['ssl.cipher.suites', { 'security.protocol': 'SSL', 'ssl.cipher.suites': 'TLS_AES_128_GCM_SHA256' }],
    ['sasl.login.class', { 'security.protocol': 'SASL_SSL', ...PLAIN, 'sasl.login.class': 'a.B' }],
    ['ssl.enabled.protocols', { 'security.protocol': 'SSL', 'ssl.enabled.protocols': 'TLSv1' }],
    ['ssl.endpoint.identification.algorithm', { 'security.protocol': 'SSL', 'ssl.endpoint.identification.algorithm': 'ldaps' }],
    ['ssl.truststore.location', { 'security.protocol': 'SSL', 'ssl.truststore.location': '/nowhere/ca.pem' }],
    ['ssl.keystore.certificate.chain', { 'security.protocol': 'SSL', 'ssl.keystore.key': 'K' }],
  ])('refuses what it cannot do, by the name of the setting: %s', (setting, properties) => {
    expect(() => from(properties)).toThrow(expect.objectContaining({ code: 'CLIENT_PROPERTIES', message: expect.stringContaining(setting) }))
  })

  test('says how a Java key store is converted', () => {
    const path = file('store.jks', Buffer.from([0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]))
    const ssl = { 'security.protocol': 'SSL' }
    expect(() => from({ ...ssl, 'ssl.keystore.location': path })).toThrow(`keytool -importkeystore -srckeystore ${path}`)
    expect(() => from({ ...ssl, 'ssl.truststore.location': path })).toThrow(`keytool -exportcert -rfc -keystore ${path}`)
  })
})

describe('sasl.jaas.config', () => {
  test.each([
    ['M required username="me" password="secret";', { username: 'me', password: 'secret' }],
    ["  M  REQUIRED\n password='a;b=c'\n username=me ; ", { username: 'me', password: 'a;b=c' }],
    ['M required username="a\\"b" password="c\\\\d" other="1";', { username: 'a"b', password: 'c\\d' }],
    ['M required username="me" password="";', { username: 'me', password: '' }],
  ])('is read: %s', (text, credentials) => {
    expect(credentialsOf(text)).toEqual(credentials)
  })

  test.each([
    '',
    ';',
    'M required;',
    'M username="me" password="s";',
    'M required username="me" password="s"',
    'M required username password="s";',
    'M required username="me;',
  ])('that is none is told as such: %s', (text) => {
    expect(credentialsOf(text)).toBeNull()
  })

  test('gives the two as they were written, or null, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (username, password, junk) => {
        const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
        expect(credentialsOf(`M required username=${quoted(username)} password=${quoted(password)};`)).toEqual({ username, password })
        expect(() => credentialsOf(junk)).not.toThrow()
      }),
    )
  })
})
