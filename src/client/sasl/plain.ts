import type { Credentials, SaslMechanism } from './mechanism.ts'

/** Name and password as they are: for connections that are encrypted. Source: RFC 4616. */
export function plainMechanism({ username, password }: Credentials): SaslMechanism {
  return { name: 'PLAIN', begin: () => ({ first: Buffer.from(`\0${username}\0${password}`), answer: () => null }) }
}
