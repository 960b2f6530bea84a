import type { Uuid } from '../uuid.ts'

/**
 * The notation in which the messages in `protocol/messages/` and the record schemas beside them are written.
 * A schema is a plain value; the TypeScript type of a message is inferred from it, and `compile-decoder.ts` and
 * `compile-encoder.ts` turn it into one function for each version at first use.
 *
 * Version ranges are written as Kafka writes them: `'0+'`, `'3-13'`, `'4'`, `'none'`. A field is in the versions given
 * as its first argument (tagged ones too) and has its default in the others.
 */
export type VersionRange = string

export type ScalarType =
  | 'bool'
  | 'int8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  /** as a number: outside ±2^53 it is a `DecodeError` */
  | 'int64'
  /** as a bigint: for values that users or sentinels choose */
  | 'int64Exact'
  | 'float64'
  | 'string'
  | 'uuid'
  /** a view of the request's buffer */
  | 'bytes'
  /** record batches; a view of the request's buffer, never copied on the way out */
  | 'records'

export interface FieldOptions {
  /** The versions in which null is allowed. */
  readonly nullable?: VersionRange
  /** What the field has where it is absent, if that is not zero, empty or false. */
  readonly default?: unknown
  readonly tag?: number
  readonly tagged?: VersionRange
  /** The field may be dropped, whatever its value, in a version that lacks it. */
  readonly ignorable?: true
  /** The field is (part of) the key by which Kafka indexes the elements of the array. */
  readonly mapKey?: true
  /** Where the field keeps its old form though the message is flexible (the client id in request headers). */
  readonly flexible?: VersionRange
}

export type FieldType = ScalarType | Struct<Fields> | ArrayType

/** `T` is the decoded value; `R` says whether a value must be given when encoding. */
export interface Field<T, R extends boolean> {
  readonly type: FieldType
  readonly versions: VersionRange
  readonly options: FieldOptions
  /** Types only. */
  readonly inferred?: readonly [T, R]
}

export interface ArrayType {
  readonly element: ScalarType | Struct<Fields>
}

// biome-ignore lint/suspicious/noExplicitAny: a field of any value type
export type Fields = Readonly<Record<string, Field<any, boolean>>>

export interface Struct<F extends Fields> {
  readonly name: string
  readonly fields: F
  readonly versions: VersionRange
}

export type MessageKind = 'request' | 'response' | 'header' | 'data' | 'metadata' | 'coordinator-key' | 'coordinator-value'

export interface MessageSpec<F extends Fields> {
  readonly name: string
  readonly kind: MessageKind
  /** Of requests and responses the API key, of records the type that stands before their bytes. */
  readonly key?: number
  readonly versions: VersionRange
  readonly flexible: VersionRange
  readonly listeners?: readonly ('broker' | 'controller')[]
  /** The newest version is in the schema but not final: it is decoded, never advertised. */
  readonly latestVersionUnstable?: true
  readonly fields: F
}

export type Message<F extends Fields> = MessageSpec<F>

/** What decoding gives: every field, in every version. */
export type Value<M> = M extends { readonly fields: infer F extends Fields }
  ? { readonly [K in keyof F]: F[K] extends Field<infer T, boolean> ? T : never }
  : never

type RequiredKeys<F extends Fields> = { [K in keyof F]: F[K] extends Field<unknown, infer R> ? (R extends true ? K : never) : never }[keyof F]

/** What encoding takes: fields that are in every version and have no default of their own must be given. */
export type Input<M> = M extends { readonly fields: infer F extends Fields }
  ? { readonly [K in RequiredKeys<F>]: InputOf<F[K]> } & { readonly [K in Exclude<keyof F, RequiredKeys<F>>]?: InputOf<F[K]> | undefined }
  : never

type InputOf<X> = X extends { readonly type: { readonly element: infer E } }
  ? (E extends Struct<Fields> ? readonly Input<E>[] : ValueOf<X>) | NullOf<X>
  : X extends { readonly type: infer S }
    ? S extends Struct<Fields>
      ? Input<S> | NullOf<X>
      : ValueOf<X>
    : never

type ValueOf<X> = X extends Field<infer T, boolean> ? T : never
type NullOf<X> = null extends ValueOf<X> ? null : never

type Nullable<T, O> = O extends { readonly nullable: string } ? T | null : T
type IsRequired<V extends string, O> = V extends '0+'
  ? O extends { readonly default: unknown }
    ? false
    : O extends { readonly tag: number }
      ? false
      : true
  : false

/** A field as the functions below make it: its type is kept, so that nested values can be inferred. */
export interface TypedField<S extends FieldType, T, V extends string, O> extends Field<Nullable<T, O>, IsRequired<V, O>> {
  readonly type: S
}

type ScalarValue = {
  bool: boolean
  int8: number
  int16: number
  uint16: number
  int32: number
  uint32: number
  int64: number
  int64Exact: bigint
  float64: number
  string: string
  uuid: Uuid
  bytes: Uint8Array
  records: Buffer
}

type Scalar<S extends ScalarType> = <const V extends VersionRange, const O extends FieldOptions = object>(
  versions: V,
  options?: O,
) => TypedField<S, ScalarValue[S], V, O>

function scalar<S extends ScalarType>(type: S): Scalar<S> {
  return (versions, options) => ({ type, versions, options: options ?? {} }) as never
}

export const bool = scalar('bool')
export const int8 = scalar('int8')
export const int16 = scalar('int16')
export const uint16 = scalar('uint16')
export const int32 = scalar('int32')
export const uint32 = scalar('uint32')
export const int64 = scalar('int64')
export const int64Exact = scalar('int64Exact')
export const float64 = scalar('float64')
export const string = scalar('string')
export const uuid = scalar('uuid')
export const bytes = scalar('bytes')
export const records = scalar('records')

/** The type of a nested object or of the elements of an array, under the name that Kafka gives it. */
export function struct<const F extends Fields>(name: string, fields: F, versions: VersionRange = '0+'): Struct<F> {
  return { name, fields, versions }
}

/** A field that holds one struct. */
export function object<F extends Fields, const V extends VersionRange, const O extends FieldOptions = object>(
  of: Struct<F>,
  versions: V,
  options?: O,
): TypedField<Struct<F>, Value<Struct<F>>, V, O> {
  return { type: of, versions, options: options ?? {} } as never
}

type ElementValue<E> = E extends ScalarType ? ScalarValue[E] : Value<E>

/** A field that holds a list of scalars or structs. */
export function array<const E extends ScalarType | Struct<Fields>, const V extends VersionRange, const O extends FieldOptions = object>(
  element: E,
  versions: V,
  options?: O,
): TypedField<{ readonly element: E }, readonly ElementValue<E>[], V, O> {
  return { type: { element }, versions, options: options ?? {} } as never
}

/** Declares a request, a response, a header or a record, in the order of its bytes; the spec is the message, with its field types kept. */
export function message<const F extends Fields>(spec: MessageSpec<F>): Message<F> {
  return spec
}

/** A request with its response: what a handler declares to serve. */
export interface Api<Request extends Fields, Response extends Fields> {
  readonly name: string
  readonly key: number
  readonly request: Message<Request>
  readonly response: Message<Response>
}

// biome-ignore lint/suspicious/noExplicitAny: an API of any request and response
export type AnyApi = Api<any, any>

/** @param name as Kafka's tools print it, for example `Produce` */
export function api<Request extends Fields, Response extends Fields>(
  name: string,
  request: Message<Request>,
  response: Message<Response>,
): Api<Request, Response> {
  return { name, key: request.key as number, request, response }
}
