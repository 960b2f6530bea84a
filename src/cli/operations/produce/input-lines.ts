import { StringDecoder } from 'node:string_decoder'

/** Lines of a stream of UTF-8, without their ends (`\n`, `\r` or `\r\n`); the last one need not have one. */
export async function* inputLines(input: AsyncIterable<Buffer | string>): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  for await (const chunk of input) {
    const text = rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))
    // A `\r` at the end may be half of an end.
    const complete = text.endsWith('\r') ? text.length - 1 : text.length
    const lines = text.slice(0, complete).split(/\r\n|\r|\n/)
    rest = (lines.pop() ?? '') + text.slice(complete)
    yield* lines
  }
  const last = rest + decoder.end()
  if (last !== '') yield last.replace(/\r$/, '')
}
