import type { Random } from '../../../base/ports.ts'
import type { PeerClientOptions } from '../../../client/peer-client.ts'
import type { SaslMechanism } from '../../../client/sasl/mechanism.ts'
import type { ClientSecurity } from './client-security.ts'

type Sasl = NonNullable<ClientSecurity['sasl']>

/** What makes the connections of a client say who asks. It is loaded when it is first needed, by few commands. */
export function authentication(sasl: Sasl | null, random: Random): Pick<PeerClientOptions, 'authenticate'> {
  if (sasl === null) return {}
  return {
    authenticate: async (client) => {
      const { authenticate } = await import('../../../client/sasl/authenticate.ts')
      await authenticate(client, await mechanismOf(sasl, random))
    },
  }
}

async function mechanismOf({ mechanism, ...credentials }: Sasl, random: Random): Promise<SaslMechanism> {
  if (mechanism === 'PLAIN') {
    const { plainMechanism } = await import('../../../client/sasl/plain.ts')
    return plainMechanism(credentials)
  }
  const { scramMechanism } = await import('../../../client/sasl/scram.ts')
  return scramMechanism(mechanism === 'SCRAM-SHA-256' ? 'sha256' : 'sha512', credentials, random)
}
