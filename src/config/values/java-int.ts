/** Reads a whole number of 32 bits as Java's `Integer.parseInt` does: with a sign and leading zeros. null when it is none. */
export function parseJavaInt(text: string): number | null {
  const value = /^[+-]?[0-9]+$/.test(text) ? Number(text) : Number.NaN
  return value === (value | 0) ? value | 0 : null
}
