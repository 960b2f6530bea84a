import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { runCommand } from '../support/command.ts'
import { publishedPort, readComposeFile } from './compose-file.ts'
import { dockerfile, imageEnvironment, REPOSITORY, readRepository } from './image-files.ts'

const DEVELOPMENT = 'docker/docker-compose.dev.yml'
const CLUSTER = 'docker/docker-compose.yml'
const composeFiles = [DEVELOPMENT, CLUSTER]
const ENTRY_POINT = join(REPOSITORY, 'docker/rootfs/usr/local/bin/entrypoint')
const [, volume = ''] = /^VOLUME (\S+)$/m.exec(dockerfile) ?? []

describe('the image', () => {
  test('listens everywhere and keeps its data in the volume, where nobody says otherwise', () => {
    const { config, profile, warnings } = loadConfig({ environment: imageEnvironment(), strict: true })
    expect([profile, warnings]).toEqual(['dev', []])
    expect(config.get('log.dirs')).toEqual([volume])
    expect(config.get('listeners')).toEqual(['PLAINTEXT://:9092', 'CONTROLLER://localhost:19092'])
    expect([config.get('metrics.host'), config.get('metrics.port')]).toEqual(['', 9404])
  })

  test('what the Dockerfile copies is not ignored', () => {
    const allowed = new Set([...readRepository('.dockerignore').matchAll(/^!(.*)$/gm)].map(([, path]) => path))
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(?:--\S+ )*(.*) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '))
    expect(copied.length).toBeGreaterThan(5)
    expect(copied.filter((path) => !allowed.has(path))).toEqual([])
  })
})

describe('the entry point', () => {
  const run = (env: Readonly<Record<string, string>>, ...args: readonly string[]) => runCommand(ENTRY_POINT, args, { env: { NODE_OPTIONS: '', ...env } })

  test.each([
    ['memory.max', String(2 * 1024 ** 3), '', '--max-old-space-size=1024'],
    ['memory.max', String(512 * 1024 ** 2), '--no-warnings', '--no-warnings --max-old-space-size=256'],
    ['memory.max', String(2 * 1024 ** 3), '--max-old-space-size=700', '--max-old-space-size=700'],
    ['memory.max', 'max', '', ''],
    ['memory/memory.limit_in_bytes', String(1024 ** 3), '', '--max-old-space-size=512'],
    ['memory/memory.limit_in_bytes', '9223372036854771712', '', ''],
  ])('gives half of the memory to the heap: %s of %s with NODE_OPTIONS "%s"', async (file, limit, before, expected) => {
    const directory = mkdtempSync(join(tmpdir(), 'odradek-cgroup-'))
    await runCommand('mkdir', ['-p', join(directory, 'memory')])
    writeFileSync(join(directory, file), `${limit}\n`)
    const { stdout } = await run({ CGROUP: directory, NODE_OPTIONS: before }, 'printenv', 'NODE_OPTIONS')
    rmSync(directory, { recursive: true })
    expect(stdout.trim()).toBe(expected)
  })

  const OWN = '/var/lib/message-queue/data'
  test.each([
    { mounted: [], holding: [], expected: OWN },
    { mounted: ['/var/lib/kafka/data'], holding: [], expected: '/var/lib/kafka/data' },
    { mounted: ['/bitnami'], holding: ['/bitnami/kafka/data'], expected: '/bitnami/kafka/data' },
    { mounted: ['/bitnami/kafka', '/bitnami'], holding: ['/bitnami/kafka/data'], expected: '/bitnami/kafka/data' },
    { mounted: ['/var/lib/kafka/data', '/bitnami'], holding: ['/bitnami/kafka/data'], expected: '/bitnami/kafka/data' },
    { mounted: ['/var/lib/kafka/data'], holding: [OWN], expected: OWN },
    { mounted: [], holding: [OWN, '/var/lib/kafka/data'], expected: OWN },
    { mounted: ['/var/lib/kafka/data'], holding: [OWN, '/var/lib/kafka/data'], expected: null },
  ])('finds data where they are, and does not choose between two nodes: %j', async ({ mounted, holding, expected }) => {
    const root = mkdtempSync(join(tmpdir(), 'odradek-root-'))
    // In place of the system's own, as tests mount nothing.
    writeFileSync(join(root, 'mountpoint'), `#!/bin/sh\ncase " ${mounted.map((path) => root + path).join(' ')} " in *" $2 "*) exit 0;; esac; exit 32\n`, {
      mode: 0o755,
    })
    for (const path of holding) {
      mkdirSync(root + path, { recursive: true })
      writeFileSync(join(root + path, 'meta.properties'), 'version=1\n')
    }
    const { exit, stdout, stderr } = await run({ PATH: `${root}:${process.env.PATH}`, IMAGE_ROOT: root, ODRADEK_DATA: root + OWN }, 'printenv', 'ODRADEK_DATA')
    rmSync(root, { recursive: true })
    expect([exit, stdout.trim().replace(root, '')]).toEqual(expected === null ? [1, ''] : [0, expected])
    expect(stderr.replaceAll(root, '')).toBe(
      expected === null
        ? `There are data of a node in each of /var/lib/kafka/data ${OWN}: say by ODRADEK_DATA which of them this node has.\n`
        : mounted.length === 0
          ? ''
          : `The data are in ${expected}.\n`,
    )
  })

  test('passes CLUSTER_ID on, runs other programs, and takes all else for commands of odradek', async () => {
    const PATH = `${join(REPOSITORY, 'bin')}:${process.env.PATH}`
    expect((await run({ PATH, CLUSTER_ID: 'abc' }, 'printenv', 'KAFKA_CLUSTER_ID')).stdout).toBe('abc\n')
    expect((await run({ PATH }, '--version')).stdout).toMatch(/^odradek /)
    expect((await run({ PATH }, 'frobnicate')).stderr).toContain('`odradek` has no command `frobnicate`')
  })
})

