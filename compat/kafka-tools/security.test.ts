import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { startToolSuite, type ToolSuite } from './tool-suite.ts'

let suite: ToolSuite
beforeAll(async () => {
  suite = await startToolSuite()
})
afterAll(() => suite?.[Symbol.asyncDispose]())

test.each([
  ['--list', 'No Authorizer is configured on the broker'],
  ['--add --allow-principal User:alice --operation read --topic orders', 'No Authorizer is configured on the broker'],
  ['--remove --topic orders --force', 'No Authorizer is configured.'],
])('kafka-acls %s is told that there is no authorizer', async (args, why) => {
  const { exit, stdout } = await suite.run('kafka-acls', args)
  expect(exit).toBe(1)
  expect(stdout.split('\n')[0]).toBe(`Error while executing ACL command: org.apache.kafka.common.errors.SecurityDisabledException: ${why}`)
})

test.each([
  '--create --max-life-time-period -1',
  '--describe',
  '--renew --renew-time-period -1 --hmac aGVsbG8=',
  '--expire --expiry-time-period -1 --hmac aGVsbG8=',
])('kafka-delegation-tokens %s is refused on a plain listener', async (args) => {
  await using files = await temporaryDirectory()
  const config = join(files.path, 'client.properties')
  await writeFile(config, '')
  const { exit, stderr } = await suite.run('kafka-delegation-tokens', `${args} --command-config ${config}`)
  expect(exit).toBe(1)
  expect(stderr).toContain(
    'UnsupportedByAuthenticationException: Delegation Token requests are not allowed on PLAINTEXT/1-way SSL channels and on delegation token authenticated channels.',
  )
})
