import { bool, message, string, type Value } from '../schema/notation.ts'

/** Source: the specification of DefaultPrincipalData in Apache Kafka 4.3.1. */
export const DefaultPrincipalData = message({
  name: 'DefaultPrincipalData',
  kind: 'data',
  versions: '0',
  flexible: '0+',
  fields: {
    type: string('0+'),
    name: string('0+'),
    tokenAuthenticated: bool('0+'),
  },
})
export type DefaultPrincipalData = Value<typeof DefaultPrincipalData>