const usable = await firstUsable()
if (usable === null) console.warn('The compose files were not read by Docker Compose: it is not here.')

describe.each(composeFiles)('%s', (path) => {
  const { services, volumes = {} } = readComposeFile(path)
  const brokers = Object.values(services).filter(({ image }) => image?.startsWith('odradek:'))

  test('gives brokers settings that there are, with values that can be', () => {
    expect(brokers.length).toBeGreaterThan(0)
    for (const { environment = {} } of brokers) {
      const { CLUSTER_ID, ...variables } = environment
      const all = { ...imageEnvironment(), ...variables, ...(CLUSTER_ID === undefined ? {} : { KAFKA_CLUSTER_ID: CLUSTER_ID }) }
      const { warnings, notices, clusterId } = loadConfig({ environment: all, strict: true })
      expect({ warnings, notices, clusterId }).toEqual({ warnings: [], notices: [], clusterId: CLUSTER_ID ?? null })
    }
  })

  test('keeps the data of each broker in a volume of its own', () => {
    const kept = brokers.flatMap((service) => service.volumes ?? [])
    expect(new Set(kept).size).toBe(brokers.length)
    for (const text of kept) {
      const [name = '', target] = text.split(':')
      expect(Object.keys(volumes)).toContain(name)
      expect(target).toBe(volume)
    }
  })

  test('opens ports to this machine alone, and each once', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? [])
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
    const numbers = ports.map((port) => publishedPort(port).host)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  test.skipIf(usable === null)('is taken by Docker Compose', async () => {
    const [program = '', ...args] = usable ?? []
    const { exit, stderr, stdout } = await runCommand(program, [...args, '-f', path, 'config'], { cwd: REPOSITORY })
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).toContain('odradek:')
  })
})

test('the cluster is the one that the guide describes', () => {
  const { services } = readComposeFile(CLUSTER)
  const hostPorts = (name: string) => services[name]?.ports?.map((port) => publishedPort(port).host)
  expect(['broker-1', 'broker-2', 'broker-3', 'prometheus', 'grafana'].map(hostPorts)).toEqual([[9092], [9093], [9094], [9090], [3000]])
  expect(services['broker-4']?.profiles).toBeDefined()
  expect(services['broker-1']?.mem_limit).toBe('2g')
})

async function firstUsable(): Promise<readonly string[] | null> {
  for (const [program, ...args] of [['docker', 'compose'], ['docker-compose']] as const) {
    const result = await runCommand(program, [...args, 'version']).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (result?.exit === 0) return [program, ...args]
  }
  return null
}
