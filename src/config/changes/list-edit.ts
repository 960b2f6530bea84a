/** `items` without those of `less`: each item taken away takes one away, the first. */
export function withoutItems(items: readonly string[], less: readonly string[]): string[] {
  const toGo = new Map<string, number>()
  for (const item of less) toGo.set(item, (toGo.get(item) ?? 0) + 1)
  return items.filter((item) => {
    const count = toGo.get(item) ?? 0
    if (count > 0) toGo.set(item, count - 1)
    return count === 0
  })
}
