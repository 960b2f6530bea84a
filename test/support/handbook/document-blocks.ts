/**
 * A fenced block of a document, and what the mark on the line before it says:
 *
 * | mark | the block is |
 * | --- | --- |
 * | none | run, as somebody would type it: `sh` and `bash` only (compat/handbook) |
 * | `<!-- before each section -->` | run at the beginning of every section that has blocks which run |
 * | `<!-- checked -->` | validated by its language: it parses, and names what exists |
 * | `<!-- manual: reason -->` | for a reader alone, such as what takes root; shells still have to parse it |
 */
export interface Block {
  /** The first word behind the fence, '' where there is none. */
  readonly language: string
  readonly mark: Mark
  readonly text: string
  /** Of the fence, from 1. */
  readonly line: number
  /** The `## ` heading that it stands below, '' before the first. */
  readonly section: string
}

export type Mark =
  | { readonly kind: 'run'; readonly isBeforeEach: boolean }
  | { readonly kind: 'checked' }
  | { readonly kind: 'manual'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly comment: string }

const BEFORE_EACH = 'before each section'

export const SHELLS: readonly string[] = ['sh', 'bash']

interface OpenBlock extends Omit<Block, 'text'> {
  readonly fence: string
  readonly lines: string[]
}

/** Blocks in the order of the document. Throws where the last one has no end. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  const lines = markdown.split('\n')
  let section = ''
  let open: OpenBlock | null = null
  for (const [index, line] of lines.entries()) {
    if (open !== null) {
      if (line.trimEnd() === open.fence) {
        const { fence: _, lines: text, ...block } = open as OpenBlock
        blocks.push({ ...block, text: `${text.join('\n')}\n` })
        open = null
      } else open.lines.push(line)
      continue
    }
    const [, fence = '', language = ''] = /^(`{3,}|~{3,})\s*(\S*)/.exec(line) ?? []
    if (fence !== '') open = { fence, language, mark: markOf(lines[index - 1] ?? ''), line: index + 1, section, lines: [] }
    else section = /^## (.+)$/.exec(line)?.[1]?.trim() ?? section
  }
  if (open !== null) throw new Error(`the block that begins in line ${open.line} does not end`)
  return blocks
}

/** @param before the line before the fence */
function markOf(before: string): Mark {
  const comment = /^<!--(.*)-->$/.exec(before.trim())?.[1]?.trim()
  if (comment === undefined || comment === BEFORE_EACH) return { kind: 'run', isBeforeEach: comment !== undefined }
  if (comment === 'checked') return { kind: 'checked' }
  const reason = /^manual:\s*(\S.*)$/.exec(comment)?.[1]
  return reason === undefined ? { kind: 'unknown', comment } : { kind: 'manual', reason }
}

/** Blocks that are typed one after another into one shell. */
export interface Session {
  /** Its section. */
  readonly name: string
  readonly blocks: readonly Block[]
}

/** A session for each section that has blocks which run; those before each section stand at its head. */
export function sessionsOf(blocks: readonly Block[]): readonly Session[] {
  const running = blocks.filter(({ mark, language }) => mark.kind === 'run' && SHELLS.includes(language))
  const isBeforeEach = ({ mark }: Block) => mark.kind === 'run' && mark.isBeforeEach
  const first = running.filter(isBeforeEach)
  const own = running.filter((block) => !isBeforeEach(block))
  const sections = new Set(own.map(({ section }) => section))
  return [...sections].map((name) => ({ name, blocks: [...first, ...own.filter(({ section }) => section === name)] }))
}
