/**
 * @param document Markdown, with two comments on lines of their own: `<!-- NAME: … -->` and `<!-- end of NAME -->`
 * @returns it with other text between the two. Errors: where they are not there once each, in this order
 */
export function withMarkedPart(document: string, name: string, content: string): string {
  const begin = new RegExp(`^<!-- ${name}: .*-->$`, 'gm')
  const end = new RegExp(`^<!-- end of ${name} -->$`, 'gm')
  const [first, ...moreFirst] = document.matchAll(begin)
  const [last, ...moreLast] = document.matchAll(end)
  const isMarked = first !== undefined && last !== undefined && moreFirst.length === 0 && moreLast.length === 0 && first.index < last.index
  if (!isMarked) throw new Error(`the document needs one line <!-- ${name}: … --> and behind it one <!-- end of ${name} -->`)
  return `${document.slice(0, first.index + first[0].length)}\n${content.trim()}\n${document.slice(last.index)}`
}
