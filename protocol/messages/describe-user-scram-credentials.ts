import { api, array, int8, int16, int32, message, string, struct, type Value } from '../schema/notation.ts'

const UserName = struct('UserName', {
  name: string('0+'),
})

export const DescribeUserScramCredentialsRequest = message({
  name: 'DescribeUserScramCredentialsRequest',
  kind: 'request',
  key: 50,
  versions: '0',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    users: array(UserName, '0+', { nullable: '0+' }),
  },
})
export type DescribeUserScramCredentialsRequest = Value<typeof DescribeUserScramCredentialsRequest>

const CredentialInfo = struct('CredentialInfo', {
  mechanism: int8('0+'),
  iterations: int32('0+'),
})

const DescribeUserScramCredentialsResult = struct('DescribeUserScramCredentialsResult', {
  user: string('0+'),
  errorCode: int16('0+'),
  errorMessage: string('0+', { nullable: '0+' }),
  credentialInfos: array(CredentialInfo, '0+'),
})

export const DescribeUserScramCredentialsResponse = message({
  name: 'DescribeUserScramCredentialsResponse',
  kind: 'response',
  key: 50,
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32('0+'),
    errorCode: int16('0+'),
    errorMessage: string('0+', { nullable: '0+' }),
    results: array(DescribeUserScramCredentialsResult, '0+'),
  },
})
export type DescribeUserScramCredentialsResponse = Value<typeof DescribeUserScramCredentialsResponse>

/** API key 50. Source: the specifications of DescribeUserScramCredentialsRequest and DescribeUserScramCredentialsResponse in Apache Kafka 4.3.1. */
export const DescribeUserScramCredentialsApi = api('DescribeUserScramCredentials', DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse)
