import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../../../../src/cli/commands.ts'
import { otherKafkaPrograms, workingKafkaPrograms } from '../../../../src/cli/kafka/kafka-programs.ts'
import { runCli } from '../../../../src/cli/run-cli.ts'

const dockerfile = readFileSync(new URL('../../../../docker/Dockerfile', import.meta.url), 'utf8').replaceAll('\\\n', '')

/** The names that the image has for the program, and those of scripts of its own. */
function linkedNames(): readonly string[] {
  const [, names = ''] = /for name in (.*?); do/.exec(dockerfile) ?? []
  return [...names.split(/\s+/).map((name) => `kafka-${name}`), 'kafka-server-start']
}

async function said(...args: readonly string[]): Promise<{ readonly code: number; readonly err: string }> {
  let err = ''
  const code = await runCli(args, {
    out: () => {},
    err: (text) => {
      err += text
    },
  })
  return { code, err }
}

/** `topics list` and the like, as a user would type them. */
async function commandNames(): Promise<ReadonlySet<string>> {
  const loaded = await Promise.all(commands.map(({ load }) => load()))
  return new Set(loaded.flatMap((command) => ('commands' in command ? command.commands.map(({ name }) => name) : [command.name])))
}

test('every name that the image links works, or says what does its work', () => {
  const told = [...workingKafkaPrograms, ...Object.keys(otherKafkaPrograms)]
  expect(linkedNames()).toHaveLength(35)
  expect(told.toSorted()).toEqual([...linkedNames()].toSorted())
})

test.each(Object.keys(otherKafkaPrograms))('%s says it in whole sentences, and fails', async (name) => {
  const { code, err } = await said(`${name}.sh`, '--bootstrap-server', 'localhost:9092')
  expect(code).toBe(1)
  expect(err).toMatch(new RegExp(`^\`${name}\` is not here\\. [A-Z\`].*[^.]\\.\n$`))
})

test.each(Object.entries(otherKafkaPrograms))('what %s tells of is there', async (_name, sentence) => {
  const known = await commandNames()
  for (const [, words = ''] of sentence.matchAll(/`odradek ([^`]+)`/g)) {
    const [first = '', second = ''] = words.split(' ')
    expect([first, `${first} ${second}`].filter((name) => known.has(name))).not.toEqual([])
  }
})

test.each([
  ['kafka-storag', 'kafka-storage'],
  ['kafka-topic', 'kafka-topics'],
  ['kafka-metadata-quorums.sh', 'kafka-metadata-quorum'],
])('%s is likely %s', async (written, meant) => {
  expect(await said(written)).toEqual({ code: 1, err: `There is no \`${written.replace('.sh', '')}\`. Did you mean \`${meant}\`?\n` })
})

test('a name that is like none is told where to look', async () => {
  expect(await said('kafka-frobnicate-everything')).toEqual({
    code: 1,
    err: 'There is no `kafka-frobnicate-everything`. `odradek --help` lists what is here.\n',
  })
})
