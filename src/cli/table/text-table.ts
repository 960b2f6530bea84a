/**
 * Lines of columns, as wide as their widest value and two spaces apart; numbers stand to the right.
 * @param head the names of the columns
 */
export function textTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => String(row[column] ?? '').length)))
  const line = (cells: readonly (string | number)[]) =>
    cells
      .map((cell, column) => padded(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const isNumeric = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === 'number'))
  const title = head.map((name, column) => (isNumeric[column] === true ? name.padStart(widths[column] ?? 0) : name))
  return [line(title), ...rows.map(line)].map((text) => `${text}\n`).join('')
}

function padded(cell: string | number, width: number): string {
  return typeof cell === 'number' ? String(cell).padStart(width) : cell.padEnd(width)
}
