import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cachedDirectory } from '../support/cache.ts'
import { type ContainerEngine, findEngine, type ImageConfig } from './container-engine.ts'
import { REPOSITORY, readRepository } from './image-files.ts'

/** What an engine made of the Dockerfile. */
export interface BuiltImage {
  /** The directory with its files. It is shared: nobody writes to it. */
  readonly root: string
  readonly config: ImageConfig
}

/** From where services are started: the built image where an engine is there, else the files of the working tree. */
export interface ServiceSource {
  /** For the name of a test. */
  readonly name: string
  readonly isImage: boolean
  /** Built at the first call; null for the working tree. */
  image(): Promise<BuiltImage | null>
}

/** How long building may take, for a hook that waits for it. */
export const BUILD_MS = 700_000

/** Says it where there is no engine. */
export async function serviceSource(): Promise<ServiceSource> {
  const engine = await findEngine()
  if (typeof engine !== 'string') return { name: `from the image that ${engine.name} built`, isImage: true, image: () => builtImage(engine) }
  console.warn(`The services are started from the working tree and not from the image: ${engine}.`)
  return { name: `from the working tree (${engine})`, isImage: false, image: async () => null }
}

const DAY_MS = 86_400_000

/** Built once for the same files, and kept among the files of the tests. Errors: what the engine prints. */
async function builtImage(engine: ContainerEngine): Promise<BuiltImage> {
  const key = createHash('sha256')
    .update(contextHash())
    .update(await engine.baseId())
    .digest('hex')
    .slice(0, 16)
  const directory = await cachedDirectory(join('image', key), (target) => fill(engine, target))
  await utimes(directory, new Date(), new Date())
  await forgetOld(dirname(directory))
  return { root: join(directory, 'root'), config: JSON.parse(await readFile(join(directory, 'config.json'), 'utf8')) }
}

async function fill(engine: ContainerEngine, directory: string): Promise<void> {
  const tag = `localhost/odradek-services:${process.pid}`
  const { exit, stderr } = await engine.build(tag, REPOSITORY)
  if (exit !== 0) throw new Error(`the image was not built:\n${stderr}`)
  try {
    await engine.unpack(tag, join(directory, 'root'))
    await writeFile(join(directory, 'config.json'), JSON.stringify(await engine.inspect(tag)))
  } finally {
    await engine.remove(tag)
  }
}

/** Those that no run has used for a day. */
async function forgetOld(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name)
    if ((await stat(path)).mtimeMs < Date.now() - DAY_MS) await rm(path, { recursive: true, force: true })
  }
}

/** Of all that the build is given. */
function contextHash(): string {
  const hash = createHash('sha256')
  const sources = [...readRepository('.dockerignore').matchAll(/^!(.*)$/gm)].map(([, path = '']) => path)
  for (const path of ['.dockerignore', 'docker/Dockerfile', ...sources.flatMap(filesOf)].toSorted()) {
    const file = join(REPOSITORY, path)
    hash.update(`${path}\0${statSync(file).mode}\0`).update(readFileSync(file))
  }
  return hash.digest('hex')
}

function filesOf(path: string): readonly string[] {
  if (!statSync(join(REPOSITORY, path)).isDirectory()) return [path]
  const entries = readdirSync(join(REPOSITORY, path), { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(REPOSITORY.length + 1))
}
