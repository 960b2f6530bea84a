import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { areLeftOut } from '../processes/left-out.ts'
import { whyNoNamespaces } from '../processes/network.ts'
import { temporaryDirectory } from '../support/broker-under-test.ts'
import { BUILD_MS, type BuiltImage, serviceSource } from './built-image.ts'
import { type ComposeFile, readComposeFile } from './compose-file.ts'
import { makeServiceNetwork } from './service-network.ts'
import { publishPorts, roundTrip, startServices, WRITTEN } from './started-services.ts'

interface Environment extends ComposeFile {
  readonly inside: string
  readonly outside?: string
  readonly told?: readonly string[]
}

const FOLDER = 'compat/image/environments'
const names = readdirSync(join(import.meta.dirname, 'environments')).filter((name) => name.endsWith('.yaml'))
const cannotRun = areLeftOut(await whyNoNamespaces())
const source = await serviceSource()

let image: BuiltImage | null
let stack: AsyncDisposableStack
beforeAll(async () => {
  image = await source.image()
}, BUILD_MS)
beforeEach(() => {
  stack = new AsyncDisposableStack()
})
afterEach(() => stack.disposeAsync())

describe.skipIf(cannotRun)(`the environment of typical compose files, ${source.name},`, () => {
  test.each(names)('%s starts what they start, and clients reach it from where they are', async (name) => {
    const { services, inside, outside, told = [] } = readComposeFile<Environment>(`${FOLDER}/${name}`)
    const network = stack.use(await makeServiceNetwork([...Object.keys(services), 'client']))
    const { path } = stack.use(await temporaryDirectory())
    const started = await startServices({ network, directory: path, image }, services, stack)
    await Promise.all([...started.values()].map((service) => service.printed('odradek is ready')))

    expect((await roundTrip(network.machine('client'), inside, 'from-inside')).read).toEqual(WRITTEN)
    if (outside !== undefined) {
      await publishPorts(network, services, stack)
      expect((await roundTrip(network.host, outside, 'from-outside')).read).toEqual(WRITTEN)
    }
    const output = [...started.values()].map((service) => service.output()).join('\n')
    expect(passedOver(output)).toEqual(told)
    expect(output).not.toMatch(/"level":"(error|fatal)"/)
    expect(output).toContain('Transitioning from RECOVERY to RUNNING')
  })
})

/** What the one line says that tells of it. */
function passedOver(output: string): string[] {
  const lines = output.split('\n').filter((line) => line.includes('passed over, as there is'))
  return lines.flatMap((line) => /: (KAFKA_[\w, ]*)/.exec(line)?.[1]?.split(', ') ?? [])
}
