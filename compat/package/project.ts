import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type CommandResult, runCommand } from '../support/command.ts'

const REPOSITORY = join(import.meta.dirname, '../..')

/** Packs what `npm run build` made. Resolves with the path of the archive in `directory`. */
export async function pack(directory: string): Promise<string> {
  const { exit, stderr } = await runCommand('npm', ['pack', '--ignore-scripts', '--pack-destination', directory], { cwd: REPOSITORY })
  if (exit !== 0) throw new Error(`npm pack failed:\n${stderr}`)
  const archive = (await readdir(directory)).find((name) => name.endsWith('.tgz'))
  if (archive === undefined) throw new Error('npm pack left no archive')
  return join(directory, archive)
}

/** An empty project of a user, in a temporary directory. */
export class Project implements AsyncDisposable {
  readonly directory: string
  readonly #env: Readonly<Record<string, string>>

  private constructor(directory: string, nodeFolder: string) {
    this.directory = directory
    // Without what npm and vitest told this process, which is another project.
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|VITEST)/i.test(name)))
    this.#env = { ...(inherited as Record<string, string>), PATH: `${nodeFolder}${delimiter}${process.env.PATH}` }
  }

  /** @param nodeFolder holds the `node` of everything that is run */
  static async create(nodeFolder: string): Promise<Project> {
    const directory = await mkdtemp(join(tmpdir(), 'odradek-project-'))
    await writeFile(join(directory, 'package.json'), JSON.stringify({ private: true }))
    return new Project(directory, nodeFolder)
  }

  /** Of everything that is run in the project. */
  get env(): Readonly<Record<string, string>> {
    return this.#env
  }

  path(...parts: readonly string[]): string {
    return join(this.directory, ...parts)
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(this.path(name), text)
  }

  run(program: string, ...args: readonly string[]): Promise<CommandResult> {
    return runCommand(program, args, { cwd: this.directory, env: this.#env, timeoutMs: 120_000 })
  }

  /** `npm install`; resolves with what npm had to say. */
  async install(...packages: readonly string[]): Promise<string> {
    const { exit, stdout, stderr } = await this.run('npm', 'install', '--no-audit', '--no-fund', ...packages)
    if (exit !== 0) throw new Error(`npm install ${packages.join(' ')} failed:\n${stdout}${stderr}`)
    return stdout + stderr
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 })
  }
}
