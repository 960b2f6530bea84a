/**
 * An immutable map: `with` and `without` give a new map that shares all but the changed path with the old one, so that
 * an image of 10,000 topics is changed, kept and given back at the cost of a few small arrays.
 *
 * A hash array mapped trie: 5 bits of the key's hash choose one of up to 32 children at each level; keys whose whole
 * hashes agree share a leaf. Iteration order depends on the keys alone, except among keys of one hash.
 *
 * Source: Bagwell, "Ideal Hash Trees" (2001).
 */
export class PersistentMap<K extends string | number, V extends NonNullable<unknown>> implements Iterable<readonly [K, V]> {
  static readonly #EMPTY = new PersistentMap<never, never>(null, 0)

  readonly size: number
  readonly #root: Node<K, V> | null

  private constructor(root: Node<K, V> | null, size: number) {
    this.#root = root
    this.size = size
  }

  static empty<K extends string | number, V extends NonNullable<unknown>>(): PersistentMap<K, V> {
    return PersistentMap.#EMPTY as unknown as PersistentMap<K, V>
  }

  static from<K extends string | number, V extends NonNullable<unknown>>(entries: Iterable<readonly [K, V]>): PersistentMap<K, V> {
    let map = PersistentMap.empty<K, V>()
    for (const [key, value] of entries) map = map.with(key, value)
    return map
  }

  get(key: K): V | undefined {
    let node = this.#root
    for (let hash = hashOf(key); node !== null && node.kind === 'branch'; hash >>>= DIGIT_BITS) node = childAt(node, hash & DIGIT_MASK)
    if (node === null) return undefined
    const index = node.keys.indexOf(key)
    return index < 0 ? undefined : node.values[index]
  }

  has(key: K): boolean {
    return this.get(key) !== undefined
  }

  with(key: K, value: V): PersistentMap<K, V> {
    const size = this.has(key) ? this.size : this.size + 1
    return new PersistentMap(insert(this.#root, 0, hashOf(key), key, value), size)
  }

  without(key: K): PersistentMap<K, V> {
    if (this.#root === null || !this.has(key)) return this
    return new PersistentMap(remove(this.#root, 0, hashOf(key), key), this.size - 1)
  }

  *keys(): IterableIterator<K> {
    for (const [key] of this) yield key
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this) yield value
  }

  *[Symbol.iterator](): IterableIterator<readonly [K, V]> {
    const open: Node<K, V>[] = this.#root === null ? [] : [this.#root]
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (node.kind === 'branch') {
        for (let index = node.children.length - 1; index >= 0; index--) open.push(node.children[index] as Node<K, V>)
      } else {
        for (let index = 0; index < node.keys.length; index++) yield [node.keys[index] as K, node.values[index] as V]
      }
    }
  }
}

const DIGIT_BITS = 5
const DIGIT_MASK = 31
const HASH_BITS = 32

interface Branch<K, V> {
  readonly kind: 'branch'
  /** Bit i is set when there is a child for the hash digit i; children stand in the order of their digits. */
  readonly present: number
  readonly children: readonly Node<K, V>[]
}

/** The entries of one hash: nearly always one. */
interface Leaf<K, V> {
  readonly kind: 'leaf'
  readonly hash: number
  readonly keys: readonly K[]
  readonly values: readonly V[]
}

type Node<K, V> = Branch<K, V> | Leaf<K, V>

function insert<K, V>(node: Node<K, V> | null, shift: number, hash: number, key: K, value: V): Node<K, V> {
  if (node === null) return { kind: 'leaf', hash, keys: [key], values: [value] }
  if (node.kind === 'leaf') {
    if (node.hash === hash) return insertIntoLeaf(node, key, value)
    return insert(branchAbove(node, shift), shift, hash, key, value)
  }
  const digit = (hash >>> shift) & DIGIT_MASK
  const child = insert(childAt(node, digit), shift + DIGIT_BITS, hash, key, value)
  return withChild(node, digit, child)
}

function remove<K, V>(node: Node<K, V>, shift: number, hash: number, key: K): Node<K, V> | null {
  if (node.kind === 'leaf') return removeFromLeaf(node, key)
  const digit = (hash >>> shift) & DIGIT_MASK
  const child = remove(childAt(node, digit) as Node<K, V>, shift + DIGIT_BITS, hash, key)
  if (child === null) return withoutChild(node, digit)
  // A branch of one leaf is the leaf itself, so that the form does not depend on the history.
  if (child.kind === 'leaf' && node.children.length === 1) return child
  return withChild(node, digit, child)
}

function insertIntoLeaf<K, V>(leaf: Leaf<K, V>, key: K, value: V): Leaf<K, V> {
  const index = leaf.keys.indexOf(key)
  if (index < 0) return { ...leaf, keys: [...leaf.keys, key], values: [...leaf.values, value] }
  return { ...leaf, values: leaf.values.with(index, value) }
}

function removeFromLeaf<K, V>(leaf: Leaf<K, V>, key: K): Leaf<K, V> | null {
  const index = leaf.keys.indexOf(key)
  if (leaf.keys.length === 1) return null
  return { ...leaf, keys: leaf.keys.toSpliced(index, 1), values: leaf.values.toSpliced(index, 1) }
}

function branchAbove<K, V>(leaf: Leaf<K, V>, shift: number): Branch<K, V> {
  return { kind: 'branch', present: 1 << ((leaf.hash >>> shift) & DIGIT_MASK), children: [leaf] }
}

function childAt<K, V>(branch: Branch<K, V>, digit: number): Node<K, V> | null {
  if ((branch.present & (1 << digit)) === 0) return null
  return branch.children[indexOfDigit(branch, digit)] as Node<K, V>
}

function withChild<K, V>(branch: Branch<K, V>, digit: number, child: Node<K, V>): Branch<K, V> {
  const index = indexOfDigit(branch, digit)
  if ((branch.present & (1 << digit)) !== 0) return { ...branch, children: branch.children.with(index, child) }
  return { kind: 'branch', present: branch.present | (1 << digit), children: branch.children.toSpliced(index, 0, child) }
}

function withoutChild<K, V>(branch: Branch<K, V>, digit: number): Node<K, V> | null {
  if (branch.children.length === 1) return null
  const children = branch.children.toSpliced(indexOfDigit(branch, digit), 1)
  const only = children[0] as Node<K, V>
  if (children.length === 1 && only.kind === 'leaf') return only
  return { kind: 'branch', present: branch.present & ~(1 << digit), children }
}

function indexOfDigit<K, V>(branch: Branch<K, V>, digit: number): number {
  return countBits(branch.present & ((1 << digit) - 1))
}

function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** FNV-1a over UTF-16 units, then a mix so that the low digits depend on all of them. */
function hashOf(key: string | number): number {
  if (typeof key === 'number') return mix(key | 0)
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193)
  return mix(hash)
}

function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> (HASH_BITS / 2))) >>> 0
}
