/** `items` without those of `less`: each item taken away takes one away, the first. */
export function withoutItems(items: readonly string[], less: readonly string[]): string[] {
  const left = [...items]
  for (const item of less) {
    const index = left.indexOf(item)
    if (index !== -1) left.splice(index, 1)
  }
  return left
}
