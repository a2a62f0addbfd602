// Events without a value that lasts, as opposed to a signal.
export class Emitter<T> {
  #listeners = new Set<(event: T) => void>();

  /** Calls `listener` for each event, until the function that it returns is called. */
  listen(listener: (event: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(event: T): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}
