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
    [
      ['start', 'server.properties'],
      '`server.properties` is no NODE-ID, which is a whole number from 0: a file with settings is given as `--config server.properties`.',
    ],
    [['groups', 'reset', 'g', '--to', 'earliest', '--topic', 'a:b:c'], '`--topic` is TOPIC or TOPIC:0,1, not `a:b:c`.'],
    [['groups', 'delete-offsets', 'g', '--topic', 'a:x'], '`--topic` is TOPIC or TOPIC:0,1, not `a:x`.'],
    [['start', 'one'], '`one` is no NODE-ID, which is a whole number from 0: such as 1 in `odradek start 1 9092`.'],
    [['start', '1', '99999'], '`99999` is no PORT, which is a number from 1 to 65535.'],
    [['start', '1', '9092', '9093'], '`odradek start` takes one NODE-ID and PORT, and is given `1`, `9092` and `9093`.'],
    [['start', '1', '9092', '--port', '9093'], '`--port 9093` and `9092` both say where clients connect: leave one out.'],
    [['start', '50000'], 'Node 50000 needs a PORT: `odradek start 50000 9092`.'],
    [['start', '--nodes', '0'], '`--nodes` is a number of nodes from 1 to 9, not `0`.'],
    [['start', '--nodes', 'three'], '`--nodes` is a number of nodes from 1 to 9, not `three`.'],
    [['start', '2', '--nodes', '3'], '`--nodes` starts the nodes 1, 2 and so on by itself: leave out `2`, or `--nodes`.'],
    [['start', '--nodes', '3', '--join', 'localhost'], '`--nodes` starts a cluster of its own, and `--join` joins another: say one of them.'],
    [['start', '2', '9093', '--join', ':1'], '`:1` is no HOST:PORT, such as `localhost:9092`.'],
    [
      ['start', '2', '9093', '--join', 'localhost:9093'],
      '`--join` names another node, and `localhost:9093` is this node itself: the first node is started without `--join`.',
    ],
    [['start', '--nodes', '3', '--replace-voter'], '`--replace-voter` is about one voter of `controller.quorum.voters`, and `--nodes` has none: leave it out.'],
    [
      ['start', '--replace-voter', '--ephemeral'],
      '`--replace-voter` is about a voter of `controller.quorum.voters`, and these settings name none: a node of another quorum that lost its directory joins again with `--join`.',
    ],
    [['doctor'], '`odradek doctor` needs a HOST:PORT.'],
    [['start', '--profile', 'prod'], '`--profile` is `dev` or `kafka`, not `prod`.'],
    [['start', '--set', 'num.partitions'], '`--set` takes NAME=VALUE, and `num.partitions` has no `=`.'],
  ])('%j is refused in one sentence with exit code 2', async (args, sentence) => {
    const command = ['start', 'doctor', 'groups'].includes(args[0] ?? '') ? `odradek ${args[0]}` : 'odradek'
    expect(await run(...args)).toEqual({ code: 2, out: '', err: `${sentence} See \`${command} --help\`.\n` })
  })

  test.each([
    [['listeners=SSL://localhost:9093'], 'Listener SSL asks for SSL, and only PLAINTEXT is served.'],
    [['authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer'], 'asks for ACLs, which are not served yet'],
  ])('config refuses what start refuses: %j', async (settings, why) => {
    const { code, out, err } = await run('config', ...settings.flatMap((setting) => ['--set', setting]))
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(why)
  })

  test.each([
    [['log', 'absent.log'], 'Reading absent.log failed: there is no such file.\n'],
    [['log', 'absent'], 'Reading absent failed: there is no such file.\n'],
    [['log', import.meta.dirname], `${import.meta.dirname} is a directory: name files in it, such as ${import.meta.dirname}/*.log\n`],
    [['log', import.meta.filename], `${import.meta.filename} is none of .log, .checkpoint, .index, .timeindex, .txnindex and .snapshot\n`],
    [['reassign', 'execute', 'absent.json'], 'Reading absent.json failed: there is no such file.\n'],
    [['metadata', 'import', import.meta.dirname], `Reading ${import.meta.dirname} failed: it is a directory. Name a file in it.\n`],
    [['topics', 'delete-records', '--file', 'absent.json'], 'Reading absent.json failed: there is no such file.\n'],
  ])('%j says what is wrong with the file', async (args, err) => {
    expect(await run(...args)).toMatchObject({ code: 1, err })
  })

  test('says what to do where --config is a directory', async () => {
    const { code, err } = await run('config', '--config', import.meta.dirname)
    expect(code).toBe(1)
    expect(err).toContain('failed: it is a directory. Name the file in it, such as server.properties or broker.yaml.')
  })
})
