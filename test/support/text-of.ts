import type { Exposition } from '../../src/telemetry/metrics.ts'

/** All pieces together. */
export async function textOf({ text }: Exposition): Promise<string> {
  let all = ''
  for await (const piece of text) all += piece
  return all
}
