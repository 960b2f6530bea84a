import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CommandResult, runCommand } from '../support/command.ts'

const TIMEOUT_MS = 30_000

export interface InsideOptions {
  /** All that the program has. */
  readonly env: Readonly<Record<string, string>>
  /** `UID:GID` */
  readonly user: string
}

/** Runs a program where the process `pid` is, as `docker exec` does: with its files, its network and its name. */
export function runInside(pid: number, { env, user }: InsideOptions, command: readonly string[]): Promise<CommandResult> {
  const [uid = '', gid = ''] = user.split(':')
  const where = [`--target=${pid}`, '--mount', '--net', '--uts', '--root', '--wd', `--setuid=${uid}`, `--setgid=${gid}`]
  return runCommand('nsenter', [...where, ...command], { env: { ...env }, timeoutMs: TIMEOUT_MS })
}

/** Of the number that an image names, as `UID:GID`: with the group that its files give that user. */
export function userOf(root: string, user: string): string {
  if (user.includes(':')) return user
  const users = readFileSync(join(root, 'etc/passwd'), 'utf8').split('\n')
  const [, , , gid = '0'] = users.map((line) => line.split(':')).find(([, , uid]) => uid === user) ?? []
  return `${user}:${gid}`
}

/** Of `NAME=value`, later ones over earlier ones. */
export function variables(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
}
