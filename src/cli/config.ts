import { printConfig, settingFacts } from '../config/print-config.ts'
import { refuseUnserved } from '../node/settings/unserved-settings.ts'
import { jsonFlag } from './admin/cluster-flags.ts'
import { printText } from './admin/print.ts'
import type { Command } from './command.ts'
import { configFlags, loadConfigFromFlags } from './config-flags.ts'

/** One line for each setting: `name=value`, then where the value was written. */
export const configCommand: Command = {
  name: 'config',
  summary: 'Print the settings in force and where each comes from.',
  flags: { ...configFlags, ...jsonFlag, given: { does: 'Leave out settings that have their default.' } },
  async run(args, output) {
    const { config, identity, profile, warnings, notices } = loadConfigFromFlags(args)
    refuseUnserved(config, identity)
    const names = args.has('given') ? config.names().filter((name) => config.isGiven(name)) : config.names()
    printText(args, output, () => `# profile ${profile}\n${printConfig(config, names)}`, { profile, settings: settingFacts(config, names) })
    for (const notice of notices) output.err(`${notice}\n`)
    for (const warning of warnings) output.err(`warning: ${warning}\n`)
    return 0
  },
}
