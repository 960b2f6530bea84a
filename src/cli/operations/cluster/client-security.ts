/**
 * How a client secures its connections, from the settings that Kafka's Java clients have for it: `security.protocol`, `ssl.*`
 * and `sasl.*`. Certificates and keys are read from PEM and PKCS #12 files, or stand in the settings as PEM; a Java key store is
 * refused with the command that converts it. Whatever would be less secure when it is passed over is refused, not ignored.
 * Source: the documentation of the security settings of Apache Kafka's clients; KIP-651.
 *
 * Errors: CLIENT_PROPERTIES, which name the setting.
 */
import { readFileSync } from 'node:fs'
import { OdradekError } from '../../../base/errors.ts'
import type { Credentials } from '../../../client/sasl/mechanism.ts'
import type { TlsOptions, TlsVersion } from '../../../platform/network/tls-network.ts'
import type { ClientProperties } from './client-properties.ts'
import { credentialsOf } from './jaas-config.ts'

export type SaslName = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'

/** See the head of this file. */
export interface ClientSecurity {
  /** null: not encrypted. */
  readonly tls: TlsOptions | null
  /** null: nobody is told who asks. */
  readonly sasl: (Credentials & { readonly mechanism: SaslName }) | null
}

export const NO_SECURITY: ClientSecurity = { tls: null, sasl: null }

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']
const MECHANISMS: readonly SaslName[] = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512']
const TLS_VERSIONS: readonly TlsVersion[] = ['TLSv1.2', 'TLSv1.3']
/** They change what is trusted, or what is said, and are Java's alone. */
const NOT_SERVED = [
  'ssl.cipher.suites',
  'ssl.engine.factory.class',
  'ssl.provider',
  'security.providers',
  'sasl.client.callback.handler.class',
  'sasl.login.callback.handler.class',
  'sasl.login.class',
]
const JAVA_KEY_STORE = 0xfeedfeed

/** See the head of this file. */
export function securityFrom(properties: ClientProperties): ClientSecurity {
  const protocol = (properties.get('security.protocol') ?? 'PLAINTEXT').trim().toUpperCase()
  if (!PROTOCOLS.includes(protocol)) throw refused('security.protocol', `is one of ${PROTOCOLS.join(', ')}, not ${protocol}`)
  if (protocol === 'PLAINTEXT') return NO_SECURITY
  for (const name of NOT_SERVED) if (isGiven(properties, name)) throw refused(name, 'is not served by these commands')
  return {
    tls: protocol.endsWith('SSL') ? tlsFrom(properties) : null,
    sasl: protocol.startsWith('SASL') ? saslFrom(properties) : null,
  }
}

function saslFrom(properties: ClientProperties): ClientSecurity['sasl'] {
  const name = properties.get('sasl.mechanism') ?? 'GSSAPI'
  const mechanism = MECHANISMS.find((known) => known === name)
  if (mechanism === undefined) throw refused('sasl.mechanism', `${name} is not spoken by these commands: ${MECHANISMS.join(', ')} are`)
  const jaas = properties.get('sasl.jaas.config')
  if (jaas === undefined) throw refused('sasl.jaas.config', `is missing; ${mechanism} takes its username and password from there`)
  const credentials = credentialsOf(jaas)
  if (credentials === null) throw refused('sasl.jaas.config', 'must be `<login module> required username="…" password="…";`')
  return { mechanism, ...credentials }
}

function tlsFrom(properties: ClientProperties): TlsOptions {
  return {
    checksName: checksName(properties),
    ...versions(properties),
    ...trusted(properties),
    ...own(properties),
  }
}

/** An empty value switches the check off, as in Java's clients. */
function checksName(properties: ClientProperties): boolean {
  const algorithm = properties.get('ssl.endpoint.identification.algorithm') ?? 'https'
  if (algorithm !== '' && algorithm.toLowerCase() !== 'https') {
    throw refused('ssl.endpoint.identification.algorithm', `is https, or empty for no check, not ${algorithm}`)
  }
  return algorithm !== ''
}

function versions(properties: ClientProperties): Pick<TlsOptions, 'minVersion' | 'maxVersion'> {
  const text = properties.get('ssl.enabled.protocols')
  if (text === undefined) return {}
  const enabled = text.split(',').map((name) => name.trim())
  const known = TLS_VERSIONS.filter((version) => enabled.includes(version))
  const [minVersion, maxVersion] = [known[0], known.at(-1)]
  if (minVersion === undefined || maxVersion === undefined) throw refused('ssl.enabled.protocols', `${text} has none of ${TLS_VERSIONS.join(', ')}`)
  return { minVersion, maxVersion }
}

function trusted(properties: ClientProperties): Pick<TlsOptions, 'ca'> {
  const stated = properties.get('ssl.truststore.certificates')
  if (stated !== undefined) return { ca: stated }
  const path = properties.get('ssl.truststore.location')
  if (path === undefined) return {}
  const content = storeAt(path, 'ssl.truststore.location')
  if (isPem(content)) return { ca: content.toString('latin1') }
  throw refused(
    'ssl.truststore.location',
    `${path} is no PEM file. Make one: keytool -exportcert -rfc -keystore ${path} -alias <alias> > ca.pem, or openssl pkcs12 -nokeys -in ${path} -out ca.pem`,
  )
}

function own(properties: ClientProperties): Pick<TlsOptions, 'cert' | 'key' | 'pfx' | 'passphrase'> {
  const passphrase = properties.get('ssl.key.password') ?? properties.get('ssl.keystore.password')
  const secret = passphrase === undefined ? {} : { passphrase }
  const key = properties.get('ssl.keystore.key')
  if (key !== undefined) return { key, cert: chain(properties), ...secret }
  const path = properties.get('ssl.keystore.location')
  if (path === undefined) return {}
  const content = storeAt(path, 'ssl.keystore.location')
  if (isPem(content)) return { key: content.toString('latin1'), cert: content.toString('latin1'), ...secret }
  if (content.length >= 4 && content.readUInt32BE(0) === JAVA_KEY_STORE) {
    throw refused(
      'ssl.keystore.location',
      `${path} is a Java key store. Convert it: keytool -importkeystore -srckeystore ${path} -destkeystore client.p12 -deststoretype PKCS12`,
    )
  }
  const password = properties.get('ssl.keystore.password')
  return { pfx: content, ...(password === undefined ? {} : { passphrase: password }) }
}

function chain(properties: ClientProperties): string {
  const chain = properties.get('ssl.keystore.certificate.chain')
  if (chain === undefined) throw refused('ssl.keystore.certificate.chain', 'is missing beside ssl.keystore.key')
  return chain
}

function storeAt(path: string, setting: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new OdradekError('CLIENT_PROPERTIES', `${setting}: ${(cause as Error).message}`, { cause, fields: { path } })
  }
}

function isPem(content: Buffer): boolean {
  return content.includes('-----BEGIN ')
}

function isGiven(properties: ClientProperties, name: string): boolean {
  return (properties.get(name) ?? '').trim() !== ''
}

function refused(setting: string, why: string): OdradekError {
  return new OdradekError('CLIENT_PROPERTIES', `${setting} ${why}.`, { fields: { setting } })
}
