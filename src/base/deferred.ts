/** A promise and the two functions that settle it. Settling twice does nothing. */
export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T | PromiseLike<T>): void
  reject(reason: unknown): void
}

/** For those who cannot settle a promise where they make it. Whoever takes it handles its rejection. */
export function deferred<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] | undefined
  let reject: Deferred<T>['reject'] | undefined
  const promise = new Promise<T>((accept, refuse) => {
    resolve = accept
    reject = refuse
  })
  // The executor runs before the constructor returns.
  return { promise, resolve: resolve as Deferred<T>['resolve'], reject: reject as Deferred<T>['reject'] }
}
