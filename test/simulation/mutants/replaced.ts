/** For mutants: rules of the program are replaced while a mutant is in force, and nothing in `src/` knows of it. */

/** @returns puts back what was there */
export function replaced<Owner extends object, Name extends keyof Owner>(owner: Owner, name: Name, make: (original: Owner[Name]) => Owner[Name]): () => void {
  const original = owner[name]
  owner[name] = make(original)
  return () => {
    owner[name] = original
  }
}

/** As `replaced`, for a getter: `get` is given what the original would say, when it is asked. */
export function replacedGetter<Owner extends object, Name extends keyof Owner & string>(
  owner: Owner,
  name: Name,
  get: (original: () => Owner[Name], self: Owner) => Owner[Name],
): () => void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor
  Object.defineProperty(owner, name, {
    ...descriptor,
    get(this: Owner) {
      return get(() => descriptor.get?.call(this), this)
    },
  })
  return () => Object.defineProperty(owner, name, descriptor)
}
