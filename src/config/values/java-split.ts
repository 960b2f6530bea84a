/** Java's `String.split`: what is empty at the end is dropped, but a text without the separator stays whole. */
export function splitAsJava(text: string, separator: string): string[] {
  const parts = text.split(separator)
  if (parts.length === 1) return parts
  while (parts.length > 0 && parts[parts.length - 1] === '') parts.pop()
  return parts
}
