import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ownNode } from './node-versions.ts'
import { Project, pack } from './project.ts'

const USE = `
export async function use(): Promise<string> {
  await using node: Node = await startNode({ config: { 'num.partitions': 3 }, logLevel: 'off' })
  const options: StartNodeOptions = { dataDirectory: '/tmp/data' }
  const port: number = node.port
  // @ts-expect-error a directory is a string
  await startNode({ dataDirectory: 1 })
  // @ts-expect-error there is no such member
  node.nothing
  if (new OdradekError('CODE', 'message').code !== 'CODE') throw new Error('never')
  await using cluster: Cluster = await startCluster({ nodes: 3 })
  const second: ClusterNode = cluster.node(2)
  await second.kill()
  cluster.partition([1], [2, 3])
  // @ts-expect-error a part is a list of nodes
  cluster.partition(1)
  return node.bootstrapServers + port + options.dataDirectory + second.state
}
`
const IMPORT = `import { type Cluster, type ClusterNode, type Node, OdradekError, type StartNodeOptions, startCluster, startNode } from 'odradek'\n${USE}`
/** As CommonJS was written before TypeScript let it be written as the other. */
const IMPORT_EQUALS = `import odradek = require('odradek')
export async function use(): Promise<number> {
  const node: odradek.Node = await odradek.startNode()
  await node.stop()
  return node.port
}
`

interface Case {
  readonly what: string
  readonly file: string
  readonly text: string
  readonly module: string
  readonly resolution: string
  /** Versions of TypeScript; 7 has no `node10` any more. */
  readonly compilers: readonly string[]
}

const OLD = '5.9.3'
const NEW = '7.0.2'
const cases: readonly Case[] = [
  { what: 'an ES module, nodenext', file: 'use.mts', text: IMPORT, module: 'nodenext', resolution: 'nodenext', compilers: [OLD, NEW] },
  { what: 'CommonJS, nodenext', file: 'use.cts', text: IMPORT, module: 'nodenext', resolution: 'nodenext', compilers: [OLD, NEW] },
  { what: 'CommonJS with import =, nodenext', file: 'old.cts', text: IMPORT_EQUALS, module: 'nodenext', resolution: 'nodenext', compilers: [OLD, NEW] },
  {
    what: 'CommonJS, node16, which has no require of ES modules',
    file: 'use.cts',
    text: IMPORT,
    module: 'node16',
    resolution: 'node16',
    compilers: [OLD, NEW],
  },
  { what: 'for a bundler', file: 'use.ts', text: IMPORT, module: 'esnext', resolution: 'bundler', compilers: [OLD, NEW] },
  { what: 'commonjs, for a bundler', file: 'use.ts', text: IMPORT, module: 'commonjs', resolution: 'bundler', compilers: [NEW] },
  { what: 'commonjs, node10', file: 'use.ts', text: IMPORT, module: 'commonjs', resolution: 'node10', compilers: [OLD] },
]

const projects = new Map<string, Project>()
let scratch: string

/** One project without the types of Node.js, one with them, for each compiler. */
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'odradek-archive-'))
  const archive = await pack(scratch)
  for (const compiler of [OLD, NEW]) {
    for (const types of [[], ['@types/node@22']]) {
      const project = await Project.create(ownNode)
      projects.set(keyOf(compiler, types.length > 0), project)
      await project.install(archive, `typescript@${compiler}`, ...types)
    }
  }
})

afterAll(async () => {
  for (const project of projects.values()) await project[Symbol.asyncDispose]()
  await rm(scratch, { recursive: true, force: true })
})

function keyOf(compiler: string, hasNodeTypes: boolean): string {
  return `${compiler} ${hasNodeTypes}`
}

const runs = cases.flatMap((one) => one.compilers.flatMap((compiler) => [true, false].map((hasNodeTypes) => ({ ...one, compiler, hasNodeTypes }))))

test.each(runs)('types check: $what, TypeScript $compiler, types of Node.js $hasNodeTypes', async (run) => {
  const project = projects.get(keyOf(run.compiler, run.hasNodeTypes)) as Project
  await project.write(run.file, run.text)
  const compilerOptions = {
    strict: true,
    skipLibCheck: false,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: 'es2022',
    // Without the types of Node.js somebody else has to say what `await using` is.
    ...(run.hasNodeTypes ? { types: ['node'] } : { types: [] }),
    module: run.module,
    moduleResolution: run.resolution,
  }
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: [run.file] }))
  expect(await project.run('npx', 'tsc', '-p', '.')).toMatchObject({ exit: 0, stdout: '' })
})
