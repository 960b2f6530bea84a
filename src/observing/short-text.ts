/**
 * The beginning of a text that a stranger chose, up to `maxLength` UTF-16 units. A cut text is a copy: a part of a string
 * would keep the whole of it in memory, as engines share the characters.
 */
export function shortText(text: string, maxLength: number): string {
  return text.length <= maxLength ? text : Buffer.from(text.slice(0, maxLength), 'utf16le').toString('utf16le')
}
