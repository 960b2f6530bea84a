import { expect, test } from 'vitest'
import { commands } from '../../../src/cli/commands.ts'

/** `produce` tells nothing, a plan is JSON, and the others are no answers. */
const WITHOUT_JSON: readonly string[] = ['start', 'produce', 'reassign plan', 'completion']

test('every command that tells something tells it as JSON, too', async () => {
  const loaded = await Promise.all(commands.map(({ load }) => load()))
  const all = loaded.flatMap((command) => ('commands' in command ? command.commands : [command]))
  expect(all.filter(({ flags }) => !('json' in flags)).map(({ name }) => name)).toEqual(WITHOUT_JSON)
})
