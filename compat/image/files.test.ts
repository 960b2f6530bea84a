import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { loadConfig } from '../../src/config/load-config.ts'
import { runCommand } from '../support/command.ts'

const REPOSITORY = join(import.meta.dirname, '../..')
const COMPOSE_FILE = 'docker/docker-compose.dev.yml'
const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8')
const dockerfile = read('docker/Dockerfile').replaceAll('\\\n', '')

interface ComposeFile {
  readonly services: Readonly<
    Record<string, { readonly ports: readonly string[]; readonly environment: Readonly<Record<string, string>>; readonly volumes: readonly string[] }>
  >
}

const compose = parse(read(COMPOSE_FILE)) as ComposeFile
const service = compose.services.odradek as ComposeFile['services'][string]

/** The variables of the image's last stage. */
function imageEnvironment(): Record<string, string> {
  const [, variables = ''] = /^ENV (.*)$/m.exec(dockerfile) ?? []
  return Object.fromEntries(variables.split(/\s+/).map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
}

test('the variables of the image and of the compose file are settings, and take what they are given', () => {
  const environment = { ...imageEnvironment(), ...service.environment }
  const { config, profile, warnings } = loadConfig({ environment, strict: true })
  expect(profile).toBe('dev')
  expect(warnings).toEqual([])
  expect(config.get('log.dirs')).toEqual(['/var/lib/odradek/data'])
  expect(config.get('listeners')[0]).toBe('PLAINTEXT://:9092')
})

test('the data lie in the volume, which the compose file keeps', () => {
  const [, volume = ''] = /^VOLUME (\S+)$/m.exec(dockerfile) ?? []
  expect(imageEnvironment().KAFKA_LOG_DIRS).toMatch(new RegExp(`^${volume}/`))
  expect(service.volumes).toEqual([`data:${volume}`])
})

test('the compose file opens the ports that the image has, to this machine alone', () => {
  const [, exposed = ''] = /^EXPOSE (.*)$/m.exec(dockerfile) ?? []
  expect(service.ports).toEqual(exposed.split(' ').map((port) => `127.0.0.1:${port}:${port}`))
})

test('what the Dockerfile copies is not ignored', () => {
  const allowed = new Set([...read('.dockerignore').matchAll(/^!(.*)$/gm)].map(([, path]) => path))
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(?:--\S+ )*(.*) \S+$/gm)].flatMap(([, sources = '']) => sources.split(' '))
  expect(copied.length).toBeGreaterThan(5)
  expect(copied.filter((path) => !allowed.has(path))).toEqual([])
})

const composePrograms = [['docker', 'compose'], ['docker-compose']] as const
const usable = await firstUsable()
if (usable === null) console.warn('The compose file was not read by Docker Compose: it is not here.')

test.skipIf(usable === null)('Docker Compose takes the compose file', async () => {
  const [program = '', ...args] = usable ?? []
  const { exit, stderr, stdout } = await runCommand(program, [...args, '-f', COMPOSE_FILE, 'config'], { cwd: REPOSITORY })
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  expect(stdout).toContain('odradek:dev')
})

async function firstUsable(): Promise<readonly string[] | null> {
  for (const [program, ...args] of composePrograms) {
    const result = await runCommand(program, [...args, 'version']).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (result?.exit === 0) return [program, ...args]
  }
  return null
}
