// Storage of the browser for this page. Values that it refuses (private windows, full quota, storage switched off) are
// held in memory until the page goes, and is read from there: nothing that was written is lost while it is needed.
export class KeptStorage {
  readonly #storage: () => Storage;
  #memory = new Map<string, string>();

  constructor(storage: () => Storage) {
    this.#storage = storage;
  }

  get(key: string): string | null {
    return this.#memory.get(key) ?? this.#ask((storage) => storage.getItem(key)) ?? null;
  }

  /** Value of JSON text, converted by `read`; undefined if there is none, or if `read` throws. */
  json<T>(key: string, read: (value: unknown) => T): T | undefined {
    const text = this.get(key);
    if (text === null) return undefined;
    try {
      return read(JSON.parse(text));
    } catch {
      // From another version of this page, or from somebody who tried.
      this.drop(key);
      return undefined;
    }
  }

  set(key: string, value: string): void {
    // Memory only stands in: another tab may have written what the storage holds.
    this.#memory.delete(key);
    const saved = this.#ask((storage) => {
      storage.setItem(key, value);
      return true;
    });
    if (!saved) this.#memory.set(key, value);
  }

  drop(key: string): void {
    this.#memory.delete(key);
    this.#ask((storage) => storage.removeItem(key));
  }

  /** Drops all of it. */
  clear(): void {
    this.#memory.clear();
    this.#ask((storage) => storage.clear());
  }

  /** The storage's answer; undefined where there is none, or where it refuses. */
  #ask<T>(question: (storage: Storage) => T): T | undefined {
    try {
      return question(this.#storage());
    } catch {
      return undefined;
    }
  }
}

/** For all tabs of this browser, for good. */
export const browserStorage = new KeptStorage(() => localStorage);
/** For this tab, as long as it is open. */
export const tabStorage = new KeptStorage(() => sessionStorage);
