import { boolean, javaClass, list, password, type Settings, string } from '../setting.ts'
import { listOf, oneOf } from '../values/validators.ts'

/** Certificates, keys and what TLS connections must offer. Each may be set for one listener: `listener.name.<name>.ssl.…`. */
export const tlsSettings = {
  'ssl.client.auth': string({
    default: 'none',
    validator: oneOf('required', 'requested', 'none'),
    update: 'per-broker',
    does: 'Whether clients must, may or need not show a certificate.',
  }),
  'ssl.keystore.type': string({ default: 'JKS', update: 'per-broker', does: 'The form of the key store: `PEM`, `PKCS12` or `JKS`.' }),
  'ssl.keystore.location': string({ default: null, update: 'per-broker', does: 'The file of the key store.' }),
  'ssl.keystore.password': password({ default: null, update: 'per-broker', does: 'The password of the key store.' }),
  'ssl.keystore.key': password({ default: null, update: 'per-broker', does: 'The private key itself, as PEM text.' }),
  'ssl.keystore.certificate.chain': password({ default: null, update: 'per-broker', does: 'The certificates themselves, as PEM text.' }),
  'ssl.key.password': password({ default: null, update: 'per-broker', does: 'The password of the private key.' }),
  'ssl.truststore.type': string({ default: 'JKS', update: 'per-broker', does: 'The form of the trust store: `PEM`, `PKCS12` or `JKS`.' }),
  'ssl.truststore.location': string({ default: null, update: 'per-broker', does: 'The file of the trust store.' }),
  'ssl.truststore.password': password({ default: null, update: 'per-broker', does: 'The password of the trust store.' }),
  'ssl.truststore.certificates': password({ default: null, update: 'per-broker', does: 'The trusted certificates themselves, as PEM text.' }),
  'ssl.enabled.protocols': list({
    default: ['TLSv1.2', 'TLSv1.3'],
    validator: listOf({ empty: true }),
    update: 'per-broker',
    does: 'The versions of TLS that are accepted.',
  }),
  'ssl.protocol': string({ default: 'TLSv1.3', update: 'per-broker', does: "The newest version of TLS for this node's own connections." }),
  'ssl.cipher.suites': list({
    default: [],
    validator: listOf({ empty: true }),
    update: 'per-broker',
    does: "The cipher suites that are accepted; empty for the platform's.",
  }),
  'ssl.endpoint.identification.algorithm': string({
    default: 'https',
    importance: 'low',
    update: 'per-broker',
    does: "Whether this node checks the name in another's certificate: `https`, or empty for no.",
  }),
  'ssl.principal.mapping.rules': string({ default: 'DEFAULT', importance: 'low', does: "Rules that make a user's name of a certificate's subject." }),
  'ssl.allow.dn.changes': boolean({ default: false, importance: 'low', does: 'Whether a key store that is loaded anew may name another subject.' }),
  'ssl.allow.san.changes': boolean({ default: false, importance: 'low', does: 'Whether a key store that is loaded anew may name other hosts.' }),
  'ssl.engine.factory.class': javaClass({ default: null, importance: 'low', update: 'per-broker' }),
  'ssl.keymanager.algorithm': string({ default: 'SunX509', update: 'per-broker' }),
  'ssl.trustmanager.algorithm': string({ default: 'PKIX', update: 'per-broker' }),
  'ssl.provider': string({ default: null, update: 'per-broker' }),
  'ssl.secure.random.implementation': string({ default: null, importance: 'low', update: 'per-broker' }),
} satisfies Settings
