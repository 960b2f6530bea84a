import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCommand } from '../support/command.ts'
import { goProgram } from '../support/go.ts'
import { pythonPackages } from '../support/python.ts'
import { REPOSITORY } from './image-files.ts'

const OBJECTS = ['k8s/statefulset.yaml', 'k8s/service.yaml']
const COMPOSE_FILES = ['docker/docker-compose.yml', 'docker/docker-compose.dev.yml']
const INSTALL_MS = 600_000

test.each(['1.27', '1.37'])(
  'the objects for Kubernetes are those of its published schemas, version %s, and have no field beside',
  async (version) => {
    const modules = await pythonPackages(join(import.meta.dirname, 'kubernetes-validate.txt'))
    const args = ['-m', 'kubernetes_validate', '--kubernetes-version', version, '--strict', ...OBJECTS]
    const { exit, stdout, stderr } = await runCommand('python3', args, { cwd: REPOSITORY, env: { PYTHONPATH: modules } })
    expect({ exit, stderr }).toMatchObject({ exit: 0 })
    for (const name of ['poddisruptionbudget/message-queue', 'statefulset/message-queue', 'service/message-queue', 'service/message-queue-headless']) {
      expect(`${stdout}${stderr}`).toContain(`passed for resource ${name} against version ${version}`)
    }
  },
  INSTALL_MS,
)

test(
  'the compose files are what the loader of Docker Compose takes',
  async () => {
    const program = await goProgram(join(import.meta.dirname, 'compose'), 'compose-check')
    const { exit, stdout, stderr } = await runCommand(program, COMPOSE_FILES, { cwd: REPOSITORY })
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).toContain('docker/docker-compose.yml: broker-1 broker-2 broker-3 broker-4 grafana prometheus\n')
    expect(await runCommand(program, ['k8s/service.yaml'], { cwd: REPOSITORY })).toMatchObject({ exit: 1 })
  },
  INSTALL_MS,
)
