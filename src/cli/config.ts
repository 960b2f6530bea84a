import { printConfig } from '../config/print-config.ts'
import { refuseUnserved } from '../node/settings/unserved-settings.ts'
import type { Command } from './command.ts'
import { configFlags, loadConfigFromFlags } from './config-flags.ts'

/** One line for each setting: `name=value`, then where the value was written. */
export const configCommand: Command = {
  name: 'config',
  summary: 'Print the settings in force and where each comes from.',
  flags: { ...configFlags, given: { does: 'Leave out settings that have their default.' } },
  async run(args, output) {
    const { config, identity, profile, warnings, notices } = loadConfigFromFlags(args)
    refuseUnserved(config, identity)
    const names = config.names()
    output.out(`# profile ${profile}\n`)
    output.out(printConfig(config, args.has('given') ? names.filter((name) => config.isGiven(name)) : names))
    for (const notice of notices) output.err(`${notice}\n`)
    for (const warning of warnings) output.err(`warning: ${warning}\n`)
    return 0
  },
}
