import type { NodeConfig } from '../config/node-config.ts'
import type { Command } from './command.ts'
import { configFlags, loadConfigFromFlags } from './config-flags.ts'

/** One line for each setting: `name=value`, then where the value was written. */
export const configCommand: Command = {
  name: 'config',
  summary: 'Print the settings in force and where each comes from.',
  flags: { ...configFlags, given: { does: 'Leave out settings that have their default.' } },
  async run(args, output) {
    const { config, profile, warnings } = loadConfigFromFlags(args)
    output.out(`# profile ${profile}\n`)
    for (const name of config.names()) if (!args.has('given') || config.isGiven(name)) output.out(lineOf(config, name))
    for (const warning of warnings) output.err(`warning: ${warning}\n`)
    return 0
  },
}

function lineOf(config: NodeConfig, name: string): string {
  const { text, origin } = config.inForce(name)
  return `${name}=${text ?? ''}  # ${origin}\n`
}
