import { afterAll, beforeAll, expect, test } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { type OracleNode, startOracle } from '../support/oracle-node.ts'

let oracle: OracleNode

beforeAll(async () => {
  oracle = await startOracle()
})

afterAll(async () => {
  await oracle?.[Symbol.asyncDispose]()
})

test('our client speaks with Apache Kafka: odradek doctor reaches it', async () => {
  const texts: string[] = []
  const keep = (text: string) => void texts.push(text)
  const exit = await runCli(['doctor', oracle.bootstrap], { out: keep, err: keep })
  const out = texts.join('')
  expect(out).toContain('a Kafka broker with')
  expect(out).toContain('metadata.version 30')
  expect(out).toContain(`at ${oracle.bootstrap}: reached`)
  expect(exit).toBe(0)
})
