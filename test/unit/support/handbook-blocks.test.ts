import { describe, expect, it } from 'vitest'
import { findingsOf } from '../../support/handbook/check-block.ts'
import { blocksOf, sessionsOf } from '../../support/handbook/document-blocks.ts'

/** The findings of a document with one block. */
function findings(language: string, text: string, mark = '<!-- checked -->'): readonly string[] {
  return blocksOf(`${mark}\n\`\`\`${language}\n${text}\n\`\`\`\n`).flatMap(findingsOf)
}

describe('blocks of a document', () => {
  it('have their mark, language, line and section', () => {
    const text = [
      '# Book',
      '## One',
      '```sh',
      'echo 1',
      '```',
      '',
      '<!-- manual: takes root -->',
      '```bash',
      '# no heading',
      '## nor this',
      '```',
      '## Two',
      '<!-- checked -->',
      '```json',
      '{}',
      '```',
      '',
    ].join('\n')
    expect(blocksOf(text)).toEqual([
      { language: 'sh', mark: { kind: 'run', isBeforeEach: false }, text: 'echo 1\n', line: 3, section: 'One' },
      { language: 'bash', mark: { kind: 'manual', reason: 'takes root' }, text: '# no heading\n## nor this\n', line: 8, section: 'One' },
      { language: 'json', mark: { kind: 'checked' }, text: '{}\n', line: 14, section: 'Two' },
    ])
    expect(sessionsOf(blocksOf(text)).map(({ name, blocks }) => [name, blocks.length])).toEqual([['One', 1]])
  })

  it('that stand before each section run at the head of all that run something', () => {
    const blocks = blocksOf('## A\n<!-- before each section -->\n```sh\nfirst\n```\n## B\n```sh\nb\n```\n## C\nwords\n## D\n```sh\nd\n```\n')
    const played = sessionsOf(blocks).map(({ name, blocks: running }) => [name, running.map(({ text }) => text.trim())])
    expect(played).toEqual([
      ['B', ['first', 'b']],
      ['D', ['first', 'd']],
    ])
  })

  it('that do not end are refused', () => {
    expect(() => blocksOf('```sh\necho 1\n')).toThrow('line 1 does not end')
  })
})

describe('a block is found wrong', () => {
  it.each([
    ['that does not run and has no mark', 'yaml', 'a: 1', ''],
    ['whose mark nobody knows', 'sh', 'true', '<!-- skip -->'],
    ['that is manual without a reason', 'sh', 'true', '<!-- manual: -->'],
    ['of a shell that does not parse, though it is manual', 'bash', 'for x in 1; do', '<!-- manual: takes root -->'],
    ['of a shell that does not parse', 'sh', 'echo "', ''],
    ['of a language that nothing checks', 'text', 'x', '<!-- checked -->'],
  ])('%s', (_case, language, text, mark) => {
    expect(findings(language, text, mark)).toHaveLength(1)
  })

  it.each([
    ['yaml', 'a: [1'],
    ['json', '{"a": }'],
    ['properties', 'num.partition=3'],
    ['properties', 'just words'],
    ['js', 'const = 1'],
    ['ts', 'const a: = 1'],
    ['python', 'def f(:'],
  ])('of %s: %s', (language, text) => {
    expect(findings(language, text)).not.toEqual([])
  })
})

describe('a block is right', () => {
  it.each([
    ['yaml', 'num_partitions: 3'],
    ['json', '{"a": 1}'],
    ['properties', '# one of ours, of topics, of Java clients, of librdkafka\nnum.partitions=3\nretention.ms=1\nlinger.ms=5\nqueue.buffering.max.ms=5'],
    ['js', "import { Kafka } from 'kafkajs'\nawait new Kafka({ brokers: [] }).producer().connect()"],
    ['ts', 'const a: number = 1'],
    ['python', 'def f(): pass'],
    ['bash', 'for x in 1; do echo $x; done'],
  ])('of %s: %s', (language, text) => {
    expect(findings(language, text)).toEqual([])
  })
})
