import { readFileSync } from 'node:fs'
import { OdradekError } from '../base/errors.ts'
import { type ConfigFile, type LoadedConfig, loadConfig } from '../config/load-config.ts'
import type { StartedAs } from '../config/started-as.ts'
import { mountedConfig } from './config-directory.ts'
import type { Arguments, Flags } from './parse-arguments.ts'
import { UsageError } from './usage-error.ts'

/** The flags by which every command is told about a node's configuration. */
export const configFlags: Flags = {
  config: { value: 'FILE', short: 'c', does: "Kafka's server.properties, or YAML." },
  profile: { value: 'dev|kafka', does: "Where defaults come from: for trying things on this machine, or Kafka's own." },
  set: { value: 'NAME=VALUE', multiple: true, does: 'Set one value; stands over file and KAFKA_* variables.' },
  'strict-config': { does: 'Refuse names that nobody knows, wherever they stand.' },
}

export interface ConfigFlagsOptions {
  /** More values, which stand over all others. */
  readonly assignments?: readonly string[]
  /** Of `--topic`. */
  readonly topics?: readonly string[]
  /** What else the command line says of the node. */
  readonly startedAs?: Partial<StartedAs>
}

/** Errors: `UsageError` for the flags themselves, `OdradekError` that says where, what and what is allowed for the values. */
export function loadConfigFromFlags(args: Arguments, { assignments = [], topics = [], startedAs = {} }: ConfigFlagsOptions = {}): LoadedConfig {
  const profile = args.value('profile')
  if (profile !== undefined && profile !== 'dev' && profile !== 'kafka') throw new UsageError(`\`--profile\` is \`dev\` or \`kafka\`, not \`${profile}\`.`)
  for (const assignment of args.list('set')) {
    if (assignment.indexOf('=') < 1) throw new UsageError(`\`--set\` takes NAME=VALUE, and \`${assignment}\` has no \`=\`.`)
  }
  const path = args.value('config') ?? mountedConfig()
  return loadConfig({
    ...(profile === undefined ? {} : { profile }),
    files: path === null ? [] : [readConfigFile(path)],
    environment: process.env,
    assignments: [...args.list('set'), ...assignments],
    topics,
    startedAs,
    strict: args.has('strict-config'),
  })
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory. Name the file in it, such as server.properties or broker.yaml',
  EACCES: 'this user may not read it',
}

/** YAML is UTF-8; a properties file is ISO 8859-1, as Java reads it. */
function readConfigFile(path: string): ConfigFile {
  try {
    return { path, text: readFileSync(path, /\.ya?ml$/i.test(path) ? 'utf8' : 'latin1') }
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException
    const why = UNREADABLE[code] ?? message
    throw new OdradekError('CONFIG_FILE', `Reading the configuration ${path} failed: ${why}.`, { cause, fields: { path } })
  }
}
