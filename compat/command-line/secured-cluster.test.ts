import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../../test/support/free-ports.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { type CommandResult, runCommand } from '../support/command.ts'
import { jdkProgram } from '../support/jars.ts'
import { ODRADEK_PROGRAM } from '../support/odradek-process.ts'
import { type OracleNode, startOracle } from '../support/oracle-node.ts'
import { propertiesText } from '../support/properties-file.ts'

const STORE_PASSWORD = 'store-secret'
const SCRAM_LOGIN = 'org.apache.kafka.common.security.scram.ScramLoginModule required username="alice" password="al=ice; s";'
const PLAIN_LOGIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required username="alice" password="plain-secret";'

let directory: AsyncDisposable & { readonly path: string }
let broker: OracleNode
let ports: Readonly<Record<'saslSsl' | 'ssl' | 'saslPlaintext', number>>

const at = (name: string) => join(directory.path, name)

/** A key pair of its own in NAME.p12, and its certificate in NAME.pem. */
async function makeKeyPair(name: string): Promise<void> {
  const store = ['-keystore', at(`${name}.p12`), '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD, '-alias', name]
  await keytool('-genkeypair', ...store, '-keyalg', 'EC', '-dname', `CN=${name}`, '-ext', 'san=dns:localhost', '-validity', '2')
  await keytool('-exportcert', '-rfc', ...store, '-file', at(`${name}.pem`))
}

async function keytool(...args: readonly string[]): Promise<void> {
  const { exit, stdout, stderr } = await runCommand(jdkProgram('keytool'), args, { timeoutMs: 60_000 })
  if (exit !== 0) throw new Error(`keytool ended with ${exit}:\n${stdout}${stderr}`)
}

beforeAll(async () => {
  directory = await temporaryDirectory()
  for (const name of ['broker', 'client', 'stranger']) await makeKeyPair(name)
  await keytool(
    '-importcert',
    '-noprompt',
    '-keystore',
    at('trust.p12'),
    '-storetype',
    'PKCS12',
    '-storepass',
    STORE_PASSWORD,
    '-alias',
    'client',
    '-file',
    at('client.pem'),
  )
  const [port = 0, controllerPort = 0, saslSsl = 0, ssl = 0, saslPlaintext = 0] = await freePorts(5)
  ports = { saslSsl, ssl, saslPlaintext }
  const secured = `SASL_SSL://localhost:${saslSsl},SSL://localhost:${ssl},SASL_PLAINTEXT://localhost:${saslPlaintext}`
  broker = await startOracle({
    ports: [port, controllerPort],
    formatArguments: [512, 256].flatMap((bits) => ['--add-scram', `SCRAM-SHA-${bits}=[name=alice,password="al=ice; s"]`]),
    properties: {
      listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort},${secured}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},${secured}`,
      'ssl.keystore.location': at('broker.p12'),
      'ssl.keystore.type': 'PKCS12',
      'ssl.keystore.password': STORE_PASSWORD,
      'ssl.truststore.location': at('trust.p12'),
      'ssl.truststore.type': 'PKCS12',
      'ssl.truststore.password': STORE_PASSWORD,
      'listener.name.ssl.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      ...Object.fromEntries(
        ['sasl_ssl', 'sasl_plaintext'].flatMap((listener) => [
          [`listener.name.${listener}.plain.sasl.jaas.config`, `${PLAIN_LOGIN.slice(0, -1)} user_alice="plain-secret";`],
          [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`, 'org.apache.kafka.common.security.scram.ScramLoginModule required;'],
          [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`, 'org.apache.kafka.common.security.scram.ScramLoginModule required;'],
        ]),
      ),
    },
  })
}, 240_000)

afterAll(async () => {
  await broker?.[Symbol.asyncDispose]()
  await directory?.[Symbol.asyncDispose]()
})

/** Runs a command of ours with these properties of a client. */
async function odradek(port: number, properties: Readonly<Record<string, string>>, args: readonly string[], stdin = ''): Promise<CommandResult> {
  const file = at('client.properties')
  await writeFile(file, propertiesText(properties))
  const connection = ['--bootstrap-server', `localhost:${port}`, '--command-config', file]
  return await runCommand(process.execPath, [ODRADEK_PROGRAM, ...args, ...connection], { stdin, timeoutMs: 60_000 })
}

const TRUSTING = () => ({ 'ssl.truststore.type': 'PEM', 'ssl.truststore.location': at('broker.pem') })
const OWN = () => ({ 'ssl.keystore.type': 'PKCS12', 'ssl.keystore.location': at('client.p12'), 'ssl.keystore.password': STORE_PASSWORD })

interface Way {
  readonly port: keyof typeof ports
  readonly properties: () => Readonly<Record<string, string>>
}

const WAYS: readonly (Way & { readonly name: string })[] = [
  ...(['SCRAM-SHA-256', 'SCRAM-SHA-512', 'PLAIN'] as const).map((mechanism) => ({
    name: `SASL_SSL with ${mechanism}`,
    port: 'saslSsl' as const,
    properties: () => ({
      'security.protocol': 'SASL_SSL',
      'sasl.mechanism': mechanism,
      'sasl.jaas.config': mechanism === 'PLAIN' ? PLAIN_LOGIN : SCRAM_LOGIN,
      ...TRUSTING(),
    }),
  })),
  {
    name: 'SASL_PLAINTEXT',
    port: 'saslPlaintext',
    properties: () => ({ 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': 'SCRAM-SHA-512', 'sasl.jaas.config': SCRAM_LOGIN }),
  },
  { name: 'SSL with a certificate of the client', port: 'ssl', properties: () => ({ 'security.protocol': 'SSL', ...TRUSTING(), ...OWN() }) },
]

describe('commands ask an Apache Kafka cluster that is secured', () => {
  test.each(WAYS)('by $name: topics are made, written and read, by a group too', { timeout: 120_000 }, async ({ name, port, properties }) => {
    const topic = name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
    expect(await odradek(ports[port], properties(), ['topics', 'create', topic, '--partitions', '2'])).toMatchObject({ exit: 0 })
    expect(await odradek(ports[port], properties(), ['produce', topic], 'one\ntwo\n')).toMatchObject({ exit: 0 })
    const read = await odradek(ports[port], properties(), ['consume', topic, '--from-beginning', '--count', '2'])
    expect(read).toMatchObject({ exit: 0 })
    expect(read.stdout.trim().split('\n').sort()).toEqual(['one', 'two'])
    const group = ['--group', `readers-of-${topic}`]
    const readAsMember = await odradek(ports[port], properties(), ['consume', topic, ...group, '--from-beginning', '--count', '2'])
    expect(readAsMember).toMatchObject({ exit: 0 })
    expect(readAsMember.stdout.trim().split('\n').sort()).toEqual(['one', 'two'])
    const kept = await odradek(ports[port], properties(), ['groups', 'describe', `readers-of-${topic}`, '--json'])
    expect(kept).toMatchObject({ exit: 0 })
    const { partitions } = JSON.parse(kept.stdout) as { readonly partitions: readonly { readonly offset: number | null }[] }
    expect(partitions.reduce((sum, { offset }) => sum + Number(offset ?? 0), 0)).toBe(2)
  })

  test.each<Way & { readonly what: string; readonly says: RegExp }>([
    {
      what: 'a wrong password',
      port: 'saslSsl',
      properties: () => ({
        'security.protocol': 'SASL_SSL',
        'sasl.mechanism': 'PLAIN',
        'sasl.jaas.config': PLAIN_LOGIN.replace('plain-secret', 'wrong'),
        ...TRUSTING(),
      }),
      says: /Invalid username or password/,
    },
    {
      what: 'a certificate that nobody trusts',
      port: 'saslSsl',
      properties: () => ({
        'security.protocol': 'SASL_SSL',
        'sasl.mechanism': 'PLAIN',
        'sasl.jaas.config': PLAIN_LOGIN,
        'ssl.truststore.location': at('stranger.pem'),
      }),
      says: /is signed by none that is trusted here/,
    },
    { what: 'no certificate of the client', port: 'ssl', properties: () => ({ 'security.protocol': 'SSL', ...TRUSTING() }), says: /certificate/i },
    { what: 'TLS where there is none', port: 'saslPlaintext', properties: () => ({ 'security.protocol': 'SSL', ...TRUSTING() }), says: /localhost:\d+/ },
    {
      what: 'a mechanism that is not spoken',
      port: 'saslSsl',
      properties: () => ({ 'security.protocol': 'SASL_SSL', ...TRUSTING() }),
      says: /GSSAPI is not spoken/,
    },
  ])('and say what is wrong: $what', { timeout: 120_000 }, async ({ port, properties, says }) => {
    const result = await odradek(ports[port], properties(), ['topics', 'list', '--timeout-ms', '5000'])
    expect(result).toMatchObject({ exit: 1, stderr: expect.stringMatching(says) })
    expect(result.stderr).not.toContain('    at ')
  })
})
