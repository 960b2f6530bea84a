import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startOdradek } from '../../support/odradek-process.ts'
import { pythonPackages, pythonProgram } from '../../support/python.ts'

const HERE = import.meta.dirname
const COUNT = 6_000

test('an idempotent producer and a group go on through kill -9 and a restart: each record is there once, in order', async () => {
  const packages = await pythonPackages(join(HERE, 'requirements.txt'))
  const { command, env } = pythonProgram(join(HERE, 'through_restarts.py'), [packages, join(HERE, '../harness')])
  await using node = await startOdradek()
  const [python, ...args] = command
  const client = spawn(python, [...args, node.bootstrap, String(COUNT)], { env: { ...process.env, ...env } })
  let stderr = ''
  client.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-8_000)
  })
  const ended = new Promise<number | null>((resolve) => client.on('close', resolve))
  try {
    const printed: string[] = []
    const lines = createInterface(client.stdout)
    const flowing = new Promise<void>((resolve) => lines.on('line', (line) => printed.push(line) === 1 && resolve()))
    await Promise.race([flowing, ended])
    expect(printed, stderr).toEqual(['flowing'])
    await sleep(1_000)
    await node.kill()
    await node.start()
    await sleep(2_000)
    await node.stop()
    await node.start()
    expect(printed, 'records were still on their way').toEqual(['flowing'])
    expect(await ended, stderr).toBe(0)
    expect(printed).toEqual(['flowing', 'all have come'])
  } finally {
    client.kill('SIGKILL')
  }
}, 120_000)
