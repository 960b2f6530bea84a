import type { Command, CommandEntry, CommandGroup } from './command.ts'
import { kafkaPrograms, workingKafkaPrograms } from './kafka/kafka-programs.ts'
import { UsageError } from './usage-error.ts'

/** The words that may come next, by what stands before them: `` for the first, `topics` and `topics list` for the rest. */
type Words = ReadonlyMap<string, readonly string[]>

const completion = {
  name: 'completion',
  summary: 'Print what completes command lines in a shell.',
  arguments: [{ name: 'SHELL', does: 'bash, zsh or fish.' }],
  flags: {},
  examples: [
    'source <(odradek completion bash)',
    'odradek completion zsh > ~/.zfunc/_odradek',
    'odradek completion fish > ~/.config/fish/completions/odradek.fish',
  ],
} as const

/** Completes the lines of these commands and of Kafka's programs. */
export function completionFor(commands: readonly CommandEntry[]): Command {
  return {
    ...completion,
    async run(args, output) {
      const [shell = ''] = args.positional
      const script = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined
      if (script === undefined) throw new UsageError(`\`${shell}\` is no SHELL: bash, zsh or fish.`)
      output.out(script(await knownWords(commands)))
      return 0
    },
  }
}

const SHELLS: Readonly<Record<string, (words: Words) => string>> = { bash, zsh, fish }

async function knownWords(commands: readonly CommandEntry[]): Promise<Words> {
  const words = new Map<string, readonly string[]>([['', [...commands.map(({ name }) => name), ...workingKafkaPrograms]]])
  for (const entry of commands) addCommand(words, await entry.load())
  for (const [name, entry] of Object.entries(kafkaPrograms)) words.set(name, [...Object.keys((await entry.load()).options), 'help', 'version'].map(flag))
  words.set('completion', Object.keys(SHELLS))
  return words
}

function addCommand(words: Map<string, readonly string[]>, command: Command | CommandGroup): void {
  if (!('commands' in command)) {
    words.set(command.name, [...Object.keys(command.flags), 'help'].map(flag))
    return
  }
  words.set(
    command.name,
    command.commands.map(({ name }) => name.slice(command.name.length + 1)),
  )
  for (const one of command.commands) addCommand(words, one)
}

function flag(name: string): string {
  return `--${name}`
}

function bash(words: Words): string {
  const cases = [...words].map(([before, next]) => `    '${before}') words='${next.join(' ')}' ;;`)
  return `_odradek() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before='' words='' index
  for ((index = 1; index < COMP_CWORD && index < 3; index++)); do
    [[ \${COMP_WORDS[index]} == -* ]] && break
    before="\${before:+$before }\${COMP_WORDS[index]}"
  done
  while :; do
    case "$before" in
${cases.join('\n')}
    esac
    [[ -n $words || $before != *' '* ]] && break
    before="\${before% *}"
  done
  if [[ -n $words ]]; then COMPREPLY=($(compgen -W "$words" -- "$current")); else COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -F _odradek odradek
`
}

function zsh(words: Words): string {
  const cases = [...words].map(([before, next]) => `    '${before}') next=(${next.join(' ')}) ;;`)
  return `#compdef odradek
_odradek() {
  local before='' index
  local -a next
  for ((index = 2; index < CURRENT && index < 4; index++)); do
    [[ \${words[index]} == -* ]] && break
    before="\${before:+$before }\${words[index]}"
  done
  while true; do
    case "$before" in
${cases.join('\n')}
    esac
    [[ \${#next} -gt 0 || $before != *' '* ]] && break
    before="\${before% *}"
  done
  if [[ \${#next} -gt 0 ]]; then compadd -- $next; else _files; fi
}
if [[ \${funcstack[1]} == _odradek ]]; then _odradek "$@"; else compdef _odradek odradek; fi
`
}

function fish(words: Words): string {
  return [...words].flatMap(([before, next]) => next.map((word) => fishLine(before, word))).join('')
}

function fishLine(before: string, word: string): string {
  const [command, action] = before.split(' ')
  const seen =
    action === undefined ? `__fish_seen_subcommand_from ${command}` : `__fish_seen_subcommand_from ${command}; and __fish_seen_subcommand_from ${action}`
  const condition = before === '' ? '__fish_use_subcommand' : seen
  return word.startsWith('--') ? `complete -c odradek -n '${condition}' -l ${word.slice(2)}\n` : `complete -c odradek -f -n '${condition}' -a ${word}\n`
}
