import { api, array, bytes, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const ScramCredentialDeletion = struct('ScramCredentialDeletion', {
  name: string('0+'),
  mechanism: int8('0+'),
})

const ScramCredentialUpsertion = struct('ScramCredentialUpsertion', {
  name: string('0+'),
  mechanism: int8('0+'),
  iterations: int32('0+'),
  salt: bytes('0+'),
  saltedPassword: bytes('0+'),
})

export const AlterUserScramCredentialsRequest = message({
  name: 'AlterUserScramCredentialsRequest',
  kind: 'request',
  key: 51,
  versions: '0',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    deletions: array(ScramCredentialDeletion, '0+'),
    upsertions: array(ScramCredentialUpsertion, '0+'),
  },
})
export type AlterUserScramCredentialsRequest = Value<typeof AlterUserScramCredentialsRequest>

const AlterUserScramCredentialsResult = struct('AlterUserScramCredentialsResult', {
  user: string('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
})

export const AlterUserScramCredentialsResponse = message({
  name: 'AlterUserScramCredentialsResponse',
  kind: 'response',
  key: 51,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    results: array(AlterUserScramCredentialsResult, '0+'),
  },
})
export type AlterUserScramCredentialsResponse = Value<typeof AlterUserScramCredentialsResponse>

/** API key 51. Source: the specifications of AlterUserScramCredentialsRequest and AlterUserScramCredentialsResponse in Apache Kafka 4.3.1. */
export const AlterUserScramCredentialsApi = api('AlterUserScramCredentials', AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse)
