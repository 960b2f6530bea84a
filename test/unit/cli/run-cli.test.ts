import { describe, expect, test } from 'vitest'
import { runCli } from '../../../src/cli/run-cli.ts'

async function run(...args: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = ''
  let err = ''
  const code = await runCli(args, {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
  })
  return { code, out, err }
}

describe('odradek', () => {
  test('says its version', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^odradek \d+\.\d+\.\d+\n$/), err: '' })
  })

  test.each([[['--help']], [['-h']], [['help']]])('lists its commands for %s', async (args) => {
    const { code, out } = await run(...args)
    expect(code).toBe(0)
    for (const command of ['start', 'format', 'doctor', 'config']) expect(out).toContain(command)
  })

  test.each([[['start', '--help']], [['help', 'start']]])('lists the flags of a command for %j', async (args) => {
    const { code, out } = await run(...args)
    expect(code).toBe(0)
    for (const flag of [
      '--config FILE',
      '--profile dev|kafka',
      '--set NAME=VALUE …',
      '--topic NAME[:PARTITIONS[:REPLICATION[:CLEANUP.POLICY]]] …',
      '--ephemeral',
      '--strict-config',
    ])
      expect(out).toContain(flag)
  })

  test.each([
    [[], 'Say what to do: `odradek start` runs a node.'],
    [['stat'], '`odradek` has no command `stat`. Did you mean `odradek start`?'],
    [['strat'], '`odradek` has no command `strat`. Did you mean `odradek start`?'],
    [['help', 'strat'], '`odradek` has no command `strat`. Did you mean `odradek start`?'],
    [['frobnicate'], '`odradek` has no command `frobnicate`.'],
    [['--ephemeral'], '`odradek` has no flag `--ephemeral`.'],
    [['start', '--ephemerl'], '`odradek start` has no flag `--ephemerl`. Did you mean `--ephemeral`?'],
    [['start', '--frobnicate=1'], '`odradek start` has no flag `--frobnicate`.'],
    [['start', '--config'], '`--config` needs a value: `--config FILE`.'],
    [['start', '--ephemeral=yes'], '`--ephemeral` takes no value.'],
    [['start', '--config', 'a', '--config', 'b'], '`--config` is given twice.'],
    [['start', 'server.properties'], '`odradek start` takes no argument `server.properties`.'],
    [['start', '--profile', 'prod'], '`--profile` is `dev` or `kafka`, not `prod`.'],
    [['start', '--set', 'num.partitions'], '`--set` takes NAME=VALUE, and `num.partitions` has no `=`.'],
  ])('%j is refused in one sentence with exit code 2', async (args, sentence) => {
    expect(await run(...args)).toEqual({ code: 2, out: '', err: `${sentence} See \`odradek --help\`.\n` })
  })

  test.each([
    [['process.roles=broker', 'node.id=2'], 'process.roles=broker asks for one part of a cluster'],
    [['listeners=SSL://localhost:9093'], 'Listener SSL asks for SSL, and only PLAINTEXT is served.'],
    [['authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer'], 'asks for ACLs, which are not served yet'],
  ])('config refuses what start refuses: %j', async (settings, why) => {
    const { code, out, err } = await run('config', ...settings.flatMap((setting) => ['--set', setting]))
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(why)
  })

  test('says what to do where --config is a directory', async () => {
    const { code, err } = await run('config', '--config', import.meta.dirname)
    expect(code).toBe(1)
    expect(err).toContain('failed: it is a directory. Name the file in it, such as server.properties or broker.yaml.')
  })
})
