import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { runCli } from '../../src/cli/run-cli.ts'
import { startNode } from '../../src/index.ts'

/** What commands tell: with `--json` one document on standard output; on a terminal how far they are. */
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'odradek-json-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

async function run(...args: readonly string[]) {
  const texts = { out: '', err: '' }
  const code = await runCli(args, {
    out: (text) => {
      texts.out += text
    },
    err: (text) => {
      texts.err += text
    },
  })
  return { code, ...texts }
}

async function told(...args: readonly string[]) {
  const { code, out, err } = await run(...args, '--json')
  return { code, err, facts: JSON.parse(out) }
}

const UUID = expect.stringMatching(/^\S{22}$/)
const COUNT = expect.any(Number)

describe('with --json', () => {
  test('format, backup and restore tell of whose data they are and how much', async () => {
    const data = join(directory, 'node')
    const archive = join(directory, 'node.tar.gz')
    const settings = ['--set', `log.dirs=${data}`, '--set', `metadata.log.dir=${data}`]
    const { facts: formatted, ...rest } = await told('format', ...settings)
    expect([rest, formatted]).toEqual([
      { code: 0, err: '' },
      { nodeId: 1, clusterId: UUID, formatted: [data] },
    ])
    const { clusterId } = formatted
    expect(await told('format', ...settings, '--ignore-formatted')).toMatchObject({ code: 0, facts: { clusterId, formatted: [] } })
    const node = await startNode({ dataDirectory: data, logLevel: 'error' })
    await node.stop()
    const { facts: made } = await told('backup', archive, '--data', data)
    expect(made).toEqual({ file: archive, nodeId: 1, clusterId, partitions: COUNT, files: COUNT, bytes: COUNT, archiveBytes: COUNT })
    const directories = [{ path: data, directoryId: UUID, holdsMetadata: true }]
    const held = { file: archive, nodeId: 1, clusterId, startedAt: expect.stringMatching(/^\d{4}-.*Z$/), files: made.files, bytes: COUNT, directories }
    expect(await told('restore', archive, '--check')).toEqual({ code: 0, err: '', facts: { ...held, isRestored: false } })
    const target = join(directory, 'target')
    expect(await told('restore', archive, '--data', target)).toEqual({ code: 0, err: '', facts: { ...held, isRestored: true } })
    expect(await run('restore', archive, '--data', target, '--json')).toMatchObject({ code: 1, out: '', err: expect.stringContaining('--replace') })
  })

  test('doctor tells of each broker whether it is reached, and what to do', async () => {
    await using node = await startNode({ config: { 'advertised.listeners': 'PLAINTEXT://nowhere.invalid:9092' }, logLevel: 'error' })
    const { code, facts } = await told('doctor', `127.0.0.1:${node.port}`)
    expect([code, facts]).toEqual([
      1,
      {
        asked: { host: '127.0.0.1', port: node.port },
        isHealthy: false,
        answer: { remoteHost: '127.0.0.1', apiCount: COUNT, metadataVersion: COUNT, clusterId: node.clusterId },
        error: null,
        advice: null,
        brokers: [
          {
            ...{ nodeId: 1, host: 'nowhere.invalid', port: 9092, isReached: false, remoteHost: null, clusterId: null },
            error: { code: 'NETWORK_NOT_FOUND', message: expect.stringContaining('nowhere.invalid') },
            advice: expect.stringContaining('Set advertised.listeners of broker 1'),
          },
        ],
      },
    ])
  })

  test('config tells of each setting where it comes from', async () => {
    const { code, facts } = await told('config', '--given', '--set', 'num.partitions=3', '--set', 'ssl.key.password=hunter2')
    expect([code, facts]).toEqual([
      0,
      {
        profile: 'dev',
        settings: expect.arrayContaining([
          { name: 'num.partitions', value: '3', isSecret: false, origin: '--set', noEffect: null },
          { name: 'ssl.key.password', value: null, isSecret: true, origin: '--set', noEffect: expect.stringContaining('TLS') },
        ]),
      },
    ])
    expect((await told('config')).facts.settings.length).toBeGreaterThan(300)
  })
})

describe('on a terminal', () => {
  const CLEAR_LINE = '\r\x1b[K'

  /** What came onto the screen, in order: standard output and error, and what is drawn. */
  async function screenOf(...args: readonly string[]): Promise<readonly string[]> {
    const shown: string[] = []
    const { isTTY } = process.stderr
    const draw = vi.spyOn(process.stderr, 'write').mockImplementation((text) => shown.push(String(text)) > 0)
    process.stderr.isTTY = true
    try {
      const keep = (text: string | Uint8Array) => void shown.push(String(text))
      expect(await runCli(args, { out: keep, err: keep }), shown.join('')).toBe(0)
    } finally {
      process.stderr.isTTY = isTTY
      draw.mockRestore()
    }
    return shown
  }

  test('long work shows how far it is, and the line is gone before anything is said', async () => {
    const data = join(directory, 'drawn')
    const [archive, target, file] = ['drawn.tar.gz', 'drawn-target', 'drawn.json'].map((name) => join(directory, name)) as [string, string, string]
    await using node = await startNode({ dataDirectory: data, topics: ['orders:3'], logLevel: 'error' })
    const at = ['--bootstrap-server', `127.0.0.1:${node.port}`]
    const works = [
      ['backup', ['backup', archive, '--data', data]],
      ['check', ['restore', archive, '--check']],
      ['restore', ['restore', archive, '--data', target]],
      ['export', ['metadata', 'export', file, ...at]],
      ['check', ['metadata', 'import', file, '--dry-run', ...at]],
      ['import', ['metadata', 'import', file, ...at]],
    ] as const
    for (const [label, args] of works) {
      const shown = await screenOf(...args)
      expect(shown.join('')).toContain(`${CLEAR_LINE}${label} [`)
      const lastDrawn = shown.findLastIndex((text) => text.startsWith(CLEAR_LINE))
      expect(shown[lastDrawn], args.join(' ')).toBe(CLEAR_LINE)
      expect(shown.slice(0, lastDrawn).every((text) => text.startsWith(CLEAR_LINE))).toBe(true)
      expect(shown.slice(lastDrawn + 1).join('')).toMatch(/\n$/)
    }
  })
})
