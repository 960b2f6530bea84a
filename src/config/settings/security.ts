import { javaClass, long, password, type Settings, string } from '../setting.ts'
import { atLeast, nonNullString } from '../values/validators.ts'

/** Who may do what, and delegation tokens. */
export const securitySettings = {
  'authorizer.class.name': string({
    default: '',
    validator: nonNullString,
    importance: 'low',
    does: "Kafka's `StandardAuthorizer` turns access control on; empty leaves it off; other classes are refused.",
  }),
  'principal.builder.class': javaClass({ default: 'org.apache.kafka.common.security.authenticator.DefaultKafkaPrincipalBuilder', update: 'per-broker' }),
  'connections.max.reauth.ms': long({
    default: 0,
    does: 'The longest that a SASL connection lives without authenticating again, in milliseconds; 0 for no limit.',
  }),
  'delegation.token.secret.key': password({ default: null, does: 'The key that signs delegation tokens, the same on all nodes; without it there are none.' }),
  'delegation.token.max.lifetime.ms': long({
    default: 604_800_000,
    validator: atLeast(1),
    does: 'The longest that a token can be renewed for, in milliseconds.',
  }),
  'delegation.token.expiry.time.ms': long({ default: 86_400_000, validator: atLeast(1), does: 'Milliseconds that a token is good for until it is renewed.' }),
  'delegation.token.expiry.check.interval.ms': long({
    default: 3_600_000,
    validator: atLeast(1),
    importance: 'low',
    does: 'Milliseconds between looks for tokens to remove.',
  }),
} satisfies Settings
